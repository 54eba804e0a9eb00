/** One entry: written by hand, its life, and what lies nearest to it. */
import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { NamespaceView, ViewedEntry } from '../../worker/memory-protocol';
import { figure, percent } from '../figures';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { EntryLife } from './entry-life';
import { focusList } from './entry-list';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type Draft, draftKey, draftOf, type MemoryState, mayWrite, NEW, storedDraft } from './memory-state';
import { MetadataTextError } from './metadata-text';
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
      <Panel title="Entry" className="entry-panel">
        <Empty>Open an entry to read all of it, to change it, and to see its life and its neighbours.</Empty>
      </Panel>
    );
  }
  const title = active === NEW ? 'New entry' : `Entry ${active}`;
  return (
    <Panel
      title={title}
      className="entry-panel"
      note={entry && <Facts entry={entry} view={view} now={now} />}
    >
      <div ref={top} />
      {mayWrite(state) ? (
        <EntryForm key={draftKey(state, active)} id={active} entry={entry} state={state} memory={memory} />
      ) : (
        entry && (
          <div className="entry-text message-text">
            <Inert text={entry.content} />
          </div>
        )
      )}
      {entry && (
        <>
          <h3>Its life</h3>
          <Awaited of={state.parts.life} waiting="Reading its life" onRetry={() => void memory.readEntry()}>
            {(records) => <EntryLife id={entry.id} records={records} now={now} />}
          </Awaited>
          <h3>Nearest to it</h3>
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
      written <When at={entry.created} now={now} />
      {entry.updated !== entry.created && (
        <>
          {' '}
          · changed <When at={entry.updated} now={now} short />
        </>
      )}
      {entry.lastRetrieved !== null && (
        <>
          {' '}
          · last retrieved <When at={entry.lastRetrieved} now={now} short />
        </>
      )}
      {entry.sourceStep !== '' && (
        <>
          {' '}
          · from <Inert text={entry.sourceStep} most={80} />
        </>
      )}
      {entry.expires !== null && (
        <>
          {' '}
          · expires <When at={entry.expires} now={now} short />
        </>
      )}
      {ageing.halfLife !== null && (
        <>
          {' '}
          · counts {percent(entry.decay)} in a search (half-life {span(ageing.halfLife)})
        </>
      )}
    </>
  );
}

interface EntryFormProps {
  readonly id: string;
  readonly entry: ViewedEntry | null;
  readonly state: MemoryState;
  readonly memory: MemoryController;
}

function EntryForm({ id, entry, state, memory }: EntryFormProps) {
  const field = useId();
  const [mistake, tell] = useState<string | null>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const begun = draftKey(state, id) in state.drafts;
  const draft = draftOf(state, id, entry);
  const set = (part: Partial<Draft>) => {
    tell(null);
    const next = { ...draft, ...part };
    memory.draft(id, entry && equalDrafts(next, storedDraft(entry)) ? null : next);
  };
  // Whoever asks for a new entry wants to write it.
  useEffect(() => {
    if (id === NEW) text.current?.focus();
  }, [id]);
  const save = async () => {
    try {
      await memory.save(id);
      if (memory.state().active !== id) focusList();
    } catch (error) {
      if (!(error instanceof MetadataTextError)) throw error;
      tell(error.message);
    }
  };
  const gone = entry === null && id !== NEW;
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
      }}
    >
      {gone && (
        <p className="warning">This entry was deleted while you wrote. Saving adds your text as a new one.</p>
      )}
      <div className="field">
        <label htmlFor={`${field}-content`}>Content</label>
        <textarea
          id={`${field}-content`}
          ref={text}
          rows={4}
          value={draft.content}
          dir="auto"
          onChange={(event) => set({ content: event.target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${field}-type`}>Type</label>
        <input
          id={`${field}-type`}
          value={draft.memoryType}
          autoComplete="off"
          placeholder="none"
          onChange={(event) => set({ memoryType: event.target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${field}-metadata`}>Metadata, as JSON</label>
        <textarea
          id={`${field}-metadata`}
          className="code"
          rows={draft.metadata === '' ? 2 : Math.min(8, draft.metadata.split('\n').length)}
          value={draft.metadata}
          spellCheck={false}
          placeholder='{ "person": "Rosa" }'
          aria-invalid={mistake !== null}
          aria-describedby={mistake === null ? undefined : `${field}-mistake`}
          onChange={(event) => set({ metadata: event.target.value })}
        />
        <p id={`${field}-mistake`} className="warning" role="alert">
          {mistake}
        </p>
      </div>
      <div className="play">
        <button
          type="submit"
          className="primary"
          disabled={state.busy !== null || !begun || draft.content.trim() === ''}
        >
          {id === NEW || gone ? 'Add' : 'Save'}
        </button>
        <button
          type="button"
          disabled={!begun && id !== NEW}
          onClick={() => {
            tell(null);
            memory.draft(id, null);
            if (id === NEW || gone) memory.activate(null);
          }}
        >
          {id === NEW ? 'Drop it' : 'Take back changes'}
        </button>
        {entry && (
          <button
            type="button"
            disabled={state.busy !== null}
            onClick={() => void memory.remove([entry.id]).then(focusList)}
          >
            Delete {entry.id}
          </button>
        )}
      </div>
    </form>
  );
}

function equalDrafts(a: Draft, b: Draft): boolean {
  return a.content === b.content && a.memoryType === b.memoryType && a.metadata === b.metadata;
}

function Neighbours({ state, view, memory }: Omit<EntryPanelProps, 'now'>) {
  return (
    <Awaited
      of={state.parts.neighbours}
      waiting="Comparing it with the others"
      onRetry={() => void memory.readEntry()}
    >
      {(neighbours) =>
        neighbours.length === 0 ? (
          <Empty>It is the only one.</Empty>
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
                  <span className="number">{figure(cosine, 2)}</span>
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </Awaited>
  );
}
