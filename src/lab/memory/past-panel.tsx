/** The memory as it was: a slider over all records, what differs from now, and the way back to it. */
import { useId, useMemo } from 'react';
import type { NamespaceView } from '../../worker/memory-protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { Empty, Panel } from '../shell/panel';
import { actorWords, actTitle } from './acts';
import { Awaited } from './awaited';
import { differencesOf } from './differences';
import { DifferencesView } from './differences-view';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite, type Past } from './memory-state';
import { clock } from './times';

interface PastPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
  readonly now: number;
}

export function PastPanel({ state, view, memory, now }: PastPanelProps) {
  const id = useId();
  const last = view.facts.journal;
  const at = Math.min(state.moment ?? last, last);
  return (
    <Panel
      title={say('As it was')}
      className="past"
      note={say('Move along the journal to see the memory at any moment of it.')}
    >
      <div className="past-slider">
        <button type="button" disabled={at === 0} onClick={() => memory.look(at - 1)}>
          {say('◂ Earlier')}
        </button>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          value={at}
          disabled={last === 0}
          aria-label={say('Record of the journal')}
          aria-valuetext={say('record {n} of {all}', { n: at, all: last })}
          onChange={(event) => memory.look(event.target.valueAsNumber)}
        />
        <button type="button" disabled={at === last} onClick={() => memory.look(at + 1)}>
          {say('Later ▸')}
        </button>
      </div>
      {state.moment === null ? (
        <p className="past-words">
          {say('As it is now, after {records}: {entries}.', {
            records: count(last, 'record'),
            entries: count(view.facts.count, 'entry', 'entries'),
          })}
        </p>
      ) : (
        <Awaited of={state.parts.past} waiting={say('Going back')} onRetry={() => memory.look(at)}>
          {(past) => <PastView past={past} state={state} view={view} memory={memory} now={now} />}
        </Awaited>
      )}
    </Panel>
  );
}

function PastView({ past, state, view, memory, now }: PastPanelProps & { readonly past: Past }) {
  const differences = useMemo(() => differencesOf(past.entries, view.entries), [past.entries, view.entries]);
  const { onlyLeft, onlyRight, changed } = differences;
  const { record } = past;
  const equal = onlyLeft.length + onlyRight.length + changed.length === 0;
  return (
    <>
      <p className="past-words">
        <strong>
          {record
            ? say('As of record {n}, {time}: {entries}.', {
                n: past.seq,
                time: clock(record.at, now),
                entries: count(past.entries.length, 'entry', 'entries'),
              })
            : say('As of the beginning: {entries}.', {
                entries: count(past.entries.length, 'entry', 'entries'),
              })}
        </strong>
        {record && (
          <span className="quiet">
            {' '}
            <Say
              text="It was: {act}, by {actor}."
              with={{
                act: actTitle({ act: record.act, records: [record] }),
                actor: <Inert text={actorWords(record.by)} most={200} />,
              }}
            />
          </span>
        )}
      </p>
      <div className="play">
        {mayWrite(state) && (
          <button
            type="button"
            className="primary"
            disabled={equal || state.busy !== null}
            onClick={() => void memory.restore(past.seq)}
          >
            {say('Restore this state')}
          </button>
        )}
        <button type="button" onClick={() => memory.look(null)}>
          {say('Back to now')}
        </button>
      </div>
      {equal ? (
        <Empty>{say('The memory holds the same now.')}</Empty>
      ) : (
        <DifferencesView
          differences={differences}
          words={{
            onlyLeft: say('There then, gone now'),
            changed: say('Changed since'),
            onlyRight: say('Came later, not there yet'),
            same: say('The same then and now'),
          }}
        />
      )}
    </>
  );
}
