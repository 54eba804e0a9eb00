/**
 * The one IndexedDB database of the lab: opening, upgrading, and transactions whose failures are sentences.
 *
 * What a session of work relies on: a transaction is all or nothing, also when the tab is killed in the
 * middle; `strict` ones are on disk when their promise resolves. What the browser does not promise, and this
 * file handles: other tabs that hold an older version, a connection that ends by itself, a full disk whose
 * error has an empty message. Chromium reopens a corrupt database as an empty one; `opened` tells.
 */
import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import {
  StorageBlockedError,
  StorageClosedError,
  StorageError,
  StorageFullError,
  StorageUnavailableError,
  StorageVersionError,
} from './errors';
import { toVersion2 } from './upgrade-2';

export const DATABASE_NAME = 'agemem-lab';

/**
 * Brings the database from one version to the next: creates stores, and reads and writes within the upgrade's
 * transaction. It awaits nothing but requests of that transaction, which anything else would end too early. What
 * it throws undoes the whole upgrade: the database stays at the version it had.
 */
export type Upgrade = (
  database: IDBPDatabase,
  transaction: IDBPTransaction<unknown, string[], 'versionchange'>,
) => void | Promise<void>;

/**
 * Entry i leads from version i to i + 1. Never changed once released, only added to.
 *
 * 1: `namespaces` {name, nextId, ...} and `entries` {namespace, id, ...} of long-term memory (src/memory);
 *    `checkpoints` {name, generation, ...} of training (checkpoint-store.ts).
 * 2: `entries` without vectors, `vectors` {namespace, embedderId, id, embedding}, `journal` {namespace, seq, ...},
 *    and more counters in `namespaces` (upgrade-2.ts).
 * 3: `taskSets` {hash, ...} (task-set-store.ts).
 * 4: `tableSeeds` {identity, method, environment, seed, ...} and `tableRuns` {name, ...} (table-store.ts).
 */
export const UPGRADES: readonly Upgrade[] = [
  (database) => {
    database.createObjectStore('namespaces', { keyPath: 'name' });
    database.createObjectStore('entries', { keyPath: ['namespace', 'id'] });
    database.createObjectStore('checkpoints', { keyPath: ['name', 'generation'] });
  },
  toVersion2,
  (database) => {
    database.createObjectStore('taskSets', { keyPath: 'hash' });
  },
  (database) => {
    database.createObjectStore('tableSeeds', { keyPath: ['identity', 'method', 'environment', 'seed'] });
    database.createObjectStore('tableRuns', { keyPath: 'name' });
  },
];

/** Keys of all stores are texts or arrays. */
const UNUSED_KEYS = () => IDBKeyRange.bound(-2, -1);

export interface OpenDatabaseOptions {
  /** Default `agemem-lab`. */
  readonly name?: string;
  readonly upgrades?: readonly Upgrade[];
  /** How long to wait for other tabs to let go of an older version. Default 3000 ms. */
  readonly patience?: number;
}

export type TransactionMode = 'readonly' | 'readwrite';
type UpgradeTransaction = Parameters<Upgrade>[1];
export type Transaction<Mode extends TransactionMode> = IDBPTransaction<unknown, string[], Mode>;

export class LabDatabase {
  /** `created`: it did not exist before. `dataLoss`: the browser says that it was damaged and started empty. */
  readonly opened: { readonly created: boolean; readonly dataLoss: boolean };
  readonly #database: IDBPDatabase;
  readonly #closing: { reason: string | undefined };
  #listeners: ((reason: string) => void)[] = [];

  private constructor(
    database: IDBPDatabase,
    opened: LabDatabase['opened'],
    closing: { reason: string | undefined },
  ) {
    this.#database = database;
    this.opened = opened;
    this.#closing = closing;
  }

