/**
 * The files of one version of the site, as the build lists them (`scripts/offline.mjs`), and what a request means
 * among them.
 */

export interface SiteFile {
  /** Below the site's folder, e.g. `assets/main-1a2b3c.js`. */
  readonly path: string;
  /** SHA-256 of the file as `fetch` takes it (`sha256-` and base64). */
  readonly integrity: string;
  readonly bytes: number;
  /** True: kept when it is first asked for, not fetched ahead. */
  readonly late: boolean;
}

export interface SiteList {
  /** Begins the SHA-256 of all that follows. */
  readonly version: string;
  readonly files: readonly SiteFile[];
  /** What every answer says: isolation, so that threads work on any host, and the content security policy. */
  readonly headers: Readonly<Record<string, string>>;
}

export const PAGE = 'index.html';

/**
 * The file that a request asks for, or undefined: then the request is none of ours, as those to other hosts and to
 * files beside the lab never are. The page is meant by its folder too; a query asks for the same file.
 */
export function fileFor(
  list: SiteList,
  scope: string,
  method: string,
  address: string,
): SiteFile | undefined {
  if (method !== 'GET' || !address.startsWith(scope)) return undefined;
  const { pathname } = new URL(address);
  const asked = pathname === new URL(scope).pathname ? new URL(PAGE, scope).pathname : pathname;
  return list.files.find(({ path }) => new URL(path, scope).pathname === asked);
}

/** Caches are the whole origin's, which may host several labs in folders: a name says whose it is. */
export function cachePrefix(scope: string): string {
  return `agemem-lab ${scope} `;
}

/** Where a file lies in a cache: the same key, the same bytes, in whatever version. */
export function keyOf(scope: string, { path, integrity }: SiteFile): string {
  const key = new URL(path, scope);
  key.search = new URLSearchParams({ integrity }).toString();
  return key.href;
}

/** Where a file is to be had: the page from its folder, as visitors ask for it, else by its name. */
export function addressesOf(scope: string, { path }: SiteFile): readonly string[] {
  const named = new URL(path, scope).href;
  return path === PAGE ? [scope, named] : [named];
}
