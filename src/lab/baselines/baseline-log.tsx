/**
 * One episode of a memory beside the policy, event by event as its log has it, told with the parts that a comparison shows:
 * what was written and why, what was read, the prompts and what came of them.
 */
import '../styles/baselines.css';
import { type ReactNode, useId } from 'react';
import type { BaselineEvent, CallRecord, LookUp } from '../../worker/baselines-protocol';
import type { BaselineEpisode } from '../../worker/table-protocol';
import { count, figure } from '../figures';
import { say } from '../language/language';
import { StageMark } from '../shell/panel';
import { endWords } from '../words';
import { NOTHING_SPENT, sum } from './agemem-side';
import { CompletionText, ReplyText } from './answer-view';
import { CallsView } from './call-view';
import { PromptView } from './prompt-view';
import { ReadView } from './read-view';
import { costWords, LookUpView, OperationsView } from './told';

interface LogProps {
  /** Of the method. */
  readonly name: string;
  readonly number: number;
  readonly episode: BaselineEpisode;
}

export function BaselineLog({ name, number, episode }: LogProps) {
  const id = useId();
  const { task, log, score, reason, answer } = episode;
  return (
    <section className="baselines-log" aria-labelledby={id}>
      <h4 id={id}>{say('Episode {n} of {method}', { n: number, method: name })}</h4>
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
      <ol className="baselines-events">
        {log.map((event) => (
          <Event key={event.seq} event={event} />
        ))}
      </ol>
    </section>
  );
}

function Event({ event }: { readonly event: BaselineEvent }): ReactNode {
  switch (event.type) {
    case 'written': {
      const { message, calls, lookUps, operations } = event.trace;
      return (
        <li>
          <StageMark stage={event.stage} />{' '}
          {message === '' ? say('At the end of the stage') : <span lang="en">{message}</span>}
          {(message !== '' || operations.length > 0) && <OperationsView operations={operations} />}
          <Behind calls={calls} lookUps={lookUps} />
        </li>
      );
    }
    case 'context-emptied':
      return <li className="quiet">{say('Short-term memory was emptied.')}</li>;
    case 'read':
      return (
        <li>
          <ReadView trace={event.trace} />
        </li>
      );
    case 'prompt':
      return (
        <li>
          <details>
            <summary>{say('The policy is given {tokens}', { tokens: count(event.tokens, 'token') })}</summary>
            <PromptView prompt={event} />
          </details>
        </li>
      );
    case 'completion':
      return (
        <li>
          <CompletionText text={event.text} />
        </li>
      );
    case 'refused':
      return (
        <li>
          <ReplyText text={event.content} refused={true} />
        </li>
      );
    case 'acted':
      return event.observation === null ? null : (
        <li>
          <ReplyText text={event.observation} refused={false} />
        </li>
      );
    case 'ended':
      return <li>{say('The end: {why}.', { why: endWords(event.reason) })}</li>;
    // Read off what was written.
    case 'parsed':
      return null;
  }
}

/** What a message cost; opened, the calls and what was looked up for them. */
function Behind({
  calls,
  lookUps,
}: {
  readonly calls: readonly CallRecord[];
  readonly lookUps: readonly LookUp[];
}) {
  if (calls.length === 0 && lookUps.length === 0) return null;
  return (
    <details>
      <summary>{costWords(calls.reduce(sum, NOTHING_SPENT))}</summary>
      <CallsView calls={calls} />
      {lookUps.map((lookUp) => (
        <LookUpView key={`${lookUp.what} ${lookUp.query}`} lookUp={lookUp} />
      ))}
    </details>
  );
}
