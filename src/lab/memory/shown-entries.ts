/** Which entries the list shows, and in which order: filters, the search on view, and the order chosen. Pure. */
import type { Metadata, SearchView, ViewedEntry } from '../../worker/memory-protocol';
import { dayBegins, dayEnds } from './times';

export interface Filters {
  /** Metadata that has this key; empty: any. */
  readonly key: string;
  /** … and this value, as text; empty: any value. */
  readonly value: string;
  /** null: any; '' is "no type". */
  readonly type: string | null;
  /** '', 'user', 'policy', 'lab', or `run:` and the name of a run. */
  readonly source: string;
  /** Days as date fields write them; empty: open. The entry was written or changed then. */
  readonly from: string;
  readonly to: string;
}

export const NO_FILTERS: Filters = { key: '', value: '', type: null, source: '', from: '', to: '' };

export const SORTS = ['match', 'newest', 'oldest', 'retrieved', 'unused', 'longest', 'alphabet'] as const;
export type Sort = (typeof SORTS)[number];

export interface ShownEntry {
  readonly entry: ViewedEntry;
  /** From 1, among all entries; null without a search, or if it came after it. */
  readonly rank: number | null;
  readonly score: SearchView['scores'][number] | null;
}

export function shownEntries(
  entries: readonly ViewedEntry[],
  search: SearchView | null,
  filters: Filters,
  sort: Sort,
): readonly ShownEntry[] {
  const places = new Map(search?.scores.map((score, place) => [score.id, { rank: place + 1, score }]));
  const accepts = acceptance(filters);
  const shown = entries.filter(accepts).map((entry): ShownEntry => {
    const place = places.get(entry.id);
    return { entry, rank: place?.rank ?? null, score: place?.score ?? null };
  });
  return shown.sort(ORDERS[sort === 'match' && !search ? 'newest' : sort]);
}

/** True if anything is filtered. */
export function filtersSet(filters: Filters): number {
  return (Object.keys(NO_FILTERS) as (keyof Filters)[]).filter((key) => filters[key] !== NO_FILTERS[key])
    .length;
}

type Order = (a: ShownEntry, b: ShownEntry) => number;

/** Ids are `m` and a number: m2 comes before m10. */
const byId: Order = (a, b) => Number(a.entry.id.slice(1)) - Number(b.entry.id.slice(1));

const ORDERS: Readonly<Record<Sort, Order>> = {
  match: (a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || byId(a, b),
  newest: (a, b) => b.entry.updated - a.entry.updated || byId(b, a),
  oldest: (a, b) => a.entry.created - b.entry.created || byId(a, b),
  retrieved: (a, b) => b.entry.retrievals - a.entry.retrievals || byId(a, b),
  unused: (a, b) =>
    (a.entry.lastRetrieved ?? a.entry.updated) - (b.entry.lastRetrieved ?? b.entry.updated) || byId(a, b),
  longest: (a, b) => b.entry.content.length - a.entry.content.length || byId(a, b),
  alphabet: (a, b) => COLLATOR.compare(a.entry.content, b.entry.content) || byId(a, b),
};

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

function acceptance({ key, value, type, source, from, to }: Filters): (entry: ViewedEntry) => boolean {
  const begin = dayBegins(from) ?? -Infinity;
  const end = dayEnds(to) ?? Infinity;
  return (entry) =>
    (key === '' || hasValue(entry.metadata, key, value)) &&
    (type === null || entry.memoryType === type) &&
    (source === '' ||
      (source.startsWith('run:') ? runOf(entry) === source.slice(4) : entry.by.kind === source)) &&
    entry.updated >= begin &&
    entry.updated < end;
}

function hasValue(metadata: Metadata, key: string, value: string): boolean {
  if (!Object.hasOwn(metadata, key)) return false;
  return value === '' || valueText(metadata[key]) === value;
}

/** A metadata value as fields and lists write it: text without quotes, anything else as JSON. */
export function valueText(value: Metadata[string]): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The run that wrote it; empty for entries made by hand. */
export function runOf({ by, sourceStep }: ViewedEntry): string {
  return by.kind === 'policy' && by.run !== '' ? by.run : (sourceStep.split('/')[0] ?? '');
}

/** What the filter fields offer. */
export interface Choices {
  readonly keys: readonly string[];
  readonly types: readonly string[];
  readonly runs: readonly string[];
  /** Values of one key, the most frequent first, at most 200, none longer than a line. */
  readonly values: readonly string[];
}

/** Values that a list can offer. Characters. */
const LONGEST_VALUE = 200;

export function choicesOf(entries: readonly ViewedEntry[], key: string): Choices {
  const keys = new Set<string>();
  const types = new Set<string>();
  const runs = new Set<string>();
  const values = new Map<string, number>();
  for (const entry of entries) {
    for (const name of Object.keys(entry.metadata)) keys.add(name);
    types.add(entry.memoryType);
    const run = runOf(entry);
    if (run !== '') runs.add(run);
    if (key !== '' && Object.hasOwn(entry.metadata, key)) {
      const text = valueText(entry.metadata[key]);
      if (text.length <= LONGEST_VALUE) values.set(text, (values.get(text) ?? 0) + 1);
    }
  }
  const sorted = (set: ReadonlySet<string>) => [...set].sort(COLLATOR.compare);
  return {
    keys: sorted(keys),
    types: sorted(types),
    runs: sorted(runs),
    values: [...values]
      .sort((a, b) => b[1] - a[1] || COLLATOR.compare(a[0], b[0]))
      .slice(0, 200)
      .map(([value]) => value),
  };
}
