/** One entry: its form, its life, and what lies nearest to it. */
import { type RefObject, useEffect, useRef } from 'react';
import type { NamespaceView, ViewedEntry } from '../../worker/memory-protocol';
import { aligned, percent } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { EntryForm } from './entry-form';
import { EntryLife } from './entry-life';
import { focusList } from './entry-list';
import { ForgetForGood } from './forget-for-good';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { draftKey, type MemoryState, mayWrite, NEW } from './memory-state';
import { span } from './times';
import { When } from './when';

interface EntryPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
  readonly now: number;
}

export function EntryPanel({ state, view, memory, now }: EntryPanelProps) {
  const { active } = state;
  const entry = view.entries.find(({ id }) => id === active) ?? null;
  const top = useRef<HTMLDivElement>(null);
  useBesideOrBelow(top, active);
  if (active === null) {
    return (
      <Panel title={say('Entry')} className="entry-panel">
        <Empty>
          {say('Open an entry to read all of it, to change it, and to see its life and its neighbours.')}
        </Empty>
      </Panel>
    );
  }
  const title = active === NEW ? say('New entry') : say('Entry {id}', { id: active });
  return (
    <Panel
      title={title}
      className="entry-panel"
      note={entry && <Facts entry={entry} view={view} now={now} />}
    >
      <div ref={top} />
      {mayWrite(state) ? (
        <>
          <EntryForm key={draftKey(state, active)} id={active} entry={entry} state={state} memory={memory} />
          {entry && (
            <ForgetForGood
              key={active}
              ids={[active]}
              label={say('Forget {id} for good …', { id: active })}
              disabled={state.busy !== null}
              memory={memory}
              onDone={focusList}
            />
          )}
        </>
      ) : (
        entry && (
          <div className="entry-text message-text">
            <Inert text={entry.content} />
          </div>
        )
      )}
      {entry && (
        <>
          <h3>{say('Its life')}</h3>
          <Awaited
            of={state.parts.life}
            waiting={say('Reading its life')}
            onRetry={() => void memory.readEntry()}
          >
            {(records) => <EntryLife id={entry.id} records={records} now={now} />}
          </Awaited>
          <h3>{say('Nearest to it')}</h3>
          <Neighbours state={state} view={view} memory={memory} />
        </>
      )}
    </Panel>
  );
}

/** Where the entry lies below the list, opening it goes there; beside the list, nothing moves. */
function useBesideOrBelow(top: RefObject<HTMLElement | null>, active: string | null): void {
  const before = useRef(active);
  useEffect(() => {
    const opened = active !== null && active !== before.current;
    before.current = active;
    const section = top.current?.closest('section');
    if (opened && section && window.matchMedia('(max-width: 1020px)').matches) section.scrollIntoView();
  }, [active, top]);
}

function Facts({
  entry,
  view,
  now,
}: {
  readonly entry: ViewedEntry;
  readonly view: NamespaceView;
  readonly now: number;
}) {
  const { ageing } = view;
  return (
    <>
      <Say text="written {when}" with={{ when: <When at={entry.created} now={now} /> }} />
      {entry.updated !== entry.created && (
        <>
          {' '}
          · <Say text="changed {when}" with={{ when: <When at={entry.updated} now={now} short /> }} />
        </>
      )}
      {entry.lastRetrieved !== null && (
        <>
          {' '}
          ·{' '}
          <Say
            text="last retrieved {when}"
            with={{ when: <When at={entry.lastRetrieved} now={now} short /> }}
          />
        </>
      )}
      {entry.sourceStep !== '' && (
        <>
          {' '}
          · <Say text="from {source}" with={{ source: <Inert text={entry.sourceStep} most={80} /> }} />
        </>
      )}
      {entry.expires !== null && (
        <>
          {' '}
          · <Say text="expires {when}" with={{ when: <When at={entry.expires} now={now} short /> }} />
        </>
      )}
      {ageing.halfLife !== null && (
        <>
          {' '}
          ·{' '}
          {say('counts {share} in a search (half-life {time})', {
            share: percent(entry.decay),
            time: span(ageing.halfLife),
          })}
        </>
      )}
    </>
  );
}

function Neighbours({ state, view, memory }: Omit<EntryPanelProps, 'now'>) {
  return (
    <Awaited
      of={state.parts.neighbours}
      waiting={say('Comparing it with the others')}
      onRetry={() => void memory.readEntry()}
    >
      {(neighbours) =>
        neighbours.length === 0 ? (
          <Empty>{say('It is the only one.')}</Empty>
        ) : (
          <ul className="neighbours">
            {neighbours.map(({ id, cosine }) => (
              <li key={id}>
                <button type="button" className="neighbour" onClick={() => memory.activate(id)}>
                  <code className="entry-id">{id}</code>
                  <span className="neighbour-text">
                    <Inert text={view.entries.find((entry) => entry.id === id)?.content ?? ''} most={160} />
                  </span>
                  <span className={cosine >= view.theta ? 'score-bar above' : 'score-bar'} aria-hidden="true">
                    <span className="fill" style={{ width: `${Math.max(0, Math.min(1, cosine)) * 100}%` }} />
                    <i style={{ left: `${view.theta * 100}%` }} />
                  </span>
                  <span className="number">{aligned(cosine)}</span>
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </Awaited>
  );
}
