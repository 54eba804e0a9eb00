/**
 * The past of a memory, read off its journal: what it held after any record, and the life of one entry.
 *
 * The journal of a namespace begins when the namespace does, and each of its records holds an entry before
 * and after, so the records 1 to n alone give the state after n: a fold without a look at the rows. What the
 * rows hold has to equal the state after the last record; the tests hold both to it.
 */
import { MemoryError } from '../errors';
import { compareIds } from '../index/ranking';
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';

/** A moment the journal does not have. */
export class UnknownMomentError extends MemoryError {
  constructor(
    readonly seq: number,
    readonly last: number,
  ) {
    super(
      'unknown-moment',
      `The journal has no record ${seq}: it ends with ${last}. Choose one from 0 (empty) to ${last}.`,
    );
  }
}

/** Throws `UnknownMomentError` unless this memory had a state after record `seq`; 0: before the first. */
export function checkMoment(seq: number, last: number): void {
  if (!Number.isInteger(seq) || seq < 0 || seq > last) throw new UnknownMomentError(seq, last);
}

/** The entry a record is about: its id, before and after; undefined for a retrieval, which changes none. */
export function changeOf(
  op: JournalOp,
): { readonly id: string; readonly before: EntryText | null; readonly after: EntryText | null } | undefined {
  switch (op.kind) {
    case 'add':
      return { id: op.after.id, before: null, after: op.after };
    case 'update':
      return { id: op.after.id, before: op.before, after: op.after };
    case 'delete':
      return { id: op.before.id, before: op.before, after: null };
    case 'retrieve':
      return undefined;
  }
}

/**
 * The entries after record `seq`, in order of creation. `journal`: the records from 1 on, at least up to `seq`.
 * Throws `UnknownMomentError`.
 */
export function entriesAt(journal: readonly JournalRecord[], seq: number): readonly EntryText[] {
  checkMoment(seq, journal.length);
  const entries = new Map<string, EntryText>();
  for (let i = 0; i < seq; i++) {
    const change = changeOf(journal[i].op);
    if (change?.after) entries.set(change.id, change.after);
    else if (change) entries.delete(change.id);
  }
  return [...entries.values()].sort((a, b) => compareIds(a.id, b.id));
}

/** The records that touch an entry, oldest first: written, changed, deleted, found by a retrieval. */
export function lifeOf(journal: readonly JournalRecord[], id: string): readonly JournalRecord[] {
  return journal.filter(({ op }) =>
    op.kind === 'retrieve' ? op.hits.some((hit) => hit.id === id) : changeOf(op)?.id === id,
  );
}
