/**
 * Putting a memory in order, and making it what it was in a backup. What is found is made whole as it is (mending.ts);
 * then an act turns that into the saved state, so that undoing the act leads back to what was found. Both are put in
 * place in one step: whoever is killed leaves the memory as it was found, or restored. A memory that is whole but has
 * lost its history gets that back as well, and what was written since the loss stays, as entries of their own.
 *
 * Called under the lock of the memory.
 */
import { NO_AGEING } from '../ageing';
import { embedInTurns } from '../embedders/embed-in-turns';
import { entriesAt } from '../history/past';
import type { JournalRecord } from '../journal';
import type { Embedder, EntryText, MemoryEntry } from '../memory';
import { sumOfEntries } from '../rows/entry-sum';
import { planWrite } from '../rows/plan-write';
import type { Ageing, MemoryRows, NamespaceRecord, RowChange, RowWrite } from '../rows/rows';
import { isUpTo } from './act-replay';
import type { SavedNamespace } from './backup-file';
import { isSame } from './joined-history';
import { type Evidence, judge } from './judge';
import { differences, mendedHistory } from './mending';
import { type Found, type Survey, type WholeMemory, wholeRecord } from './survey';

export interface Restoring {
  readonly rows: MemoryRows;
  readonly survey: Survey;
  readonly embedder: (id: string) => Promise<Embedder>;
}

/** What a memory has become. */
export interface Settled {
  readonly record: NamespaceRecord;
  /** Its newest journal records; none if all of it is new, under another incarnation. */
  readonly fresh: readonly JournalRecord[];
  /** Entries that were written since the loss, and are there beside what was restored. */
  readonly stayed: number;
}

/** A memory made whole as it was found. */
interface InOrder {
  readonly memory: WholeMemory;
  /** Ids of the entries that were written since the loss. */
  readonly since: ReadonlySet<string>;
}

/** @param now milliseconds since the epoch; `source`: whence it comes, for the journal */
export async function restoreSaved(
  setup: Restoring,
  saved: SavedNamespace,
  source: string,
  now: number,
): Promise<Settled> {
  const { rows, survey } = setup;
  const { name } = saved.record;
  const whole = await inOrder(setup, name, saved, now);
  const { record, entries } = whole?.memory
    ? { record: wholeRecord(name, whole.memory), entries: whole.memory.entries }
    : await rows.texts(name);
  const stay = entries.filter(({ id }) => whole?.memory && whole.since.has(id));
  const write: RowWrite = {
    act: { kind: 'restore' },
    note: { by: { kind: 'user' }, why: source },
    at: now,
    changes: await changesTo([...saved.entries, ...stay], entries, await setup.embedder(record.embedderId)),
    expected: record,
  };
  if (!whole?.memory) {
    const written = await rows.write(name, write, 'strict');
    return { record: written.record, fresh: written.journal, stayed: 0 };
  }
  const restored = await survey.replace(name, afterAct(whole.memory, record, write));
  return { record: restored, fresh: [], stayed: stay.length };
}

/** Undefined if there is nothing left to accept: then there is no such memory any more. */
export async function acceptAsFound(
  setup: Restoring,
  name: string,
  now: number,
): Promise<Settled | undefined> {
  const whole = await inOrder(setup, name, undefined, now);
  if (!whole) return undefined;
  const record = whole.memory ? await setup.survey.replace(name, whole.memory) : whole.record;
  return { record, fresh: [], stayed: 0 };
}

/**
 * The record of a memory that holds what was expected of it, or has it in its history and holds what was written since
 * beside it, by an act of restoring, its newest, and by the same rules
 * is lost: under another incarnation, or of another history than it had. So it stands where somebody restored it
 * and was stopped before the sentinel and the log knew. A restore of anything else than what was expected is not told
 * from a loss that came after an earlier restore.
 */
export async function findRestored(
  { rows, survey }: Pick<Restoring, 'rows' | 'survey'>,
  name: string,
  { witness, wentBack }: Pick<Evidence, 'witness' | 'wentBack'>,
): Promise<NamespaceRecord | undefined> {
  const expected = wentBack ?? witness;
  if (!expected || expected.leaving) return undefined;
  const { record } = await survey.count(name);
  if (!record || record.journal === 0) return undefined;
  const [newest] = await rows.journal(name, record.journal);
  if (newest?.act.kind !== 'restore') return undefined;
  if (record.count !== expected.count || record.sum !== expected.sum) {
    if (record.journal < expected.journal) return undefined;
    const then = entriesAt(await rows.journal(name, 1, expected.journal), expected.journal);
    if (then.length !== expected.count || sumOfEntries(then) !== expected.sum) return undefined;
  }
  const isWell = !wentBack && record.incarnation === expected.incarnation && isUpTo(expected, record);
  return isWell ? undefined : record;
}

/**
 * What does not add up or lacks history that was saved, made whole as it was found, under a new incarnation, so that every
 * copy of it is dropped; or the record of what is whole as it is. Undefined: there is nothing at all. Nothing is changed yet.
 */
