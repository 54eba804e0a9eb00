/**
 * What putting a whole history in place does to a namespace, worked out without touching anything, like
 * plan-write.ts for an act. The history is not judged here (its reader replays it); what the rows rely on is:
 * records that count 1, 2, 3, … and do not go back in time, vectors of the embedder in force, sound ids.
 */
import { EmbedderMismatchError, MemoryArgumentError, MemoryChangedError } from '../errors';
import { checkUnitVector } from '../index/unit-vectors';
import type { MemoryEntry } from '../memory';
import { checkMetadata } from '../metadata';
import { checkGivenId, numberOf } from './entry-ids';
import { sumOfEntries } from './entry-sum';
import { isState } from './plan-write';
import { ownVector } from './records';
import type { NamespaceRecord, RowHistory } from './rows';

/** @throws what `MemoryRows.restore` throws */
export function planRestore(
  record: NamespaceRecord,
  { entries, journal, expected }: RowHistory,
): { readonly record: NamespaceRecord; readonly entries: readonly MemoryEntry[] } {
  const isEmpty = record.count === 0 && record.journal === 0;
  if (!isState(record, expected) || !isEmpty) throw new MemoryChangedError(record.name);
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size < entries.length) throw badHistory('an id stands twice among the entries');
  for (const { embedding, embedderId, metadata } of entries) {
    if (embedderId !== record.embedderId) {
      throw new EmbedderMismatchError(record.name, record.embedderId, embedderId);
    }
    checkUnitVector(embedding, record.dimension);
    checkMetadata(metadata);
  }
  let lastAt = Number.NEGATIVE_INFINITY;
  journal.forEach(({ seq, at, op }, i) => {
    if (seq !== i + 1) throw badHistory(`record ${i + 1} has the number ${seq}`);
    if (!(at >= lastAt && Number.isFinite(at))) throw badHistory(`record ${seq} goes back in time`);
    lastAt = at;
    if (op.kind === 'add') ids.add(op.after.id);
  });
  // Ids that were given and deleted are not given again.
  let nextId = record.nextId;
  for (const id of ids) {
    checkGivenId(id);
    nextId = Math.max(nextId, numberOf(id) + 1);
  }
  return {
    record: {
      ...record,
      nextId,
      revision: record.revision + 1,
      count: entries.length,
      sum: sumOfEntries(entries),
      journal: journal.length,
      lastAt: journal.length > 0 ? lastAt : record.lastAt,
    },
    entries: entries.map((entry) => ({ ...entry, embedding: ownVector(entry.embedding) })),
  };
}

function badHistory(found: string): MemoryArgumentError {
  return new MemoryArgumentError(
    'history',
    `This history cannot be put in place: ${found}. Export it again, or bring in its entries alone.`,
  );
}
