/**
 * What becomes of a fact that is corrected: the rule of the method in a sentence, and the decision it took on this very
 * task, beside AgeMem's. Which message corrects which is known from the task, no memory is told it.
 */
import { useMemo } from 'react';
import type { BaselineRun } from '../../worker/baselines-protocol';
import type { EventLog, Task } from '../../worker/protocol';
import { ActionView } from '../episode/action-view';
import { viewFrame } from '../episode/frame-view';
import { aligned } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { AGEMEM, methodName } from '../method-names';
import type { BaselinesLine } from '../state/baselines-line';
import type { AgeMemSide } from './agemem-side';
import { type Correction, correctionsIn, decisionOn } from './corrections';
import { METHODS } from './method-words';
import { NotActed, OperationView } from './told';

interface ConflictViewProps {
  readonly run: BaselineRun;
  readonly task: Task;
  readonly log: EventLog;
  readonly side: AgeMemSide;
  readonly blocked: boolean;
  readonly line: BaselinesLine;
}

export function ConflictView({ run, task, log, side, blocked, line }: ConflictViewProps) {
  const corrections = useMemo(() => correctionsIn(task), [task]);
  const rule = say(METHODS[run.setting.method].rule);
  return (
    <>
      <p>{rule}</p>
      {corrections.length === 0 && (
        <div className="play">
          <span>{say('No fact of this task is corrected, so there is no decision to show.')}</span>
          <button type="button" disabled={blocked} onClick={() => line.playCorrections()}>
            {say('Play a task with corrections')}
          </button>
        </div>
      )}
      {corrections.map((correction) => (
        <div key={correction.key} className="baselines-correction">
          <dl className="baselines-said">
            {correction.before.map(({ key, text }) => (
              <div key={key}>
                <dt>{say('Said first')}</dt>
                <dd lang="en">{text}</dd>
              </div>
            ))}
            <div>
              <dt>{say('Corrected')}</dt>
              <dd lang="en">{correction.text}</dd>
            </div>
          </dl>
          <div className="baselines-beside">
            <article aria-label={methodName(run.setting.method)}>
              <h5 translate="no">{methodName(run.setting.method)}</h5>
              <Decided run={run} correction={correction} />
            </article>
            <article aria-label={AGEMEM}>
              <h5 translate="no">AgeMem</h5>
              <PolicyDecided side={side} log={log} correction={correction} />
            </article>
          </div>
        </div>
      ))}
    </>
  );
}

function Decided({ run, correction }: { readonly run: BaselineRun; readonly correction: Correction }) {
  const { trace, operations, left } = useMemo(() => decisionOn(run, correction), [run, correction]);
  const decider = trace?.calls.at(-1);
  return (
    <>
      {operations.length === 0 ? (
        <p className="quiet">{say('It stored nothing of the correction.')}</p>
      ) : (
        <ul className="entries">
          {operations.map(({ operation, similarity }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: operations have no identity but their order
            <OperationView key={i} operation={operation}>
              {similarity !== null && (
                <span className="quiet">{say('similarity {score}', { score: aligned(similarity) })}</span>
              )}
            </OperationView>
          ))}
        </ul>
      )}
      {decider && (
        <p className="quiet">
          {decider.by === 'model'
            ? say('Decided by the model.')
            : say('Decided by the rule that stands in for the model.')}
        </p>
      )}
      {left.length > 0 && (
        <>
          <p>{say('Of what was said first, it still holds word for word:')}</p>
          <ul className="entries">
            {left.map(({ id, content, remark }) => (
              <li key={id} className="entry">
                <code className="entry-id">{id}</code> <span lang="en">{content}</span>
                {remark !== null && (
                  <span className="quiet">
                    {' '}
                    <Say text="(context: {context})" with={{ context: <span lang="en">{remark}</span> }} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function PolicyDecided({
  side,
  log,
  correction,
}: {
  readonly side: AgeMemSide;
  readonly log: EventLog;
  readonly correction: Correction;
}) {
  const views = useMemo(
    () =>
      (side.onMessage.get(correction.key) ?? [])
        .map((frame) => viewFrame(log, frame))
        .filter(({ action }) => action !== null),
    [side, log, correction],
  );
  if (views.length === 0) return <NotActed done={side.end !== null} />;
  return (
    <>
      {views.map(({ frame, action, calls, environment, introspection }) => (
        <div key={frame.index}>
          {introspection && introspection.results.length > 0 && (
            <>
              <p>{say('It was shown, nearest to the message:')}</p>
              <ol className="baselines-shown">
                {introspection.results.map(({ entry, score }) => (
                  <li key={entry.id}>
                    <span className="baselines-score">{aligned(score)}</span>{' '}
                    <code className="entry-id">{entry.id}</code> <span lang="en">{entry.content}</span>
                  </li>
                ))}
              </ol>
            </>
          )}
          {action && <ActionView action={action} calls={calls} environment={environment} />}
        </div>
      ))}
    </>
  );
}
