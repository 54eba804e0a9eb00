/**
 * From what was found of a damaged or lost memory, one that is whole: entries as they were found, and a journal
 * that leads to them. Pure.
 *
 * The history of the backup comes first, and what was written since the loss after it (joined-history.ts); without a
 * backup, the history that is in place. What the entries differ by from where a history ends is written down as one act
 * of kind `loss` by the lab: so the journal still tells everything, the loss among it, and each earlier state can be shown
 * and brought back.
 */
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { inOrder, numberOf } from '../rows/entry-ids';
import { canonicalText } from '../rows/entry-sum';
import type { SavedNamespace } from './backup-file';
import { idsOf, idsOfNewcomers, joinHistories, rebased, renamed } from './joined-history';
import type { Found } from './survey';

const WHY = 'found so after the browser had lost or damaged what was stored';

type EntryOp = Exclude<JournalOp, { kind: 'retrieve' }>;

export interface Mended {
  readonly journal: readonly JournalRecord[];
  /** What the journal leads to. */
  readonly entries: readonly EntryText[];
  /** No id was ever given from here on. */
  readonly nextId: number;
  /** Entries written since the loss: their ids as found, and those they have now. */
  readonly newIds: ReadonlyMap<string, string>;
}

/** @param saved of the same memory, from a backup, if there is one */
export function mendedHistory(
  found: Pick<Found, 'record' | 'entries' | 'journal'>,
  saved: SavedNamespace | undefined,
  at: number,
): Mended {
  const joined = joinHistories(
    found.journal,
    saved?.journal ?? [],
    found.record?.journal ?? found.journal.length,
  );
  const { base, shared, since } = joined;
  const newIds = idsOfNewcomers(joined, nextAfter(base, saved?.record.nextId));
  let journal = base;
  if (since.length > 0) {
    const rest = [...replay(shared).values()];
    journal = withLoss(journal, differences(replay(journal), rest), Math.min(at, since[0].at));
    journal = [...journal, ...rebased(joined, journal[journal.length - 1], newIds)];
  }
  const entries = inOrder(found.entries.map((entry) => renamed(entry, newIds)));
  journal = withLoss(journal, differences(replay(journal), entries), at);
  const nextId = nextAfter(journal, found.record?.nextId, saved?.record.nextId);
  return { journal, entries, nextId, newIds };
}

/** The journal with the loss of what these lead to as its last act; as it is if nothing was lost. */
function withLoss(
  journal: readonly JournalRecord[],
  ops: readonly EntryOp[],
  at: number,
): readonly JournalRecord[] {
  const act = { id: journal.length + 1, kind: 'loss' as const };
  const time = Math.max(at, journal[journal.length - 1]?.at ?? 0);
  return [
    ...journal,
    ...ops.map(
      (op, i): JournalRecord => ({ seq: act.id + i, at: time, by: { kind: 'lab' }, why: WHY, act, op }),
    ),
  ];
}

/** The next id after all that the journal knows, and not before any of these. */
function nextAfter(journal: readonly JournalRecord[], ...known: readonly (number | undefined)[]): number {
  let next = Math.max(1, ...known.map((id) => id ?? 1));
  for (const id of journal.flatMap(({ op }) => idsOf(op))) next = Math.max(next, numberOf(id) + 1);
  return next;
}

/** What leads from one set of entries to another: entries that went, changed and came, in order of creation. */
export function differences(
  from: ReadonlyMap<string, EntryText>,
  to: readonly EntryText[],
): readonly EntryOp[] {
  const wanted = new Map(to.map((entry) => [entry.id, entry]));
  const ids = [...new Set([...from.keys(), ...wanted.keys()])].sort((a, b) => numberOf(a) - numberOf(b));
  return ids.flatMap((id): EntryOp[] => {
    const before = from.get(id);
    const after = wanted.get(id);
    if (before && after) {
      return canonicalText(before) === canonicalText(after) ? [] : [{ kind: 'update', before, after }];
    }
    if (before) return [{ kind: 'delete', before }];
    return after ? [{ kind: 'add', after }] : [];
  });
}

function replay(journal: readonly JournalRecord[]): ReadonlyMap<string, EntryText> {
  const entries = new Map<string, EntryText>();
  for (const { op } of journal) {
    if (op.kind === 'delete') entries.delete(op.before.id);
    else if (op.kind !== 'retrieve') entries.set(op.after.id, op.after);
  }
  return entries;
}
