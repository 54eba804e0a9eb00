/**
 * Two histories of one memory made one: the saved one, and what was written after the browser had lost it. Pure.
 *
 * The saved history stays as it is, to the letter: its ids and record numbers are known elsewhere. What was written since
 * began where the loss had led to, and follows under record numbers that go on. Entries that came since get ids
 * that were never given: under their own they would be taken for others that had them before.
 */
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { numberOf } from '../rows/entry-ids';

export interface JoinedHistory {
  /** From record 1, without gaps: the saved history, and what follows from it. */
  readonly base: readonly JournalRecord[];
  /** What both tell: where those written since begin. */
  readonly shared: readonly JournalRecord[];
  /** Written since, on another history than the base; under the numbers they were found with. */
  readonly since: readonly JournalRecord[];
}

/**
 * @param found in order, maybe with gaps; `saved`: in order, from record 1
 * @param count records that were written by the count of the memory found: others are left from before the loss
 */
export function joinHistories(
  found: readonly JournalRecord[],
  saved: readonly JournalRecord[],
  count: number,
): JoinedHistory {
  const other = found.find((record) => record.seq <= saved.length && !isSame(record, saved[record.seq - 1]));
  if (!other) {
    const beyond = found.filter(({ seq }) => seq > saved.length);
    return { base: [...saved, ...gapless(beyond, saved.length + 1)], shared: saved, since: [] };
  }
  const inPlace = gapless(found, 1).slice(0, count);
  const shared = inPlace.slice(0, other.seq - 1);
  return { base: saved, shared, since: inPlace.slice(shared.length) };
}

/** Whether this record, found under its number, is the one that was saved. */
export function isSame(found: JournalRecord | undefined, saved: JournalRecord): boolean {
  return JSON.stringify(found) === JSON.stringify(saved);
}

/** New ids, from `next` on, for entries that came since, in order of creation. */
export function idsOfNewcomers({ shared, since }: JoinedHistory, next: number): ReadonlyMap<string, string> {
  const known = new Set(shared.flatMap(({ op }) => idsOf(op)));
  const came = new Set(since.flatMap(({ op }) => (op.kind === 'add' ? idsOf(op) : [])));
  const fresh = [...came].filter((id) => !known.has(id)).sort((a, b) => numberOf(a) - numberOf(b));
  return new Map(fresh.map((id, i) => [id, `m${next + i}`]));
}

/** The records written since, so that they follow record `last`, under the new ids. */
export function rebased(
  { shared, since }: JoinedHistory,
  last: JournalRecord | undefined,
  ids: ReadonlyMap<string, string>,
): readonly JournalRecord[] {
  const offset = (last?.seq ?? 0) - shared.length;
  // What both histories tell has the same number in both.
  const moved = (seq: number) => (seq > shared.length ? seq + offset : seq);
  let at = last?.at ?? 0;
  return since.map((record) => {
    at = Math.max(at, record.at);
    const { id, kind, of } = record.act;
    const act = { id: moved(id), kind, ...(of === undefined ? {} : { of: moved(of) }) };
    return { ...record, seq: moved(record.seq), at, act, op: renamedOp(record.op, ids) };
  });
}

export function renamed<Row extends { readonly id: string }>(
  row: Row,
  ids: ReadonlyMap<string, string>,
): Row {
  const id = ids.get(row.id);
  return id === undefined ? row : { ...row, id };
}

function renamedOp(op: JournalOp, ids: ReadonlyMap<string, string>): JournalOp {
  const entry = (text: EntryText) => renamed(text, ids);
  switch (op.kind) {
    case 'add':
      return { ...op, after: entry(op.after) };
    case 'update':
      return { ...op, before: entry(op.before), after: entry(op.after) };
    case 'delete':
      return { ...op, before: entry(op.before) };
    case 'retrieve':
      return { ...op, hits: op.hits.map((hit) => renamed(hit, ids)) };
  }
}

/** Ids of the entries that a record changed. */
export function idsOf(op: JournalOp): readonly string[] {
  if (op.kind === 'retrieve') return [];
  return [op.kind === 'delete' ? op.before.id : op.after.id];
}

/** Those that count `first`, `first + 1`, …; those after a missing one cannot be built upon. */
function gapless(journal: readonly JournalRecord[], first: number): readonly JournalRecord[] {
  const gap = journal.findIndex(({ seq }, i) => seq !== first + i);
  return gap < 0 ? journal : journal.slice(0, gap);
}
