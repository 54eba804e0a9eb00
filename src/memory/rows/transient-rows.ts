/**
 * Rows in memory, gone with the page: for rollouts, Node and tests. Every method does its work before it
 * returns, so each is atomic by itself and an episode costs no more than its promises.
 */
import { MemoryChangedError, UnknownNamespaceError } from '../errors';
import { checkUnitVector } from '../index/unit-vectors';
import type { JournalRecord } from '../journal';
import type { EntryText, MemoryEntry } from '../memory';
import { idsChanged, journalSince, sorted } from './changes';
import { inOrder } from './entry-ids';
import { planErase } from './plan-erase';
import { planRestore } from './plan-restore';
import { idsConcerned, isState, planWrite } from './plan-write';
import {
  isInForce,
  newRecord,
  ownVector,
  pendingOf,
  sideBySide,
  wholeEntry,
  withAgeing,
  withEmbedder,
  withPending,
  withVectors,
} from './records';
import type {
  Ageing,
  EmbedderKey,
  Erased,
  KnownState,
  MemoryRows,
  NamespaceChanges,
  NamespaceContent,
  NamespaceRecord,
  NamespaceVectors,
  RowErasure,
  RowHistory,
  RowWrite,
  Written,
} from './rows';

type Vectors = Map<string, Float32Array>;

interface Namespace {
  record: NamespaceRecord;
  readonly entries: Map<string, EntryText>;
  /** By embedder; those of the one in force are always there. */
  readonly vectors: Map<string, Vectors>;
  readonly journal: JournalRecord[];
}

export class TransientRows implements MemoryRows {
  readonly #namespaces = new Map<string, Namespace>();
  #incarnations = 0;

  async ensure(
    name: string,
    made: { readonly embedder: EmbedderKey; readonly created: number },
  ): Promise<NamespaceRecord> {
    const known = this.#namespaces.get(name);
    if (known) return known.record;
    const namespace = this.#fresh(name, made);
    this.#namespaces.set(name, namespace);
    return namespace.record;
  }

