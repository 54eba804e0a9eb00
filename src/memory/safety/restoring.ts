/**
 * Putting a memory in order, and making it what it was in a backup. First whatever is found is made whole as it
 * is (mending.ts); then one act turns that into the saved state. So undoing the act leads back to what was
 * found, and a kill between the two leaves a whole memory.
 *
 * Called under the lock of the memory.
 */
import type { Embedder, EntryText, MemoryEntry } from '../memory';
import type { MemoryRows, NamespaceRecord, RowChange } from '../rows/rows';
import type { SavedNamespace } from './backup-file';
import { judge } from './judge';
import { differences, mendedHistory } from './mending';
import type { Found, Survey, WholeMemory } from './survey';

/** Contents embedded at a time. */
const AT_ONCE = 256;

export interface Restoring {
  readonly rows: MemoryRows;
  readonly survey: Survey;
  readonly embedder: (id: string) => Promise<Embedder>;
}

/** @param now milliseconds since the epoch; `made` is when the backup was made */
export async function restoreSaved(
  setup: Restoring,
  saved: SavedNamespace,
  made: number,
  now: number,
): Promise<NamespaceRecord> {
  const { rows } = setup;
  const { name } = saved.record;
  await putInOrder(setup, name, saved, now);
  const { record, entries } = await rows.texts(name);
  const steps = differences(new Map(entries.map((entry) => [entry.id, entry])), saved.entries);
  const wanted = steps.flatMap((step) => (step.kind === 'delete' ? [] : [step.after]));
  const embedder = await setup.embedder(record.embedderId);
  const embedded = new Map((await embed(embedder, wanted)).map((entry) => [entry.id, entry]));
  const changes = steps.map((step): RowChange => {
    if (step.kind === 'delete') return { kind: 'remove', id: step.before.id };
    const entry = embedded.get(step.after.id);
    if (!entry) throw new RangeError(`${step.after.id} was not embedded`);
    return { kind: 'put', entry };
  });
  const written = await rows.write(
    name,
    {
      act: { kind: 'restore' },
      note: { by: { kind: 'user' }, why: `from the backup of ${new Date(made).toISOString()}` },
      at: now,
      changes,
      expected: record,
    },
    'strict',
  );
  return written.record;
}

/** Undefined if there is nothing left to accept: then there is no such memory any more. */
export async function acceptAsFound(
  setup: Restoring,
  name: string,
  now: number,
): Promise<NamespaceRecord | undefined> {
  return putInOrder(setup, name, undefined, now);
}

/** What does not add up is made whole as it was found, under a new incarnation, so that every copy of it is dropped. */
async function putInOrder(
  setup: Restoring,
  name: string,
  saved: SavedNamespace | undefined,
  now: number,
): Promise<NamespaceRecord | undefined> {
  const { survey } = setup;
  const counted = await survey.audit(name);
  const verdict = judge({ name, sentinel: 'kept', witness: undefined, ...counted });
  if (verdict?.state === 'whole') return counted.record;
  const found = await survey.find(name);
  const known = found.record ?? saved?.record;
  if (!known && found.entries.length === 0) return undefined;
  const embedder = await setup.embedder(known?.embedderId ?? '');
  return survey.replace(name, await mended(name, found, saved, embedder, now));
}

async function mended(
  name: string,
  found: Found,
  saved: SavedNamespace | undefined,
  embedder: Embedder,
  now: number,
): Promise<WholeMemory> {
  const { journal, nextId } = mendedHistory(found, saved, now);
  const known = found.record ?? saved?.record;
  const vectors = found.record?.embedderId === embedder.id ? found.vectors : new Map<string, Float32Array>();
  const missing = found.entries.filter(({ id }) => !vectors.has(id));
  const made = new Map((await embed(embedder, missing)).map(({ id, embedding }) => [id, embedding]));
  const entries = found.entries.map((text): MemoryEntry => {
    const embedding = vectors.get(text.id) ?? made.get(text.id);
    if (!embedding) throw new RangeError(`${text.id} was not embedded`);
    return { ...text, embedding, embedderId: embedder.id };
  });
  const lastAt = journal[journal.length - 1]?.at ?? known?.lastAt ?? now;
  return {
    record: {
      name,
      incarnation: crypto.randomUUID(),
      embedderId: embedder.id,
      dimension: embedder.dimension,
      nextId,
      revision: Math.max(found.record?.revision ?? 0, saved?.record.revision ?? 0) + 1,
      lastAt,
      ageing: known?.ageing ?? { expireAfter: null, halfLife: null },
      created: known?.created ?? now,
    },
    entries,
    journal,
  };
}

async function embed(embedder: Embedder, texts: readonly EntryText[]): Promise<readonly MemoryEntry[]> {
  const entries: MemoryEntry[] = [];
  for (let start = 0; start < texts.length; start += AT_ONCE) {
    const batch = texts.slice(start, start + AT_ONCE);
    const vectors = await embedder.embed(batch.map(({ content }) => content));
    entries.push(...batch.map((text, i) => ({ ...text, embedding: vectors[i], embedderId: embedder.id })));
  }
  return entries;
}
