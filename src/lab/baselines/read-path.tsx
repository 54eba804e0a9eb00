/**
 * The read path: what the store was asked in stage 3, what came with which score, where it stood in the prompt, what the
 * policy answered, and the cost; beside it AgeMem's own look-ups and answer.
 */
import { useMemo } from 'react';
import type { BaselineRun, ReadTrace } from '../../worker/baselines-protocol';
import type { EventLog, MessageOrigin } from '../../worker/protocol';
import { ActionView } from '../episode/action-view';
import { viewFrame } from '../episode/frame-view';
import { count, figure } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { type AgeMemSide, sum } from './agemem-side';
import { type AnswerStep, answeringCost, answerSteps, type Prompt, readsOf } from './beside-side';
import { CallsView } from './call-view';
import { AGEMEM, ENDS, methodName, PLACEMENTS } from './method-words';
import { costWords, LookUpView } from './told';

interface ReadPathProps {
  readonly run: BaselineRun;
  readonly log: EventLog;
  readonly side: AgeMemSide;
}

/** Steps in a world that are shown at once. */
const MOST_STEPS = 8;

export function ReadPath({ run, log, side }: ReadPathProps) {
  const reads = readsOf(run);
  const steps = answerSteps(run);
  const { end, score, readCost } = run.result;
  const shown = steps.find(({ prompt }) => prompt.messages.some(({ origin }) => origin === 'retrieval'));
  return (
    <div className="baselines-beside">
      <article aria-label={methodName(run.setting.method)}>
        <h5 translate="no">{methodName(run.setting.method)}</h5>
        {reads.length === 0 && (
          <p className="quiet">{say('The policy did not ask the store for anything.')}</p>
        )}
        {run.setting.placement !== 'on-call' && (
          <p className="quiet">
            {say(
              'Asked once, with the question of the task, before the policy acts; AgeMem asks when it likes.',
            )}
          </p>
        )}
        {reads.map((trace, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: reads have no identity but their order
          <Read key={i} trace={trace} />
        ))}
        <p className="baselines-cost">{costWords(readCost)}</p>
        <h6>{say('In the prompt')}</h6>
        <p className="quiet">{say(PLACEMENTS[run.setting.placement])}</p>
        <PromptView prompt={(shown ?? steps[0])?.prompt ?? null} />
        <h6>{say('What the policy made of it')}</h6>
        <Steps steps={steps} />
        {end !== 'answered' && end !== 'environment-done' && (
          <p className="warning">{end === 'hard-context' ? <DoesNotFit run={run} /> : say(ENDS[end])}</p>
        )}
        {score !== null && <p>{say('Score of the task: {score}', { score: figure(score, 2) })}</p>}
        <p className="baselines-cost">{costWords(answeringCost(run))}</p>
      </article>
      <article aria-label={AGEMEM}>
        <h5 translate="no">AgeMem</h5>
        <PolicyRead side={side} log={log} />
      </article>
    </div>
  );
}

function Read({ trace }: { readonly trace: ReadTrace }) {
  const used = new Set(trace.entries.map(({ id }) => id));
  return (
    <>
      <p>
        <Say text="Asked: {query}" with={{ query: <q lang="en">{trace.query}</q> }} />
      </p>
      {trace.calls.length > 0 && <CallsView calls={trace.calls} />}
      {trace.lookUps.map((lookUp) => (
        <LookUpView key={lookUp.what} lookUp={lookUp} marked={used} />
      ))}
      {trace.lookUps.length === 0 && <p className="quiet">{say('There is nothing to look in.')}</p>}
    </>
  );
}

const ORIGINS: Readonly<Partial<Record<MessageOrigin['kind'], Phrase>>> = {
  system: phrase('system'),
  query: phrase('the question'),
  observation: phrase('what the world shows'),
  assistant: phrase('policy'),
  retrieval: phrase('what was read'),
  tool: phrase('tool'),
};

function PromptView({ prompt }: { readonly prompt: Prompt | null }) {
  if (!prompt) return <p className="quiet">{say('No prompt was put to the policy.')}</p>;
  return (
    <>
      <ol className="baselines-prompt-messages">
        {prompt.messages.map(({ origin, content }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity but their place
          <li key={i} className={origin === 'retrieval' ? 'baselines-used' : undefined}>
            <span className="quiet">{say(ORIGINS[origin] ?? phrase('policy'))}</span>
            <pre className="baselines-raw" lang="en">
              {content}
            </pre>
          </li>
        ))}
      </ol>
      <p className="quiet">{count(prompt.tokens, 'token')}</p>
    </>
  );
}

function Steps({ steps }: { readonly steps: readonly AnswerStep[] }) {
  const list = (some: readonly AnswerStep[]) =>
    some.map(({ completion, reply, refused }, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their order
      <li key={i}>
        <pre className="baselines-raw" lang="en">
          {completion?.text ?? '…'}
        </pre>
        {reply !== null && (
          <p className={refused ? 'warning' : 'quiet'}>
            {refused ? (
              <Say text="✗ Refused: {reason}" with={{ reason: <span lang="en">{reply}</span> }} />
            ) : (
              <Say
                text="The world replies: {observation}"
                with={{ observation: <span lang="en">{reply}</span> }}
              />
            )}
          </p>
        )}
      </li>
    ));
  if (steps.length === 0) return null;
  return (
    <>
      <ol className="baselines-steps">{list(steps.slice(0, MOST_STEPS))}</ol>
      {steps.length > MOST_STEPS && (
        <details>
          <summary>{say('{n} more', { n: steps.length - MOST_STEPS })}</summary>
          <ol className="baselines-steps" start={MOST_STEPS + 1}>
            {list(steps.slice(MOST_STEPS))}
          </ol>
        </details>
      )}
    </>
  );
}

function DoesNotFit({ run }: { readonly run: BaselineRun }) {
  const ended = run.result.log.at(-1);
  return say('The prompt would have had {n} tokens, more than the model that acts reads.', {
    n: ended?.type === 'ended' ? ended.tokens : 0,
  });
}

function PolicyRead({ side, log }: { readonly side: AgeMemSide; readonly log: EventLog }) {
  const views = useMemo(
    () => side.answering.map((frame) => viewFrame(log, frame)).filter(({ action }) => action !== null),
    [side, log],
  );
  if (views.length === 0) {
    return (
      <p className="quiet">
        {side.done
          ? say('The episode ended before the policy came to the question.')
          : say('The policy has not come to the question yet.')}
      </p>
    );
  }
  const list = (some: typeof views) =>
    some.map(({ frame, action, calls, environment }) => (
      <li key={frame.index}>
        {action && <ActionView action={action} calls={calls} environment={environment} />}
      </li>
    ));
  return (
    <>
      <ol className="baselines-steps">{list(views.slice(0, MOST_STEPS))}</ol>
      {views.length > MOST_STEPS && (
        <details>
          <summary>{say('{n} more', { n: views.length - MOST_STEPS })}</summary>
          <ol className="baselines-steps" start={MOST_STEPS + 1}>
            {list(views.slice(MOST_STEPS))}
          </ol>
        </details>
      )}
      <p className="baselines-cost">{costWords(sum(side.reading, side.rest))}</p>
    </>
  );
}
