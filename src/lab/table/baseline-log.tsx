/** One episode of a baseline as its log has it: what was written and why, what was read, the prompts and what came of them. */
import { useId } from 'react';
import type { BaselineEpisode, BaselineEvent, MethodId } from '../../worker/table-protocol';
import { count, figure } from '../figures';
import { say } from '../language/language';
import { StageMark } from '../shell/panel';
import { endWords } from './end-words';
import { methodName } from './names';

interface LogProps {
  readonly method: MethodId;
  readonly number: number;
  readonly episode: BaselineEpisode;
}

export function BaselineLog({ method, number, episode }: LogProps) {
  const id = useId();
  const { task, log, score, reason, answer } = episode;
  return (
    <section className="table-log" aria-labelledby={id}>
      <h4 id={id}>{say('Episode {n} of {method}', { n: number, method: methodName(method) })}</h4>
      <p>
        {say('Score {score}: {why}.', { score: figure(score ?? 0, 2), why: endWords(reason) })}{' '}
        <span lang="en">{task.query}</span>
        {answer !== null && (
          <>
            {' '}
            → <span lang="en">{answer}</span>
          </>
        )}
      </p>
      <ol>
        {log.map((event) => (
          <Event key={event.seq} event={event} />
        ))}
      </ol>
    </section>
  );
}

type Of<Type extends BaselineEvent['type']> = Extract<BaselineEvent, { type: Type }>;

function Event({ event }: { readonly event: BaselineEvent }) {
  switch (event.type) {
    case 'written':
      return <Written event={event} />;
    case 'context-emptied':
      return <li className="quiet">{say('Short-term memory was emptied.')}</li>;
    case 'read':
      return <Read event={event} />;
    case 'prompt':
      return (
        <li>
          <details>
            <summary>{say('The policy is given {tokens}', { tokens: count(event.tokens, 'token') })}</summary>
            {event.messages.map(({ role, content }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a prompt never changes
              <p key={i} lang="en">
                <strong>{role}</strong> {content}
              </p>
            ))}
          </details>
        </li>
      );
    case 'completion':
      return (
        <li>
          <strong>{say('It writes')}</strong> <span lang="en">{event.text}</span>
        </li>
      );
    case 'refused':
      return (
        <li>
          <strong>{say('Refused')}</strong> <span lang="en">{event.content}</span>
        </li>
      );
    case 'acted':
      return event.observation === null ? null : (
        <li>
          <strong>{say('The world answers')}</strong> <span lang="en">{event.observation}</span>
        </li>
      );
    case 'ended':
      return <li>{say('The end: {why}.', { why: endWords(event.reason) })}</li>;
    // Read off what was written.
    case 'parsed':
      return null;
  }
}

function Written({ event: { stage, trace } }: { readonly event: Of<'written'> }) {
  return (
    <li>
      <StageMark stage={stage} />{' '}
      {trace.message === '' ? say('At the end of the stage') : <span lang="en">{trace.message}</span>}
      <Calls calls={trace.calls} />
      {trace.operations.length > 0 && (
        <ul>
          {trace.operations.map(({ kind, id, before, after, why }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a log never changes
            <li key={i} lang="en">
              <strong>{kind}</strong> {id} {before !== null && <del>{before}</del>}{' '}
              {after !== null && <ins>{after}</ins>} <span className="quiet">{why}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Read({ event: { trace } }: { readonly event: Of<'read'> }) {
  return (
    <li>
      <strong>{say('Looked up')}</strong> <span lang="en">{trace.query}</span>
      <Calls calls={trace.calls} />
      {trace.entries.length === 0 ? (
        <p className="quiet">{say('Nothing was found.')}</p>
      ) : (
        <ul>
          {trace.entries.map(({ id, content }) => (
            <li key={id} lang="en">
              <strong>{id}</strong> {content}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a language model was asked, or the rule that stands in for it. */
function Calls({ calls }: { readonly calls: Of<'read'>['trace']['calls'] }) {
  if (calls.length === 0) return null;
  return (
    <details>
      <summary>{count(calls.length, 'model call')}</summary>
      {calls.map(({ purpose, input, output, by, promptTokens, replyTokens }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a log never changes
        <div key={i}>
          <p>
            <span lang="en">{purpose}</span>{' '}
            <span className="quiet">
              {by === 'rule' ? say('answered by a rule') : say('answered by the model')},{' '}
              {say('{asked} asked, {replied} answered', {
                asked: count(promptTokens, 'token'),
                replied: count(replyTokens, 'token'),
              })}
            </span>
          </p>
          <pre lang="en">{input}</pre>
          <pre lang="en">{output}</pre>
        </div>
      ))}
    </details>
  );
}