  async write(name: string, write: RowWrite): Promise<Written> {
    if (write.made && this.#namespaces.has(name)) throw new MemoryChangedError(name);
    const namespace = write.made ? this.#fresh(name, write.made) : this.#existing(name);
    const { entries, vectors } = namespace;
    const stored = new Map(
      idsConcerned(write).flatMap((id): [string, EntryText][] => {
        const entry = entries.get(id);
        return entry ? [[id, entry]] : [];
      }),
    );
    const { written, puts, removals } = planWrite(namespace.record, stored, write);
    for (const { entry } of puts) {
      const { embedding, embedderId, ...text } = entry;
      entries.set(entry.id, text);
      // Those put aside are of the content before.
      for (const those of vectors.values()) those.delete(entry.id);
      vectors.get(embedderId)?.set(entry.id, embedding);
    }
    for (const id of removals) {
      entries.delete(id);
      for (const those of vectors.values()) those.delete(id);
    }
    for (const record of written.journal) namespace.journal.push(record);
    namespace.record = written.record;
    this.#namespaces.set(name, namespace);
    return written;
  }

  async restore(name: string, history: RowHistory): Promise<NamespaceRecord> {
    const namespace = this.#existing(name);
    const { record, entries } = planRestore(namespace.record, history);
    for (const { embedding, embedderId, ...text } of entries) {
      namespace.entries.set(text.id, text);
      namespace.vectors.get(embedderId)?.set(text.id, embedding);
    }
    for (const line of history.journal) namespace.journal.push(line);
    namespace.record = record;
    return record;
  }

  async erase(name: string, erasure: RowErasure): Promise<Erased> {
    const namespace = this.#existing(name);
    const { entries, vectors, journal } = namespace;
    const plan = planErase(namespace.record, [...entries.values()], journal, erasure);
    for (const id of plan.removals) {
      entries.delete(id);
      for (const those of vectors.values()) those.delete(id);
    }
    for (const record of plan.rewritten) journal[record.seq - 1] = record;
    for (const record of plan.added) journal.push(record);
    namespace.record = plan.record;
    return { record: plan.record, ids: plan.ids, rewritten: plan.rewritten.length };
  }

  async get(name: string, id: string): Promise<MemoryEntry | undefined> {
    const namespace = this.#existing(name);
    const text = namespace.entries.get(id);
    return text && wholeEntry(namespace.record, text, inForce(namespace).get(id));
  }

  async read(name: string, known?: KnownState): Promise<NamespaceContent | undefined> {
    const namespace = this.#existing(name);
    const { record, entries } = namespace;
    if (known && isState(record, known)) return undefined;
    const vectors = inForce(namespace);
    return {
      record,
      entries: inOrder(entries.values()).map((text) => wholeEntry(record, text, vectors.get(text.id))),
    };
  }

  async record(name: string): Promise<NamespaceRecord> {
    return this.#existing(name).record;
  }

  async texts(name: string, ids?: readonly string[]) {
    const { record, entries } = this.#existing(name);
    const found = ids ? [...new Set(ids)].flatMap((id) => entries.get(id) ?? []) : entries.values();
    return { record, entries: inOrder(found) };
  }

  async vectors(name: string): Promise<NamespaceVectors> {
    const namespace = this.#existing(name);
    const { record } = namespace;
    return sideBySide(
      record,
      inOrder(Array.from(inForce(namespace), ([id, embedding]) => ({ id, embedding }))),
    );
  }

  async changes(name: string, since: NamespaceRecord, most: number): Promise<NamespaceChanges | undefined> {
    const namespace = this.#existing(name);
    const { record, journal } = namespace;
    const span = journalSince(record, since, most);
    if (span === undefined) return undefined;
    if (span === 'nothing changed') return { record, written: [], removed: [] };
    const ids = idsChanged(journal.slice(span.from - 1, span.to), since);
    const vectors = inForce(namespace);
    return (
      ids &&
      sorted(
        record,
        ids,
        ids.map((id) => vectors.get(id)),
      )
    );
  }

  async journal(name: string, from = 1, to = Number.POSITIVE_INFINITY): Promise<readonly JournalRecord[]> {
    return this.#existing(name).journal.slice(Math.max(0, from - 1), Math.max(0, to));
  }

  async setAgeing(name: string, ageing: Ageing): Promise<NamespaceRecord> {
    const namespace = this.#existing(name);
    namespace.record = withAgeing(namespace.record, ageing);
    return namespace.record;
  }

  async unembedded(name: string, embedder: EmbedderKey, limit: number): Promise<readonly EntryText[]> {
    const { record, entries, vectors } = this.#existing(name);
    isInForce(record, embedder);
    const done = vectors.get(embedder.id);
    return inOrder([...entries.values()].filter(({ id }) => !done?.has(id))).slice(0, limit);
  }

  async putVectors(
    name: string,
    embedder: EmbedderKey,
    given: readonly { readonly id: string; readonly content: string; readonly embedding: Float32Array }[],
  ): Promise<number> {
    const namespace = this.#existing(name);
    const { record, entries, vectors } = namespace;
    const mending = isInForce(record, embedder);
    for (const { embedding } of given) checkUnitVector(embedding, embedder.dimension);
    const those: Vectors = vectors.get(embedder.id) ?? new Map();
    let kept = 0;
    for (const { id, content, embedding } of given) {
      if (entries.get(id)?.content !== content || (mending && those.has(id))) continue;
      those.set(id, ownVector(embedding));
      kept++;
    }
    if (kept === 0) return 0;
    vectors.set(embedder.id, those);
    namespace.record = withVectors(record, embedder);
    return kept;
  }

  async adopt(name: string, embedder: EmbedderKey): Promise<NamespaceRecord | undefined> {
    const namespace = this.#existing(name);
    const { record, entries, vectors } = namespace;
    if (isInForce(record, embedder)) return record;
    const made: Vectors = vectors.get(embedder.id) ?? new Map();
    if (made.size < entries.size) return undefined;
    vectors.set(embedder.id, made);
    vectors.delete(record.embedderId);
    namespace.record = withEmbedder(record, embedder);
    return namespace.record;
  }

  async dropPending(name: string): Promise<void> {
    const namespace = this.#existing(name);
    for (const id of pendingOf(namespace.record)) namespace.vectors.delete(id);
    namespace.record = withPending(namespace.record, []);
  }

  async drop(name: string): Promise<void> {
    this.#namespaces.delete(name);
  }

  async dropPrefix(prefix: string): Promise<readonly string[]> {
    const names = [...this.#namespaces.keys()].filter((name) => name.startsWith(prefix));
    for (const name of names) this.#namespaces.delete(name);
    return names.sort();
  }

  async list(): Promise<readonly NamespaceRecord[]> {
    return [...this.#namespaces.values()]
      .map(({ record }) => record)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #fresh(name: string, made: NonNullable<RowWrite['made']>): Namespace {
    const record = newRecord(name, `${++this.#incarnations}`, made);
    const vectors = new Map([[made.embedder.id, new Map()]]);
    return { record, entries: new Map(), vectors, journal: [] };
  }

  #existing(name: string): Namespace {
    const namespace = this.#namespaces.get(name);
    if (!namespace) throw new UnknownNamespaceError(name);
    return namespace;
  }
}

function inForce({ record, vectors }: Namespace): Vectors {
  return vectors.get(record.embedderId) ?? new Map();
}