  /**
   * Throws `StorageUnavailableError`, `StorageBlockedError`, `StorageVersionError`, `StorageFullError`. Where
   * storage is unavailable the caller decides whether to go on without it.
   */
  static async open(options: OpenDatabaseOptions = {}): Promise<LabDatabase> {
    if (typeof indexedDB === 'undefined') throw unavailable(undefined);
    const upgrades = options.upgrades ?? UPGRADES;
    const closing: { reason: string | undefined } = { reason: undefined };
    let opened: LabDatabase['opened'] = { created: false, dataLoss: false };
    let upgrading: UpgradeTransaction | undefined;
    let failure: unknown;
    // Both are replaced before anything can call them for a reason.
    let announce = (): void => undefined;
    let blocked = (): void => undefined;

    const connecting = async () =>
      openDB(options.name ?? DATABASE_NAME, upgrades.length, {
        upgrade(database, from, _to, transaction, event) {
          const { dataLoss } = event as IDBVersionChangeEvent & { readonly dataLoss?: string };
          opened = { created: from === 0, dataLoss: dataLoss !== undefined && dataLoss !== 'none' };
          upgrading = transaction;
          // How it ends is told by the opening itself.
          transaction.done.catch(() => undefined);
          inTurn(upgrades.slice(from), database, transaction).catch((error: unknown) => {
            failure = transaction.error ?? error;
            abort(transaction);
          });
        },
        blocked: () => blocked(),
        blocking: (_current, wanted, event) => {
          // Holding on would block the other tab for ever.
          (event.target as IDBDatabase).close();
          // No version is wanted where the database is to be deleted.
          closing.reason =
            wanted === null
              ? 'it was deleted from another tab or in the settings of the browser'
              : 'a newer version of this page was opened in another tab';
          announce();
        },
        terminated: () => {
          closing.reason = 'the browser ended the connection, for example because site data were cleared';
          announce();
        },
      });

    const database = await new Promise<IDBPDatabase>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let refused = false;
      const giveUp = () => {
        refused = true;
        reject(
          new StorageBlockedError(
            'storage-blocked',
            'Another tab with an older version of this page keeps the storage locked. Close the other tabs of this page, then reload.',
          ),
        );
      };
      blocked = () => {
        timer = setTimeout(giveUp, options.patience ?? 3000);
      };
      connecting().then(
        (connection) => {
          clearTimeout(timer);
          if (refused) connection.close();
          else resolve(connection);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(failure === undefined ? openingError(upgrading?.error ?? error) : upgradeError(failure));
        },
      );
    });
    const self = new LabDatabase(database, opened, closing);
    announce = () => self.#announce();
    return self;
  }

  get name(): string {
    return this.#database.name;
  }

  /** Why the connection is of no more use, in words; undefined while it is. */
  get closedBecause(): string | undefined {
    return this.#closing.reason;
  }

  /** Called once if the connection ends without `close`. */
  onClosed(listener: (reason: string) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#closing.reason ??= 'it was closed by this page';
    this.#database.close();
  }

  /**
   * Runs one transaction. The body awaits nothing but requests of this transaction (anything else would end
   * it); what it throws aborts the transaction and is thrown on. Resolves when the transaction is complete.
   * Throws `StorageFullError`, `StorageClosedError`, `StorageError`.
   */
  async run<Mode extends TransactionMode, Result>(
    stores: readonly string[],
    mode: Mode,
    durability: IDBTransactionDurability,
    body: (transaction: Transaction<Mode>) => Promise<Result>,
  ): Promise<Result> {
    let transaction: Transaction<Mode>;
    try {
      transaction = this.#database.transaction([...stores], mode, { durability });
    } catch (error) {
      throw this.#failure(error);
    }
    // The outcome is awaited below; a rejection that comes earlier must not count as unhandled.
    const done = transaction.done.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    let result: Result;
    try {
      result = await body(transaction);
    } catch (error) {
      abort(transaction);
      await done;
      // A request of a transaction that the browser aborted says only "AbortError"; the cause is kept there.
      throw await this.#undone(transaction.error ?? error, stores);
    }
    const failed = await done;
    if (failed) throw await this.#undone(transaction.error ?? failed.error, stores);
    return result;
  }

  /**
   * Chromium goes on counting what an undone transaction had written, so that after a large one that did not fit not
   * even the smallest does. Deleting a range of keys makes it tidy up, also where there are none in it.
   */
  async #undone(error: unknown, stores: readonly string[]): Promise<unknown> {
    const failure = this.#failure(error);
    if (failure instanceof StorageFullError) {
      try {
        const tidying = this.#database.transaction([...stores], 'readwrite');
        await Promise.all(stores.map((store) => tidying.objectStore(store).delete(UNUSED_KEYS())));
        await tidying.done;
      } catch {
        // Then there is as little room as before.
      }
    }
    return failure;
  }

  #announce(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener(this.#closing.reason ?? 'it was closed');
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof DOMException)) return error;
    if (error.name === 'QuotaExceededError') return full(error);
    if (this.#closing.reason !== undefined || error.name === 'InvalidStateError') {
      const reason = this.#closing.reason ?? 'its connection is closed';
      return new StorageClosedError('storage-closed', closedWords(reason), { cause: error });
    }
    return new StorageError(
      'storage-failed',
      `The browser could not read or write its storage (${error.name}${error.message && `: ${error.message}`}). Nothing was changed. Reload the page; if it happens again, free some disk space or clear the site's data.`,
      { cause: error },
    );
  }
}

