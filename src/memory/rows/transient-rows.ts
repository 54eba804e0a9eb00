/**
 * Rows in memory, gone with the page: for rollouts, Node and tests. Every method does its work before it
 * returns, so each is atomic by itself and an episode costs no more than its promises.
 */
import { EmbedderMismatchError, UnknownMemoryError, UnknownNamespaceError } from '../errors';
import type { MemoryEntry } from '../memory';
import {
  changedEntry,
  type EntryChange,
  type EntryDraft,
  entryFromDraft,
  type KnownState,
  type MemoryRows,
  type NamespaceContent,
  type NamespaceRecord,
  nextRecord,
} from './rows';

interface Namespace {
  record: NamespaceRecord;
  /** In order of insertion, which is the order of creation: replacing keeps the place. */
  readonly entries: Map<string, MemoryEntry>;
}

export class TransientRows implements MemoryRows {
  readonly #namespaces = new Map<string, Namespace>();
  #incarnations = 0;

  async ensure(
    name: string,
    made: { readonly embedderId: string; readonly dimension: number; readonly created: number },
  ): Promise<NamespaceRecord> {
    const known = this.#namespaces.get(name);
    if (known) return known.record;
    const record = {
      name,
      incarnation: `${++this.#incarnations}`,
      ...made,
      nextId: 1,
      revision: 0,
      count: 0,
    };
    this.#namespaces.set(name, { record, entries: new Map() });
    return record;
  }

  async insert(name: string, draft: EntryDraft) {
    const namespace = this.#writable(name, draft.embedderId);
    const entry = entryFromDraft(namespace.record, draft);
    namespace.entries.set(entry.id, entry);
    return { record: this.#changed(namespace, { nextId: namespace.record.nextId + 1 }), entry };
  }

  async replace(name: string, id: string, change: EntryChange) {
    const namespace = this.#writable(name, change.embedderId);
    const before = this.#entry(namespace, id);
    const after = changedEntry(before, change);
    namespace.entries.set(id, after);
    return { record: this.#changed(namespace), before, after };
  }

  async remove(name: string, id: string) {
    const namespace = this.#existing(name);
    const entry = this.#entry(namespace, id);
    namespace.entries.delete(id);
    return { record: this.#changed(namespace), entry };
  }

  async get(name: string, id: string): Promise<MemoryEntry | undefined> {
    return this.#existing(name).entries.get(id);
  }

  async read(name: string, known?: KnownState): Promise<NamespaceContent | undefined> {
    const { record, entries } = this.#existing(name);
    if (known?.incarnation === record.incarnation && known.revision === record.revision) return undefined;
    return { record, entries: [...entries.values()] };
  }

  async clear(name: string): Promise<NamespaceRecord> {
    const namespace = this.#existing(name);
    namespace.entries.clear();
    return this.#changed(namespace);
  }

  async reembed(
    name: string,
    known: KnownState,
    embedder: { readonly id: string; readonly dimension: number },
    embeddings: ReadonlyMap<string, Float32Array>,
  ): Promise<NamespaceRecord | undefined> {
    const namespace = this.#existing(name);
    const { incarnation, revision } = namespace.record;
    if (incarnation !== known.incarnation || revision !== known.revision) return undefined;
    for (const [id, embedding] of embeddings) {
      namespace.entries.set(id, { ...this.#entry(namespace, id), embedding, embedderId: embedder.id });
    }
    return this.#changed(namespace, { embedderId: embedder.id, dimension: embedder.dimension });
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

  #existing(name: string): Namespace {
    const namespace = this.#namespaces.get(name);
    if (!namespace) throw new UnknownNamespaceError(name);
    return namespace;
  }

  #writable(name: string, embedderId: string): Namespace {
    const namespace = this.#existing(name);
    if (namespace.record.embedderId !== embedderId) {
      throw new EmbedderMismatchError(name, namespace.record.embedderId, embedderId);
    }
    return namespace;
  }

  #entry(namespace: Namespace, id: string): MemoryEntry {
    const entry = namespace.entries.get(id);
    if (!entry) throw new UnknownMemoryError(id, namespace.record.name);
    return entry;
  }

  #changed(namespace: Namespace, change: Partial<NamespaceRecord> = {}): NamespaceRecord {
    namespace.record = nextRecord(namespace.record, { ...change, count: namespace.entries.size });
    return namespace.record;
  }
}