async function inOrder(
  setup: Restoring,
  name: string,
  saved: SavedNamespace | undefined,
  now: number,
): Promise<InOrder | { readonly memory?: undefined; readonly record: NamespaceRecord } | undefined> {
  const { rows, survey } = setup;
  const { record, stored } = await survey.audit(name);
  const verdict = judge({ name, sentinel: 'kept', witness: undefined, record, stored });
  if (record && verdict?.state === 'whole' && (!saved || (await goesOn(rows, saved)))) return { record };
  const found = await survey.find(name);
  const known = found.record ?? saved?.record;
  if (!known && found.entries.length === 0) return undefined;
  const embedder = await setup.embedder(known?.embedderId ?? '');
  return mended(name, found, saved, embedder, now);
}

/** Whether the history in place is the saved one, or goes on from it. */
async function goesOn(rows: MemoryRows, { record: { name }, journal }: SavedNamespace): Promise<boolean> {
  const last = journal[journal.length - 1];
  if (!last) return true;
  const [inPlace] = await rows.journal(name, last.seq, last.seq);
  return isSame(inPlace, last);
}

/** What leads from these entries to the wanted ones. */
async function changesTo(
  wanted: readonly EntryText[],
  entries: readonly EntryText[],
  embedder: Embedder,
): Promise<readonly RowChange[]> {
  const steps = differences(new Map(entries.map((entry) => [entry.id, entry])), wanted);
  const coming = steps.flatMap((step) => (step.kind === 'delete' ? [] : [step.after]));
  const embedded = new Map((await embed(embedder, coming)).map((entry) => [entry.id, entry]));
  return steps.map((step): RowChange => {
    if (step.kind === 'delete') return { kind: 'remove', id: step.before.id };
    const entry = embedded.get(step.after.id);
    if (!entry) throw new RangeError(`${step.after.id} was not embedded`);
    return { kind: 'put', entry };
  });
}

/** A whole memory after an act that nobody has carried out yet. */
function afterAct(memory: WholeMemory, record: NamespaceRecord, write: RowWrite): WholeMemory {
  const entries = new Map(memory.entries.map((entry) => [entry.id, entry]));
  const plan = planWrite(record, entries, write);
  for (const id of plan.removals) entries.delete(id);
  for (const { entry } of plan.puts) entries.set(entry.id, entry);
  return {
    record: plan.written.record,
    entries: [...entries.values()],
    journal: [...memory.journal, ...plan.written.journal],
  };
}

async function mended(
  name: string,
  found: Found,
  saved: SavedNamespace | undefined,
  embedder: Embedder,
  now: number,
): Promise<InOrder> {
  const { journal, entries: texts, nextId, newIds } = mendedHistory(found, saved, now);
  const known = found.record ?? saved?.record;
  const usable = found.record?.embedderId === embedder.id ? found.vectors : [];
  const vectors = new Map(Array.from(usable, ([id, vector]) => [newIds.get(id) ?? id, vector]));
  const missing = texts.filter(({ id }) => !vectors.has(id));
  const made = new Map((await embed(embedder, missing)).map(({ id, embedding }) => [id, embedding]));
  const entries = texts.map((text): MemoryEntry => {
    const embedding = vectors.get(text.id) ?? made.get(text.id);
    if (!embedding) throw new RangeError(`${text.id} was not embedded`);
    return { ...text, embedding, embedderId: embedder.id };
  });
  const memory: WholeMemory = {
    record: {
      name,
      incarnation: crypto.randomUUID(),
      embedderId: embedder.id,
      dimension: embedder.dimension,
      nextId,
      revision: Math.max(found.record?.revision ?? 0, saved?.record.revision ?? 0) + 1,
      lastAt: journal[journal.length - 1]?.at ?? known?.lastAt ?? now,
      ageing: ageingOf(found, saved),
      created: Math.min(...[found.record, saved?.record].map((record) => record?.created ?? now)),
    },
    entries,
    journal,
  };
  return { memory, since: new Set(newIds.values()) };
}

/** Of a memory that was begun anew the rules of before, where the user has not set others since. */
function ageingOf({ record }: Found, saved: SavedNamespace | undefined): Ageing {
  const before = saved?.record.ageing ?? NO_AGEING;
  if (!record) return before;
  if (!saved || record.incarnation === saved.record.incarnation) return record.ageing;
  const { expireAfter, halfLife } = record.ageing;
  return { expireAfter: expireAfter ?? before.expireAfter, halfLife: halfLife ?? before.halfLife };
}

async function embed(embedder: Embedder, texts: readonly EntryText[]): Promise<readonly MemoryEntry[]> {
  const vectors = await embedInTurns(
    embedder,
    texts.map(({ content }) => content),
  );
  return texts.map((text, i) => ({ ...text, embedding: vectors[i], embedderId: embedder.id }));
}
