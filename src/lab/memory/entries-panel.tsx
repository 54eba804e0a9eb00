/** Search as you type, filters, order, and the list; what is chosen can be deleted together. */
import { useDeferredValue, useId, useMemo } from 'react';
import type { NamespaceView, SearchMode } from '../../worker/memory-protocol';
import { count, figure } from '../figures';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { Empty, Panel } from '../shell/panel';
import { Failed } from './awaited';
import { EntryList } from './entry-list';
import { FilterFields } from './filter-fields';
import { newest } from './loaded';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite, NEW } from './memory-state';
import { ScoreStrip } from './score-strip';
import {
  choicesOf,
  filtersSet,
  NO_FILTERS,
  type ShownEntry,
  SORTS,
  type Sort,
  shownEntries,
} from './shown-entries';

const MODES: Readonly<Record<SearchMode, { readonly name: Phrase; readonly what: Phrase }>> = {
  dense: { name: phrase('likeness'), what: phrase('cosine of vectors, as the policy searches') },
  lexical: { name: phrase('words§how to search'), what: phrase('BM25: rare words weigh more') },
  hybrid: { name: phrase('both§how to search'), what: phrase('reciprocal rank fusion of the two') },
};

const SORT_WORDS: Readonly<Record<Sort, Phrase>> = {
  match: phrase('best match first'),
  newest: phrase('newest first'),
  oldest: phrase('oldest first'),
  retrieved: phrase('most retrieved first'),
  unused: phrase('longest unused first'),
  longest: phrase('longest first'),
  alphabet: phrase('A to Z'),
};

interface EntriesPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
  readonly now: number;
}

export function EntriesPanel({ state, view, memory, now }: EntriesPanelProps) {
  const { query, filters, sort, selected } = state;
  const search = query === '' ? null : newest(state.parts.search);
  const shown = useMemo(
    () => shownEntries(view.entries, search, filters, sort),
    [view.entries, search, filters, sort],
  );
  // A long list follows in its own time; the field one types in does not wait for it.
  const listed = useDeferredValue(shown);
  const choices = useMemo(() => choicesOf(view.entries, filters.key), [view.entries, filters.key]);
  const write = mayWrite(state);
  return (
    <Panel
      title={say('Entries')}
      className="entries-panel"
      note={
        write
          ? undefined
          : say('Only to look at: it belongs to the policy that wrote it. Copy it to a profile to change it.')
      }
    >
      <SearchFields state={state} memory={memory} />
      <FilterFields
        filters={filters}
        choices={choices}
        onChange={(part) => memory.ask({ filters: { ...filters, ...part } })}
      />
      {state.parts.search.state === 'failed' && query !== '' && (
        <Failed error={state.parts.search.error} onRetry={() => memory.ask({ query })} />
      )}
      {query !== '' && (
        <div className="strip-place">
          {search ? <ScoreStrip search={search} /> : <Empty>{say('Searching …')}</Empty>}
        </div>
      )}
      <div className="list-head">
        <p role="status">{resultWords(shown.length, view.entries.length, state, search?.ms ?? null)}</p>
        <div className="list-actions">
          {selected.size < shown.length && (
            <button type="button" className="plain" onClick={() => memory.select(idsOf(shown))}>
              {say('Choose all')}
            </button>
          )}
          {selected.size > 0 && (
            <>
              <button type="button" className="plain" onClick={() => memory.select(new Set())}>
                {say('Choose none')}
              </button>
              {write && (
                <button
                  type="button"
                  className="plain"
                  disabled={state.busy !== null}
                  onClick={() => void memory.remove([...selected])}
                >
                  {say('Delete {what}', { what: count(selected.size, 'entry', 'entries') })}
                </button>
              )}
            </>
          )}
          {write && (
            <button type="button" onClick={() => memory.activate(NEW)}>
              {say('Add an entry')}
            </button>
          )}
        </div>
      </div>
      {view.entries.length === 0 ? (
        <Empty>
          {inTrouble(state)
            ? say('There is nothing here now: this memory is lost or damaged, and can be restored above.')
            : write
              ? say(
                  'Nothing is remembered here yet. Add an entry, import a file, or keep entries of an episode as your own.',
                )
              : say('Nothing was remembered here.')}
        </Empty>
      ) : shown.length === 0 ? (
        <p className="empty">
          {say('No entry passes the filters.')}{' '}
          <button type="button" className="plain" onClick={() => memory.ask({ filters: NO_FILTERS })}>
            {say('Clear the filters')}
          </button>
        </p>
      ) : (
        <>
          <EntryList
            shown={listed}
            asked={JSON.stringify([query, state.mode, sort, filters])}
            active={state.active}
            selected={selected}
            theta={view.theta}
            topK={view.topK}
            now={now}
            onOpen={(id) => memory.activate(id)}
            onSelect={(ids) => memory.select(ids)}
            onDelete={write ? (ids) => void memory.remove(ids) : undefined}
          />
          <p className="quiet keys">
            {say('↑ ↓ move · Enter opens · Space chooses')}
            {write && ` · ${say('Delete deletes')}`} ·{' '}
            {say('searched by {index}', { index: view.index.kind })}
            {view.index.degraded && <span lang="en">: {view.index.degraded}</span>}
          </p>
        </>
      )}
    </Panel>
  );
}

function idsOf(shown: readonly ShownEntry[]): ReadonlySet<string> {
  return new Set(shown.map(({ entry }) => entry.id));
}

function SearchFields({ state, memory }: { readonly state: MemoryState; readonly memory: MemoryController }) {
  const id = useId();
  return (
    <div className="search-fields">
      <div className="field search-field">
        <label htmlFor={id}>{say('Search')}</label>
        <input
          id={id}
          type="search"
          value={state.query}
          autoComplete="off"
          spellCheck={false}
          placeholder={say('as the policy would ask')}
          onChange={(event) => memory.ask({ query: event.target.value })}
        />
      </div>
      <fieldset className="segments">
        <legend>{say('by§how to search')}</legend>
        {(Object.keys(MODES) as SearchMode[]).map((mode) => (
          <label key={mode} title={say(MODES[mode].what)}>
            <input
              type="radio"
              name={`${id}-mode`}
              checked={state.mode === mode}
              onChange={() => memory.ask({ mode })}
            />
            <span className="segment">{say(MODES[mode].name)}</span>
          </label>
        ))}
      </fieldset>
      <Choice
        label={say('Order')}
        value={state.sort}
        values={state.query === '' ? SORTS.filter((sort) => sort !== 'match') : SORTS}
        words={sayEach(SORT_WORDS)}
        onChange={(sort) => memory.ask({ sort })}
      />
    </div>
  );
}

function resultWords(shown: number, all: number, state: MemoryState, ms: number | null): string {
  const filtered = filtersSet(state.filters) > 0;
  const words = filtered
    ? say('{shown} of {all} pass the filters', { shown: count(shown, 'entry', 'entries'), all })
    : count(all, 'entry', 'entries');
  const chosen = state.selected.size > 0 ? say(', {n} chosen', { n: state.selected.size }) : '';
  const searched = state.query !== '' && ms !== null ? say(', ranked in {ms} ms', { ms: figure(ms, 1) }) : '';
  return `${words}${searched}${chosen}`;
}

function inTrouble({ name, parts }: MemoryState): boolean {
  const health = newest(parts.home)?.health[name ?? '']?.state;
  return health === 'lost' || health === 'damaged';
}