/** A sentence for people; what to do is for the caller to add: to reload the page. */
export function closedWords(reason: string): string {
  return `The storage cannot be used any more: ${reason}.`;
}

/** Removes the whole database. Throws `StorageBlockedError` if another connection holds it. */
export function deleteDatabase(name: string = DATABASE_NAME): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(openingError(request.error));
    request.onblocked = () =>
      reject(
        new StorageBlockedError(
          'storage-blocked',
          'The storage is in use, here or in another tab, and cannot be removed. Close the other tabs of this page, then try again.',
        ),
      );
  });
}

async function inTurn(
  upgrades: readonly Upgrade[],
  database: IDBPDatabase,
  transaction: UpgradeTransaction,
): Promise<void> {
  for (const upgrade of upgrades) await upgrade(database, transaction);
}

function abort(transaction: Pick<IDBTransaction, 'abort'>): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself; `transaction.error` says why.
  }
}

function full(cause: unknown): StorageFullError {
  return new StorageFullError(
    'storage-full',
    "There is no room left in the browser's storage for this site, so nothing was saved. Delete checkpoints or memories that are no longer needed, or free some disk space, then try again.",
    { cause },
  );
}

function unavailable(cause: unknown): StorageUnavailableError {
  return new StorageUnavailableError(
    'storage-unavailable',
    'This browser gives the page no storage (private window, or storage switched off for this site), so nothing will be kept after the tab is closed. Allow site data to keep memories and checkpoints.',
    { cause },
  );
}

function upgradeError(error: unknown): unknown {
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return full(error);
  return new StorageError(
    'storage-upgrade-failed',
    `What is stored could not be brought to the form that this version of the page needs (${String(error)}). Nothing was changed. Reload the page; if it happens again, go back to the version you had and tell its makers.`,
    { cause: error },
  );
}

function openingError(error: unknown): unknown {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') return full(error);
  if (name === 'VersionError') {
    return new StorageVersionError(
      'storage-version',
      'The storage was written by a newer version of this page. Reload to get that version; if you host the page yourself, update it.',
      { cause: error },
    );
  }
  if (!(error instanceof DOMException) || name === 'SecurityError' || name === 'InvalidStateError') {
    return unavailable(error);
  }
  return new StorageError(
    'storage-failed',
    `The browser could not open its storage for this site (${name}${error.message && `: ${error.message}`}). Reload the page; if it happens again, free some disk space or clear the site's data.`,
    { cause: error },
  );
}
