/**
 * The read path: what the store was asked in stage 3, what came with which score, where it stood in the prompt, what the
 * policy answered, and the cost; beside it AgeMem's own look-ups and answer.
 */
import { useMemo } from 'react';
import type { BaselineRun } from '../../worker/baselines-protocol';
import type { EventLog } from '../../worker/protocol';
import { ActionView } from '../episode/action-view';
import { viewFrame } from '../episode/frame-view';
import { figure } from '../figures';
import { say } from '../language/language';
import { AGEMEM, methodName } from '../method-names';
import { whyCutOff } from '../words';
import { type AgeMemSide, sum } from './agemem-side';
import { CompletionText, ReplyText } from './answer-view';
import { type AnswerStep, answeringCost, answerSteps, readsOf } from './beside-side';
import { PLACEMENTS } from './method-words';
import { PromptView } from './prompt-view';
import { ReadView } from './read-view';
import { costWords } from './told';

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
  const why = whyCutOff(end);
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
          <ReadView key={i} trace={trace} />
        ))}
        <p className="baselines-cost">{costWords(readCost)}</p>
        <h6>{say('In the prompt')}</h6>
        <p className="quiet">{say(PLACEMENTS[run.setting.placement])}</p>
        <PromptView prompt={(shown ?? steps[0])?.prompt ?? null} />
        <h6>{say('What the policy made of it')}</h6>
        <Steps steps={steps} />
        {why !== null && <p className="warning">{end === 'hard-context' ? <DoesNotFit run={run} /> : why}</p>}
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

function Steps({ steps }: { readonly steps: readonly AnswerStep[] }) {
  const list = (some: readonly AnswerStep[]) =>
    some.map(({ completion, reply, refused }, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their order
      <li key={i}>
        <CompletionText text={completion?.text ?? null} />
        {reply !== null && <ReplyText text={reply} refused={refused} />}
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
        {side.end !== null
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
