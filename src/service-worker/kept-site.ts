/**
 * One version of the site in a cache of its own. It is filled whole or not at all: every file is compared with the
 * SHA-256 that the build noted, so a host that is being changed while we read, or that is half changed, gives an
 * error and not a mixture. What the version before has with the same SHA-256 is taken from there.
 */
import { addressesOf, cachePrefix, keyOf, type SiteFile, type SiteList } from './site-list';

/** What the service worker's realm provides; a test brings its own. */
export interface Realm {
  readonly caches: CacheStorage;
  readonly fetch: typeof fetch;
}

export class KeptSite {
  readonly #name: string;

  constructor(
    private readonly realm: Realm,
    /** Absolute address of the site's folder, with a slash at its end. */
    private readonly scope: string,
    private readonly list: SiteList,
  ) {
    this.#name = cachePrefix(scope) + list.version;
  }

  /** Fetches what is not late. Throws if one file cannot be had as listed; nothing is kept then. */
  async fill(): Promise<void> {
    const cache = await this.realm.caches.open(this.#name);
    try {
      await Promise.all(this.list.files.map((file) => this.#put(cache, file)));
    } catch (error) {
      await this.realm.caches.delete(this.#name);
      throw error;
    }
  }

  /** Forgets the versions before. */
  async dropOthers(): Promise<void> {
    for (const name of await this.#ours()) if (name !== this.#name) await this.realm.caches.delete(name);
  }

  /**
   * A file as listed: from the cache, else from the host (a late one, or one that the browser gave up), and kept.
   * An error if the host has it no more or as something else: never a file of another version.
   */
  async answer(file: SiteFile): Promise<Response> {
    const cache = await this.realm.caches.open(this.#name);
    const kept = await cache.match(keyOf(this.scope, file));
    if (kept) return kept;
    const fresh = await this.#fetched(file);
    // A disk that is full keeps nobody from the file.
    await cache.put(keyOf(this.scope, file), fresh.clone()).catch(() => undefined);
    return fresh;
  }

  /** Keeps the late files of these folders, as if they had been asked for. True once all are kept; never fails. */
  async keep(folders: readonly string[]): Promise<boolean> {
    const late = this.list.files.filter(
      (file) => file.late && folders.some((folder) => file.path.startsWith(`${folder}/`)),
    );
    const kept = await Promise.allSettled(
      late.map(async (file) => {
        // It is kept before it is answered; nobody here reads it.
        await (await this.answer(file)).body?.cancel();
        const cache = await this.realm.caches.open(this.#name);
        return (await cache.match(keyOf(this.scope, file))) !== undefined;
      }),
    );
    return kept.every((one) => one.status === 'fulfilled' && one.value);
  }

  async #put(cache: Cache, file: SiteFile): Promise<void> {
    const key = keyOf(this.scope, file);
    const before = await this.#earlier(key);
    if (before) await cache.put(key, this.#told(before));
    else if (!file.late) await cache.put(key, await this.#fetched(file));
  }

  async #earlier(key: string): Promise<Response | undefined> {
    for (const name of await this.#ours()) {
      const found = await (await this.realm.caches.open(name)).match(key);
      if (found) return found;
    }
    return undefined;
  }

  async #ours(): Promise<readonly string[]> {
    return (await this.realm.caches.keys()).filter((name) => name.startsWith(cachePrefix(this.scope)));
  }

  async #fetched(file: SiteFile): Promise<Response> {
    let reason: unknown;
    for (const address of addressesOf(this.scope, file)) {
      try {
        // Asked of the host and not of the browser's own cache, which may be older than the list.
        const response = await this.realm.fetch(address, { integrity: file.integrity, cache: 'no-cache' });
        if (response.ok) return this.#told(response);
        reason = new Error(`HTTP ${response.status}`);
      } catch (error) {
        reason = error;
      }
    }
    throw new SiteFileError(file.path, { cause: reason });
  }

  /** The same with the headers of this version. */
  #told(response: Response): Response {
    const headers = new Headers(this.list.headers);
    const type = response.headers.get('Content-Type');
    if (type) headers.set('Content-Type', type);
    return new Response(response.body, { status: 200, headers });
  }
}

/** A file of the site is not there, or not the one listed. */
export class SiteFileError extends Error {
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} could not be had from the host as this version of the lab has it. The host may be changing: reload in a minute.`,
      options,
    );
    this.name = 'SiteFileError';
  }
}
