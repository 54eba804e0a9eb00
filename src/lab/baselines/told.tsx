/** Small things that several parts of a comparison tell: a change of text, an operation, a look-up, a cost, a message. */
import type { ReactNode } from 'react';
import type { LookUp, Operation } from '../../worker/baselines-protocol';
import { wordDiff } from '../episode/word-diff';
import { aligned, count } from '../figures';
import { say } from '../language/language';
import type { Spent } from './agemem-side';
import { callWords, OPERATIONS } from './method-words';

/** "message 2 of the user", "distractor 1". */
export const messageName = (stage: 1 | 2, index: number): string =>
  stage === 1 ? say('message {n} of the user', { n: index + 1 }) : say('distractor {n}', { n: index + 1 });

export function TextChange({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <span lang="en">
      {wordDiff(before, after).map((part, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: parts have no identity but their place
        if (part.kind === 'removed') return <del key={index}>{part.text}</del>;
        if (part.kind === 'added') return <ins key={index}>{part.text}</ins>;
        return <span key={index}>{part.text}</span>;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: parts have no identity but their place
      })}
    </span>
  );
}

const MARKS: Readonly<Partial<Record<Operation['kind'], string>>> = {
  ADD: 'mark-added',
  UPDATE: 'mark-updated',
  EVOLVE: 'mark-updated',
  LINK: 'mark-updated',
  MERGE: 'mark-updated',
  SUMMARISE: 'mark-updated',
  DELETE: 'mark-deleted',
};

/** What was changed in the store, and why. @param children more about it, in its head */
export function OperationView({
  operation,
  children,
}: {
  readonly operation: Operation;
  readonly children?: ReactNode;
}) {
  const { kind, id, before, after, why } = operation;
  return (
    <li className={`entry ${MARKS[kind] ?? ''}`}>
      <div className="message-head">
        {id !== null && <code className="entry-id">{id}</code>}
        {children}
        <span className="change">
          <abbr title={kind} translate="no">
            {kind}
          </abbr>{' '}
          {say(OPERATIONS[kind])}
        </span>
      </div>
      <div className="message-text">
        <ChangedText before={before} after={after} />
      </div>
      {why !== '' && (
        <p className="quiet" lang="en">
          {why}
        </p>
      )}
    </li>
  );
}

/** All that a message changed, or that it changed nothing. */
export function OperationsView({ operations }: { readonly operations: readonly Operation[] }) {
  if (operations.length === 0) {
    return <p className="quiet">{say('Nothing: the message left no trace.')}</p>;
  }
  return (
    <ul className="entries">
      {operations.map((operation, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: operations have no identity but their order
        <OperationView key={i} operation={operation} />
      ))}
    </ul>
  );
}

function ChangedText({ before, after }: Pick<Operation, 'before' | 'after'>) {
  if (before !== null && after !== null && before !== after)
    return <TextChange before={before} after={after} />;
  if (before !== null && after === null) return <del lang="en">{before}</del>;
  return <span lang="en">{after ?? before ?? '–'}</span>;
}

/** What was looked for and what came, best first, with its score. @param marked ids that were used */
export function LookUpView({
  lookUp,
  marked,
}: {
  readonly lookUp: LookUp;
  readonly marked?: ReadonlySet<string>;
}) {
  const words = callWords(lookUp.what);
  return (
    <div className="baselines-look-up">
      <p>
        {words ?? <span lang="en">{lookUp.what}</span>}
        {lookUp.query !== '' && (
          <>
            {': '}
            <q lang="en">{lookUp.query}</q>
          </>
        )}
      </p>
      {lookUp.found.length === 0 ? (
        <p className="quiet">{say('nothing was found')}</p>
      ) : (
        <ol>
          {lookUp.found.map(({ id, content, score }) => (
            <li key={id} className={marked?.has(id) ? 'baselines-used' : undefined}>
              <span className="baselines-score">{aligned(score)}</span> <code className="entry-id">{id}</code>{' '}
              <span lang="en">{content}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** "2 model calls: 180 tokens in prompts, 24 tokens in replies" */
export function costWords({ calls, promptTokens, replyTokens }: Spent): string {
  if (calls === 0) return say('no model calls');
  return say('{calls}: {prompt} in prompts, {reply} in replies', {
    calls: count(calls, 'model call§counted'),
    prompt: count(promptTokens, 'token'),
    reply: count(replyTokens, 'token'),
  });
}

/** In place of what the policy did with a message: it stood before it not yet, or never. */
export function NotActed({ done }: { readonly done: boolean }) {
  return (
    <p className="quiet">
      {done
        ? say('The episode ended before the policy came to this message.')
        : say('The policy has not come to this message yet.')}
    </p>
  );
}
