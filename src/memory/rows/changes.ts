/**
 * What has become of a namespace since a state, told from the journal: for those who hold a copy and would rather
 * not read everything again. In doubt it is not told, and the copy is made anew.
 */
import type { JournalRecord } from '../journal';
import type { NamespaceChanges, NamespaceRecord } from './rows';

/** Records to be read for it: none, or from the last one the copy knows of to the newest. Undefined: not to be told. */
export function journalSince(
  record: NamespaceRecord,
  since: NamespaceRecord,
  most: number,
): { readonly from: number; readonly to: number } | 'nothing changed' | undefined {
  const same = (key: keyof NamespaceRecord) => record[key] === since[key];
  if (!same('incarnation') || !same('embedderId') || !same('dimension')) return undefined;
  if (same('revision')) return same('sum') && same('count') ? 'nothing changed' : undefined;
  // Stored data that went back (a restored profile) is another history from there on.
  if (record.revision < since.revision || record.journal < since.journal) return undefined;
  if (record.journal - since.journal > most) return undefined;
  return { from: Math.max(1, since.journal), to: record.journal };
}

/** Ids of the entries written or removed by these records, of `journalSince`; undefined if they are of another history. */
export function idsChanged(
  records: readonly JournalRecord[],
  since: NamespaceRecord,
): readonly string[] | undefined {
  const known = since.journal > 0 ? records[0] : undefined;
  if (since.journal > 0 && (known?.seq !== since.journal || known.at !== since.lastAt)) return undefined;
  const ids = new Set<string>();
  for (const { seq, op } of records) {
    if (seq <= since.journal) continue;
    if (op.kind === 'add' || op.kind === 'update') ids.add(op.after.id);
    else if (op.kind === 'delete') ids.add(op.before.id);
  }
  return [...ids];
}

/** By whether there is a vector by now. */
export function sorted(
  record: NamespaceRecord,
  ids: readonly string[],
  vectors: readonly (Float32Array | undefined)[],
): NamespaceChanges {
  const written = ids.flatMap((id, i) => {
    const embedding = vectors[i];
    return embedding ? [{ id, embedding }] : [];
  });
  return { record, written, removed: ids.filter((_, i) => !vectors[i]) };
}
