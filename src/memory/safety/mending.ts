/**
 * From what was found of a damaged or lost memory, one that is whole: entries as they were found, and a journal
 * that leads to them. Pure.
 *
 * History that is in place stays; where none is left, that of the backup takes its place. What the entries
 * differ by from where that history ends is written down as one act of kind `loss` by the lab: so the
 * journal still tells everything, the loss among it, and each earlier state can be shown and brought back.
 */
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { numberOf } from '../rows/entry-ids';
import { canonicalText } from '../rows/entry-sum';
import type { SavedNamespace } from './backup-file';
import type { Found } from './survey';

const WHY = 'found so after the browser had lost or damaged what was stored';

type EntryOp = Exclude<JournalOp, { kind: 'retrieve' }>;

export interface Mended {
  readonly journal: readonly JournalRecord[];
  /** No id was ever given from here on. */
  readonly nextId: number;
}

/** @param saved of the same memory, from a backup, if there is one */
export function mendedHistory(
  found: Pick<Found, 'record' | 'entries' | 'journal'>,
  saved: SavedNamespace | undefined,
  at: number,
): Mended {
  const inPlace = gapless(found.journal);
  const base = inPlace.length > 0 ? inPlace : (saved?.journal ?? []);
  const remembered = replay(base);
  const ops = differences(remembered, found.entries);
  const act = { id: base.length + 1, kind: 'loss' as const };
  const time = Math.max(at, base[base.length - 1]?.at ?? 0);
  const journal = [
    ...base,
    ...ops.map(
      (op, i): JournalRecord => ({
        seq: base.length + 1 + i,
        at: time,
        by: { kind: 'lab' },
        why: WHY,
        act,
        op,
      }),
    ),
  ];
  const used = journal.flatMap(({ op }) =>
    op.kind === 'retrieve' ? [] : [numberOf(op.kind === 'delete' ? op.before.id : op.after.id)],
  );
  const nextId = used.reduce(
    (next, number) => Math.max(next, number + 1),
    Math.max(1, found.record?.nextId ?? 1, saved?.record.nextId ?? 1),
  );
  return { journal, nextId };
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

/** The records from 1 on without a gap; those after a missing one cannot be built upon. */
function gapless(journal: readonly JournalRecord[]): readonly JournalRecord[] {
  const gap = journal.findIndex(({ seq }, i) => seq !== i + 1);
  return gap < 0 ? journal : journal.slice(0, gap);
}

function replay(journal: readonly JournalRecord[]): ReadonlyMap<string, EntryText> {
  const entries = new Map<string, EntryText>();
  for (const { op } of journal) {
    if (op.kind === 'delete') entries.delete(op.before.id);
    else if (op.kind !== 'retrieve') entries.set(op.after.id, op.after);
  }
  return entries;
}
