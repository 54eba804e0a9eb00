/**
 * All that the memory page knows, as one value, and how it changes: by what the worker answers and by what the
 * user does. Pure; the controller carries the effects. What the worker tells is kept in `parts`, each with its own
 * loading and failing, so every panel has the same three states for free.
 */
import type {
  AuditReport,
  Comparison,
  EntryText,
  ImportPreview,
  JournalRecord,
  MemoryHome,
  MemoryMap,
  NamespaceView,
  SearchMode,
  SearchView,
} from '../../worker/memory-protocol';
import type { LabError } from '../../worker/protocol';
import { type Loaded, NONE, newest } from './loaded';
import { writeMetadata } from './metadata-text';
import { type Filters, NO_FILTERS, type Sort } from './shown-entries';

export const TABS = ['entries', 'journal', 'audit', 'exchange', 'profiles', 'safety', 'settings'] as const;
export type Tab = (typeof TABS)[number];

export interface JournalPage {
  /** Newest first. */
  readonly records: readonly JournalRecord[];
  /** True if the first record of all is among them. */
  readonly complete: boolean;
}

/** The memory as it was after a record. */
export interface Past {
  readonly seq: number;
  /** The record itself; null for 0, the empty memory. */
  readonly record: JournalRecord | null;
  readonly entries: readonly EntryText[];
}

/** What the worker tells, by name. */
export interface Parts {
  readonly home: MemoryHome;
  readonly view: NamespaceView;
  readonly search: SearchView;
  readonly journal: JournalPage;
  readonly past: Past;
  readonly life: readonly JournalRecord[];
  readonly neighbours: readonly { readonly id: string; readonly cosine: number }[];
  readonly map: MemoryMap;
  readonly audit: AuditReport;
  readonly preview: ImportPreview;
  readonly comparison: Comparison;
}

export type PartName = keyof Parts;

/** An entry being written: metadata as text, which may not be valid yet. */
export interface Draft {
  readonly content: string;
  readonly memoryType: string;
  readonly metadata: string;
}

export const EMPTY_DRAFT: Draft = { content: '', memoryType: '', metadata: '' };
/** The key of the draft of an entry that has no id yet. */
export const NEW = 'new';

export interface MemoryState {
  /** The namespace on view. */
  readonly name: string | null;
  readonly tab: Tab;
  readonly parts: { readonly [Part in PartName]: Loaded<Parts[Part]> };
  readonly query: string;
  readonly mode: SearchMode;
  readonly filters: Filters;
  readonly sort: Sort;
  /** The entry that is open, `NEW` for one being written, null for none. */
  readonly active: string | null;
  readonly selected: ReadonlySet<string>;
  /** The record whose state is looked at; null: now. */
  readonly moment: number | null;
  /** Begun and not saved, by `draftKey`; kept while one looks at others. */
  readonly drafts: Readonly<Record<string, Draft>>;
  /** What is being done, in words. */
  readonly busy: string | null;
  /** How far that is, in steps; null: it is quick, or cannot be told. */
  readonly acting: { readonly done: number; readonly total: number } | null;
  /** What was done last, and which act undoes it. */
  readonly said: { readonly words: string; readonly undo: number | null } | null;
  readonly trouble: LabError | null;
  readonly reembedding: { readonly embedder: string; readonly done: number; readonly total: number } | null;
  readonly fetching: { readonly file: string; readonly done: number; readonly total: number } | null;
}

type PartChange = {
  readonly [Part in PartName]:
    | { readonly type: 'loading'; readonly part: Part }
    | { readonly type: 'loaded'; readonly part: Part; readonly value: Parts[Part] }
    | { readonly type: 'failed'; readonly part: Part; readonly error: LabError }
    | { readonly type: 'cleared'; readonly part: Part };
}[PartName];

export type MemoryChange =
  | PartChange
  | { readonly type: 'chosen'; readonly name: string }
  | { readonly type: 'tab'; readonly tab: Tab }
  | {
      readonly type: 'asked';
      readonly part: Partial<Pick<MemoryState, 'query' | 'mode' | 'filters' | 'sort'>>;
    }
  | { readonly type: 'active'; readonly id: string | null }
  | { readonly type: 'selected'; readonly ids: ReadonlySet<string> }
  | { readonly type: 'moment'; readonly seq: number | null }
  | { readonly type: 'draft'; readonly id: string; readonly draft: Draft | null }
  | { readonly type: 'busy'; readonly words: string | null }
  | { readonly type: 'acting'; readonly progress: MemoryState['acting'] }
  | { readonly type: 'said'; readonly said: MemoryState['said'] }
  | { readonly type: 'trouble'; readonly error: LabError | null }
  | { readonly type: 'reembedding'; readonly progress: MemoryState['reembedding'] }
  | { readonly type: 'fetching'; readonly progress: MemoryState['fetching'] };

