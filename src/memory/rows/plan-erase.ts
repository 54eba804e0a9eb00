/**
 * What erasing entries for good does to a namespace, worked out without touching anything, like plan-write.ts for an
 * act. Entries that are still there go, journaled as one act; in every record about an erased entry its texts and the
 * reason given are replaced by a mark (erased.ts). Retrievals that found it keep what they found by id, not what was
 * asked. Numbers, times, ids and counters stay, so the journal stays without a gap and leads to the entries.
 *
 * Reasons and questions of other records are erased where they quote the text of an erased entry: a policy gives one
 * reason for all it does in a step.
 */
import { MemoryArgumentError, UnknownMemoryError } from '../errors';
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { entrySum } from './entry-sum';
import { erasedEntry, erasedWords, isErased } from './erased';
import type { NamespaceRecord, RowErasure } from './rows';

/** A quotation is told from a chance likeness from so many characters on. */
const QUOTED = 8;

export interface ErasurePlan {
  readonly record: NamespaceRecord;
  /** Entries whose texts go; those erased before are not among them. */
  readonly ids: readonly string[];
  /** Of them those that are stored as entries. */
  readonly removals: readonly string[];
  /** Records in the place of those with the same numbers. */
  readonly rewritten: readonly JournalRecord[];
  /** Records that follow the last one. */
  readonly added: readonly JournalRecord[];
}

/**
 * @param entries of the namespace, all of them
 * @param journal of the namespace, all of it
 * @throws UnknownMemoryError for an id that neither has, MemoryArgumentError
 */
export function planErase(
  record: NamespaceRecord,
  entries: readonly EntryText[],
  journal: readonly JournalRecord[],
  { ids: wanted, at }: RowErasure,
): ErasurePlan {
  if (!Number.isFinite(at)) {
    throw new MemoryArgumentError('time', `Erasing needs the time in milliseconds, not ${at}.`);
  }
  const living = new Map(entries.map((entry) => [entry.id, entry]));
  const ids = new Set(idsToErase(record.name, living, journal, wanted));
  const removed = entries.filter(({ id }) => ids.has(id));
  const quotes = new Quotations();
  for (const { content } of removed) quotes.add(content);
  for (const { op } of journal)
    for (const text of textsOf(op)) if (ids.has(text.id)) quotes.add(text.content);
  const words = erasedWords(at);
  const rewritten = journal.flatMap((line) => {
    const about = concerns(line.op, ids);
    const tells = (text: string) => text !== '' && text !== words && (about || quotes.in(text));
    const why = tells(line.why) ? words : line.why;
    const op = erasedOp(line.op, ids, at, tells);
    return why === line.why && op === line.op ? [] : [{ ...line, why, op }];
  });
  const time = Math.max(at, record.lastAt);
  const added = removed.map(
    (entry, i): JournalRecord => ({
      seq: record.journal + 1 + i,
      at: time,
      by: { kind: 'user' },
      why: '',
      act: { id: record.journal + 1, kind: 'erase' },
      op: { kind: 'delete', before: erasedEntry(entry, at) },
    }),
  );
  const sum = removed.reduce((rest, entry) => (rest - entrySum(entry)) >>> 0, record.sum);
  const changed = rewritten.length + added.length > 0;
  return {
    ids: [...ids],
    removals: removed.map(({ id }) => id),
    rewritten,
    added,
    record: {
      ...record,
      ...(changed && { revision: record.revision + 1, erasures: (record.erasures ?? 0) + 1 }),
      count: record.count - removed.length,
      sum,
      journal: record.journal + added.length,
      lastAt: added.length > 0 ? time : record.lastAt,
    },
  };
}

function idsToErase(
  namespace: string,
  living: ReadonlyMap<string, EntryText>,
  journal: readonly JournalRecord[],
  wanted: RowErasure['ids'],
): readonly string[] {
  /** Whether the journal still has a text of it. */
  const told = new Map<string, boolean>();
  for (const { op } of journal) {
    for (const text of textsOf(op)) told.set(text.id, told.get(text.id) === true || !isErased(text));
  }
  if (wanted === 'deleted') return [...told].flatMap(([id, text]) => (text && !living.has(id) ? [id] : []));
  const unknown = wanted.find((id) => !living.has(id) && !told.has(id));
  if (unknown !== undefined) throw new UnknownMemoryError(unknown, namespace);
  return wanted.filter((id) => living.has(id) || told.get(id) === true);
}

/** Entries as a record tells them, before and after. */
export function textsOf(op: JournalOp): readonly EntryText[] {
  switch (op.kind) {
    case 'add':
      return [op.after];
    case 'update':
      return [op.before, op.after];
    case 'delete':
      return [op.before];
    case 'retrieve':
      return [];
  }
}

function concerns(op: JournalOp, ids: ReadonlySet<string>): boolean {
  if (op.kind === 'retrieve') return op.hits.some(({ id }) => ids.has(id));
  return textsOf(op).some(({ id }) => ids.has(id));
}

/** The very same object where nothing of it goes. */
function erasedOp(
  op: JournalOp,
  ids: ReadonlySet<string>,
  at: number,
  tells: (text: string) => boolean,
): JournalOp {
  if (op.kind === 'retrieve') return tells(op.query) ? { ...op, query: erasedWords(at) } : op;
  if (!textsOf(op).some((text) => ids.has(text.id) && !isErased(text))) return op;
  const erased = (text: EntryText) => (isErased(text) ? text : erasedEntry(text, at));
  switch (op.kind) {
    case 'add':
      return { ...op, after: erased(op.after) };
    case 'update':
      return { ...op, before: erased(op.before), after: erased(op.after) };
    case 'delete':
      return { ...op, before: erased(op.before) };
  }
}

/** Whether a text quotes one of many others: looked up by the characters it would begin with. */
class Quotations {
  readonly #byBeginning = new Map<string, Set<string>>();

  add(content: string): void {
    const text = content.trim();
    if (text.length < QUOTED) return;
    const beginning = text.slice(0, QUOTED);
    const known = this.#byBeginning.get(beginning);
    if (known) known.add(text);
    else this.#byBeginning.set(beginning, new Set([text]));
  }

  in(text: string): boolean {
    if (this.#byBeginning.size === 0) return false;
    for (let i = 0; i + QUOTED <= text.length; i++) {
      const candidates = this.#byBeginning.get(text.slice(i, i + QUOTED));
      for (const one of candidates ?? []) if (text.startsWith(one, i)) return true;
    }
    return false;
  }
}
