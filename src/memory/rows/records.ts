/** The record of a namespace: how it begins, how it changes other than by an act, and what it says of vectors. */
import { MemoryArgumentError, MemoryDamagedError } from '../errors';
import type { EntryText, MemoryEntry } from '../memory';
import type { Ageing, EmbedderKey, NamespaceRecord, NamespaceVectors } from './rows';

export function newRecord(
  name: string,
  incarnation: string,
  { embedder, created }: { readonly embedder: EmbedderKey; readonly created: number },
): NamespaceRecord {
  return {
    name,
    incarnation,
    embedderId: embedder.id,
    dimension: embedder.dimension,
    nextId: 1,
    revision: 0,
    count: 0,
    sum: 0,
    journal: 0,
    lastAt: created,
    ageing: { expireAfter: null, halfLife: null },
    created,
  };
}

/** Throws `MemoryArgumentError` for a time that is not positive. */
export function withAgeing(record: NamespaceRecord, { expireAfter, halfLife }: Ageing): NamespaceRecord {
  for (const time of [expireAfter, halfLife]) {
    if (time === null || (Number.isFinite(time) && time > 0)) continue;
    throw new MemoryArgumentError(
      'ageing',
      `A memory cannot age in ${time} milliseconds. Give a positive number, or null to switch it off.`,
    );
  }
  return { ...record, revision: record.revision + 1, ageing: { expireAfter, halfLife } };
}

/** Vectors of another embedder are in force from now on. */
export function withEmbedder(record: NamespaceRecord, embedder: EmbedderKey): NamespaceRecord {
  const changed = {
    ...record,
    revision: record.revision + 1,
    embedderId: embedder.id,
    dimension: embedder.dimension,
  };
  return withPending(
    changed,
    pendingOf(record).filter((id) => id !== embedder.id),
  );
}

export function pendingOf(record: NamespaceRecord): readonly string[] {
  return record.pending ?? [];
}

export function withPending(
  { pending: _, ...record }: NamespaceRecord,
  pending: readonly string[],
): NamespaceRecord {
  return pending.length > 0 ? { ...record, pending } : record;
}

/** Vectors were stored: of an embedder being made ready, or in the place of lost ones. */
export function withVectors(record: NamespaceRecord, embedder: EmbedderKey): NamespaceRecord {
  if (record.embedderId === embedder.id) return { ...record, revision: record.revision + 1 };
  return withPending(record, [...new Set([...pendingOf(record), embedder.id])]);
}

/** Whether it is the embedder in force. Throws `MemoryArgumentError` if one id stands for two lengths. */
export function isInForce(record: NamespaceRecord, embedder: EmbedderKey): boolean {
  if (record.embedderId !== embedder.id) return false;
  if (record.dimension === embedder.dimension) return true;
  throw new MemoryArgumentError(
    'embedder',
    `The embedder ${JSON.stringify(embedder.id)} makes vectors of ${embedder.dimension} numbers, but those stored under its name have ${record.dimension}. Give the changed embedder another id.`,
  );
}

/** The entry with its vector of the embedder in force. Throws `MemoryDamagedError` if there is none. */
export function wholeEntry(
  { name, embedderId }: NamespaceRecord,
  text: EntryText,
  embedding: Float32Array | undefined,
): MemoryEntry {
  if (!embedding) throw new MemoryDamagedError(name, `the entry ${text.id} has no vector`);
  return { ...text, embedding, embedderId };
}

/** Throws `MemoryDamagedError` unless there are as many vectors as entries, each of the right length. */
export function sideBySide(
  record: NamespaceRecord,
  rows: readonly { readonly id: string; readonly embedding: Float32Array }[],
): NamespaceVectors {
  const { name, count, dimension } = record;
  if (rows.length !== count) {
    throw new MemoryDamagedError(name, `${rows.length} vectors are stored for ${count} entries`);
  }
  const vectors = new Float32Array(count * dimension);
  for (const [i, { id, embedding }] of rows.entries()) {
    if (embedding.length !== dimension) {
      throw new MemoryDamagedError(
        name,
        `the vector of ${id} has ${embedding.length} numbers instead of ${dimension}`,
      );
    }
    vectors.set(embedding, i * dimension);
  }
  return { record, ids: rows.map(({ id }) => id), vectors };
}

/** A vector alone in its memory: a part of a batch would be stored with the whole of it, and might change. */
export function ownVector(vector: Float32Array): Float32Array {
  return vector.byteLength === vector.buffer.byteLength ? vector : vector.slice();
}
