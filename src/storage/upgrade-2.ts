/**
 * From version 1 of the database to version 2: vectors leave the entries for a store of their own, every entry
 * gets a first journal record, and every namespace its sum.
 *
 * Version 1 said nothing of who wrote an entry when, only when it was last changed. So the history of a
 * namespace begins with one act that brings in what was there, dated by the latest change that is known of.
 * The shapes below are those of the two versions and stay as they are, whatever the memory room makes of them
 * later. Entries are moved some hundred at a time, so that no more than their texts is ever held at once; writes
 * are requested without waiting for each, and one that fails aborts the upgrade.
 */
import { type IDBPDatabase, type IDBPTransaction, unwrap } from 'idb';
import { jsonSum } from './json-sum';

interface NamespaceOfVersion1 {
  readonly name: string;
  readonly created: number;
}

interface EntryOfVersion1 {
  readonly namespace: string;
  readonly id: string;
  readonly content: string;
  readonly metadata: unknown;
  readonly memoryType: string;
  readonly created: number;
  readonly updated: number;
  readonly sourceStep: string;
  readonly embedding: Float32Array;
  readonly embedderId: string;
}

type EntryOfVersion2 = Omit<EntryOfVersion1, 'embedding' | 'embedderId'>;
type UpgradeTransaction = IDBPTransaction<unknown, string[], 'versionchange'>;

const WHY = 'from an earlier version of this page';
const AT_ONCE = 500;

export async function toVersion2(database: IDBPDatabase, transaction: UpgradeTransaction): Promise<void> {
  database.createObjectStore('vectors', { keyPath: ['namespace', 'embedderId', 'id'] });
  database.createObjectStore('journal', { keyPath: ['namespace', 'seq'] });
  const namespaces = (await transaction.objectStore('namespaces').getAll()) as NamespaceOfVersion1[];
  for (const namespace of namespaces) {
    const entries = await moveVectors(transaction, namespace.name);
    beginHistory(transaction, namespace, entries);
  }
}

/** Returns the entries without their vectors, in order of creation. */
async function moveVectors(transaction: UpgradeTransaction, name: string): Promise<EntryOfVersion2[]> {
  const entries = transaction.objectStore('entries');
  // Keys sort as text, m10 before m2.
  const keys = (await entries.getAllKeys(IDBKeyRange.bound([name], [name, []]))) as [string, string][];
  keys.sort(([, a], [, b]) => Number(a.slice(1)) - Number(b.slice(1)));
  const moved: EntryOfVersion2[] = [];
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const batch = keys.slice(start, start + AT_ONCE);
    const rows = (await Promise.all(batch.map((key) => entries.get(key)))) as EntryOfVersion1[];
    for (const { embedding, embedderId, ...entry } of rows) {
      const { namespace, id } = entry;
      unwrap(entries).put(entry);
      store(transaction, 'vectors').put({ namespace, embedderId, id, embedding });
      moved.push(entry);
    }
  }
  return moved;
}

function beginHistory(
  transaction: UpgradeTransaction,
  namespace: NamespaceOfVersion1,
  entries: readonly EntryOfVersion2[],
): void {
  const at = entries.reduce((latest, { updated }) => Math.max(latest, updated), namespace.created);
  let sum = 0;
  for (const [i, { namespace: name, ...after }] of entries.entries()) {
    sum = (sum + entrySum(after)) >>> 0;
    store(transaction, 'journal').put({
      namespace: name,
      seq: i + 1,
      at,
      by: { kind: 'lab' },
      why: WHY,
      act: { id: 1, kind: 'import' },
      op: { kind: 'add', after },
    });
  }
  store(transaction, 'namespaces').put({
    ...namespace,
    // What is there counts; of what version 1 may have lost nobody knows.
    count: entries.length,
    sum,
    journal: entries.length,
    lastAt: at,
    ageing: { expireAfter: null, halfLife: null },
  });
}

function store(transaction: UpgradeTransaction, name: string): IDBObjectStore {
  return unwrap(transaction.objectStore(name));
}

/** `entrySum` of the memory room as version 2 has it. */
function entrySum(entry: Omit<EntryOfVersion2, 'namespace'>): number {
  const { id, content, metadata, memoryType, created, updated, sourceStep } = entry;
  return jsonSum([id, content, metadata, memoryType, created, updated, sourceStep]);
}
