/**
 * What an act does to a namespace, worked out from its record and the entries concerned, without touching
 * anything. Every kind of rows carries out the same plan, so they cannot differ in ids, counters, journal or
 * sums; and since all errors are thrown here, before the first row is written, an act is whole or nothing.
 *
 * new sum = sum - (sums of the entries before) + (sums of the entries after), modulo 2^32
 */
import {
  EmbedderMismatchError,
  MemoryArgumentError,
  MemoryChangedError,
  UnknownMemoryError,
} from '../errors';
import { checkUnitVector } from '../index/unit-vectors';
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText, MemoryEntry } from '../memory';
import { checkMetadata } from '../metadata';
import { checkGivenId, numberOf } from './entry-ids';
import { canonicalText, entrySum } from './entry-sum';
import { ownVector } from './records';
import type { EntryChange, KnownState, NamespaceRecord, RowChange, RowWrite, Written } from './rows';

export interface WritePlan {
  /** What the caller is told. */
  readonly written: Written;
  /** Entries as they are to be stored. `fresh`: under an id given by this act, which nothing may be stored under. */
  readonly puts: readonly { readonly entry: MemoryEntry; readonly fresh: boolean }[];
  /** Ids of stored entries that go. */
  readonly removals: readonly string[];
}

/** Ids of the entries that must be looked up for `planWrite`. */
export function idsConcerned({ changes }: RowWrite): readonly string[] {
  const ids = changes.flatMap((change) => {
    if (change.kind === 'replace' || change.kind === 'remove') return [change.id];
    return change.kind === 'put' ? [change.entry.id] : [];
  });
  return [...new Set(ids)];
}

/**
 * @param record of the namespace as it is
 * @param stored the entries of `idsConcerned` that there are
 * @throws what `MemoryRows.write` throws
 */
export function planWrite(
  record: NamespaceRecord,
  stored: ReadonlyMap<string, EntryText>,
  write: RowWrite,
): WritePlan {
  if (write.expected && !isState(record, write.expected)) throw new MemoryChangedError(record.name);
  if (!Number.isFinite(write.at)) {
    throw new MemoryArgumentError('time', `A write needs the time in milliseconds, not ${write.at}.`);
  }
  const plan = new Planning(record, stored);
  const steps = write.changes.map((change) => plan.step(change));
  const ops = steps.flatMap(({ op }) => op ?? []);
  const at = Math.max(write.at, record.lastAt);
  const act = { id: record.journal + 1, ...write.act };
  const journal = ops.map(
    (op, i): JournalRecord => ({
      seq: record.journal + 1 + i,
      at,
      by: write.note.by,
      why: write.note.why,
      act,
      op,
    }),
  );
  const after: NamespaceRecord = {
    ...plan.counters(),
    journal: record.journal + journal.length,
    lastAt: journal.length > 0 ? at : record.lastAt,
  };
  return {
    written: { record: after, journal, entries: steps.map(({ before, after }) => ({ before, after })) },
    ...plan.rows(),
  };
}

export function isState(record: NamespaceRecord, known: KnownState): boolean {
  return record.incarnation === known.incarnation && record.revision === known.revision;
}

/** What one change did; `op` is absent where there was nothing to do. */
interface Step {
  readonly before: EntryText | null;
  readonly after: EntryText | null;
  readonly op?: JournalOp;
}

/** An entry as this act leaves it: null where it is gone. */
interface Outcome {
  readonly entry: MemoryEntry | null;
  readonly fresh: boolean;
}

class Planning {
  readonly #outcomes = new Map<string, Outcome>();
  #nextId: number;

  constructor(
    private readonly record: NamespaceRecord,
    private readonly stored: ReadonlyMap<string, EntryText>,
  ) {
    this.#nextId = record.nextId;
  }

  step(change: RowChange): Step {
    switch (change.kind) {
      case 'add':
        return this.keep(null, { ...change.draft, id: `m${this.#nextId}` }, true);
      case 'replace': {
        const before = this.existing(change.id);
        return this.keep(before, changedEntry(before, change.change));
      }
      case 'put':
        return this.put(change.entry);
      case 'remove': {
        const before = this.existing(change.id);
        this.#outcomes.set(change.id, { entry: null, fresh: this.isFresh(change.id) });
        return { before, after: null, op: { kind: 'delete', before } };
      }
      case 'retrieved': {
        const { query, topK, hits } = change;
        return { before: null, after: null, op: { kind: 'retrieve', query, topK, hits } };
      }
    }
  }

  counters(): NamespaceRecord {
    let { count, sum, revision } = this.record;
    for (const [id, { entry }] of this.#outcomes) {
      const before = this.stored.get(id);
      if (before) sum -= entrySum(before);
      if (entry) sum += entrySum(entry);
      // Kept in 32 bits at every step: thousands of them would leave the exact integers.
      sum >>>= 0;
      count += Number(entry !== null) - Number(before !== undefined);
    }
    if (this.#outcomes.size > 0) revision++;
    return { ...this.record, nextId: this.#nextId, revision, count, sum };
  }

  rows(): Pick<WritePlan, 'puts' | 'removals'> {
    const outcomes = [...this.#outcomes];
    return {
      puts: outcomes.flatMap(([, { entry, fresh }]) => (entry ? [{ entry, fresh }] : [])),
      removals: outcomes.flatMap(([id, { entry }]) => (!entry && this.stored.has(id) ? [id] : [])),
    };
  }

  private current(id: string): EntryText | null {
    const outcome = this.#outcomes.get(id);
    if (outcome) return outcome.entry && textOf(outcome.entry);
    return this.stored.get(id) ?? null;
  }

  private existing(id: string): EntryText {
    const entry = this.current(id);
    if (!entry) throw new UnknownMemoryError(id, this.record.name);
    return entry;
  }

  private put(entry: MemoryEntry): Step {
    checkGivenId(entry.id);
    const before = this.current(entry.id);
    if (before && canonicalText(before) === canonicalText(entry)) return { before, after: before };
    return this.keep(before, entry);
  }

  private keep(before: EntryText | null, entry: MemoryEntry, fresh = this.isFresh(entry.id)): Step {
    const { record } = this;
    if (entry.embedderId !== record.embedderId) {
      throw new EmbedderMismatchError(record.name, record.embedderId, entry.embedderId);
    }
    checkUnitVector(entry.embedding, record.dimension);
    checkMetadata(entry.metadata);
    const after = textOf(entry);
    const kept = { ...after, embedding: ownVector(entry.embedding), embedderId: entry.embedderId };
    this.#outcomes.set(entry.id, { entry: kept, fresh });
    this.#nextId = Math.max(this.#nextId, numberOf(entry.id) + 1);
    return { before, after, op: before ? { kind: 'update', before, after } : { kind: 'add', after } };
  }

  private isFresh(id: string): boolean {
    return this.#outcomes.get(id)?.fresh ?? false;
  }
}

/** Content and vector replaced, metadata merged; when and by which step it was created stays. */
function changedEntry(before: EntryText, change: EntryChange): MemoryEntry {
  return { ...before, ...change, metadata: { ...before.metadata, ...change.metadata } };
}

function textOf({ id, content, metadata, memoryType, created, updated, sourceStep }: EntryText): EntryText {
  return { id, content, metadata, memoryType, created, updated, sourceStep };
}