const NO_PARTS: MemoryState['parts'] = {
  home: NONE,
  view: NONE,
  search: NONE,
  journal: NONE,
  past: NONE,
  life: NONE,
  neighbours: NONE,
  map: NONE,
  audit: NONE,
  preview: NONE,
  comparison: NONE,
};

export const INITIAL: MemoryState = {
  name: null,
  tab: 'entries',
  parts: NO_PARTS,
  query: '',
  mode: 'dense',
  filters: NO_FILTERS,
  sort: 'newest',
  active: null,
  selected: new Set(),
  moment: null,
  drafts: {},
  busy: null,
  acting: null,
  said: null,
  trouble: null,
  reembedding: null,
  fetching: null,
};

export function changeMemory(state: MemoryState, by: MemoryChange): MemoryState {
  switch (by.type) {
    case 'loading':
    case 'failed':
    case 'cleared':
      return { ...state, parts: { ...state.parts, [by.part]: without(state, by) } };
    case 'loaded': {
      const parts = { ...state.parts, [by.part]: { state: 'ready', value: by.value } };
      return by.part === 'view' ? afterView({ ...state, parts }, by.value) : { ...state, parts };
    }
    case 'chosen':
      return {
        ...INITIAL,
        name: by.name,
        tab: state.tab,
        mode: state.mode,
        parts: { ...NO_PARTS, home: state.parts.home },
        drafts: state.drafts,
        reembedding: state.reembedding,
      };
    case 'tab':
      return { ...state, tab: by.tab };
    case 'asked':
      return asked(state, by.part);
    case 'active':
      return {
        ...state,
        active: by.id,
        parts: by.id === state.active ? state.parts : { ...state.parts, life: NONE, neighbours: NONE },
      };
    case 'selected':
      return { ...state, selected: by.ids };
    case 'moment':
      return {
        ...state,
        moment: by.seq,
        parts: by.seq === null ? { ...state.parts, past: NONE } : state.parts,
      };
    case 'draft': {
      const { [draftKey(state, by.id)]: _, ...others } = state.drafts;
      return { ...state, drafts: by.draft ? { ...others, [draftKey(state, by.id)]: by.draft } : others };
    }
    case 'busy':
      return { ...state, busy: by.words, acting: null };
    case 'acting':
      return { ...state, acting: by.progress };
    case 'said':
      return { ...state, said: by.said };
    case 'trouble':
      return { ...state, trouble: by.error };
    case 'reembedding':
      return { ...state, reembedding: by.progress };
    case 'fetching':
      return { ...state, fetching: by.progress };
  }
}

function without(
  { parts }: MemoryState,
  by: Extract<PartChange, { readonly type: 'loading' | 'failed' | 'cleared' }>,
): Loaded<unknown> {
  if (by.type === 'cleared') return NONE;
  const value = newest<unknown>(parts[by.part]);
  return by.type === 'loading' ? { state: 'loading', value } : { state: 'failed', error: by.error, value };
}

/** What is gone cannot stay chosen; a draft stays, so that a text begun on an entry that vanished is not lost. */
function afterView(state: MemoryState, { entries }: NamespaceView): MemoryState {
  const there = new Set(entries.map(({ id }) => id));
  const selected = new Set([...state.selected].filter((id) => there.has(id)));
  const { active, drafts } = state;
  const kept = active === null || active === NEW || there.has(active) || draftKey(state, active) in drafts;
  return { ...state, selected, active: kept ? active : null };
}

function asked(
  state: MemoryState,
  part: Extract<MemoryChange, { readonly type: 'asked' }>['part'],
): MemoryState {
  const begins = part.query !== undefined && part.query !== '' && state.query === '';
  const ends = part.query === '' && state.sort === 'match';
  const sort = part.sort ?? (begins ? 'match' : ends ? 'newest' : state.sort);
  const next = { ...state, ...part, sort };
  return part.query === '' ? { ...next, parts: { ...next.parts, search: NONE } } : next;
}

/** A text belongs to the memory it was written in. */
export function draftKey({ name }: Pick<MemoryState, 'name'>, id: string): string {
  return `${id}@${name}`;
}

/** The draft of an entry: as begun, else as it is stored. */
export function draftOf(
  state: MemoryState,
  id: string,
  stored: Pick<EntryText, 'content' | 'memoryType' | 'metadata'> | null,
): Draft {
  return state.drafts[draftKey(state, id)] ?? (stored ? storedDraft(stored) : EMPTY_DRAFT);
}

export function storedDraft(entry: Pick<EntryText, 'content' | 'memoryType' | 'metadata'>): Draft {
  return {
    content: entry.content,
    memoryType: entry.memoryType,
    metadata: writeMetadata(entry.metadata),
  };
}

/** Memories of episodes and rollouts are looked at, not written: the policy that owns them is at work. */
export function mayWrite(state: MemoryState): boolean {
  return newest(state.parts.view)?.facts.kind === 'user';
}
