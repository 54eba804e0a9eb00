/**
 * The write path, message by message: what was said, which calls it led to, what the store did, what it cost; beside it
 * what AgeMem's policy did with the same message. Arrow keys go from message to message.
 */
import { useId, useMemo, useState } from 'react';
import type { BaselineRun } from '../../worker/baselines-protocol';
import type { EventLog, Task } from '../../worker/protocol';
import { ActionView } from '../episode/action-view';
import { viewFrame } from '../episode/frame-view';
import type { Frame } from '../episode/frames';
import { listed, say } from '../language/language';
import { AGEMEM, methodName } from '../method-names';
import { type AgeMemSide, costOfFrame, NOTHING_SPENT, sum } from './agemem-side';
import { type Taken, takenMessages } from './beside-side';
import { CallsView } from './call-view';
import { OPERATIONS } from './method-words';
import { costWords, LookUpView, messageName, NotActed, OperationsView } from './told';

interface WritePathProps {
  readonly run: BaselineRun;
  readonly task: Task;
  readonly log: EventLog;
  readonly side: AgeMemSide;
}

export function WritePath({ run, task, log, side }: WritePathProps) {
  const taken = useMemo(() => takenMessages(run), [run]);
  const [at, go] = useState(() => firstWorthSeeing(taken, task));
  const name = useId();
  const message = taken[Math.min(at, taken.length - 1)];
  if (!message) return <p className="quiet">{say('This task has no messages.')}</p>;
  return (
    <div className="baselines-writing">
      <fieldset className="baselines-messages">
        <legend>{say('Message')}</legend>
        {taken.map((one, i) => (
          <label key={one.key} className={one === message ? 'baselines-at' : undefined}>
            <input type="radio" name={name} checked={one === message} onChange={() => go(i)} />
            <span>
              <span className="quiet">
                {messageName(one.stage, one.index)} · {doneWords(one)}
              </span>
              <span lang="en">{one.trace.message}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="baselines-beside">
        <article aria-label={methodName(run.setting.method)}>
          <h5 translate="no">{methodName(run.setting.method)}</h5>
          <Written taken={message} />
        </article>
        <article aria-label={AGEMEM}>
          <h5 translate="no">AgeMem</h5>
          <Acted frames={side.onMessage.get(message.key) ?? []} log={log} done={side.end !== null} />
        </article>
      </div>
    </div>
  );
}

/** Where a fact is corrected, or else the first message. */
function firstWorthSeeing(taken: readonly Taken[], task: Task): number {
  const corrected = task.messages.findIndex(({ kind }) => kind === 'revision');
  return Math.max(
    0,
    taken.findIndex(({ stage, index }) => stage === 1 && index === corrected),
  );
}

/** "added, tied" */
function doneWords({ trace }: Taken): string {
  const kinds = [...new Set(trace.operations.map(({ kind }) => kind))];
  return kinds.length === 0 ? say('nothing stored') : listed(kinds.map((kind) => say(OPERATIONS[kind])));
}

function Written({ taken: { trace } }: { readonly taken: Taken }) {
  const { calls, lookUps, operations } = trace;
  const spent = calls.reduce(sum, NOTHING_SPENT);
  return (
    <>
      <h6>{say('Calls')}</h6>
      <CallsView calls={calls} />
      {lookUps.length > 0 && (
        <>
          <h6>{say('Looked up')}</h6>
          {lookUps.map((lookUp) => (
            <LookUpView key={`${lookUp.what} ${lookUp.query}`} lookUp={lookUp} />
          ))}
        </>
      )}
      <h6>{say('What the store did')}</h6>
      <OperationsView operations={operations} />
      <p className="baselines-cost">{costWords(spent)}</p>
    </>
  );
}

/** What AgeMem's policy did while it stood before the message, and what it had stored after it. */
function Acted({
  frames,
  log,
  done,
}: {
  readonly frames: readonly Frame[];
  readonly log: EventLog;
  readonly done: boolean;
}) {
  const views = useMemo(() => frames.map((frame) => viewFrame(log, frame)), [frames, log]);
  const acted = views.filter(({ action }) => action !== null);
  const last = acted.at(-1);
  if (!last) return <NotActed done={done} />;
  const spent = acted.reduce(
    (all, { frame }) => sum(all, costOfFrame(log.slice(frame.from, frame.to))),
    NOTHING_SPENT,
  );
  return (
    <>
      <h6>{say('What the policy did')}</h6>
      {acted.map(
        ({ frame, action, calls, environment }) =>
          action && <ActionView key={frame.index} action={action} calls={calls} environment={environment} />,
      )}
      <h6>{say('Stored after it')}</h6>
      {last.memory.length === 0 ? (
        <p className="quiet">{say('nothing§stored')}</p>
      ) : (
        <ul className="entries">
          {last.memory.map(({ entry, mark }) => (
            <li key={entry.id} className={`entry mark-${mark}`}>
              <code className="entry-id">{entry.id}</code>{' '}
              <span lang="en">{mark === 'deleted' ? <del>{entry.content}</del> : entry.content}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="baselines-cost">{costWords(spent)}</p>
    </>
  );
}
