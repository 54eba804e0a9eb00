/**
 * Where models are asked for: the Hugging Face hub, or a copy of it in a folder of this site (`?hub=/models/`), for
 * schools and tests. Both lie behind the same addresses,
 *
 *     api/models/<owner>/<name>/revision/<revision>?blobs=true      what a repository holds
 *     <owner>/<name>/resolve/<commit>/<file>                        a file, whole or by ranges
 *     mlc-libs/<file>                                               kernels compiled by MLC (of a copy; the hub has none)
 *
 * What is asked of another host is told before it is sent (`network/foreign-hosts.ts`); what is asked of this site is not.
 */
import { HostUnreachableError } from '../network/errors';
import { fetchForeign, HUB, type TellForeign } from '../network/foreign-hosts';
import { HubError, HubUnreachableError } from './errors';
import type { ModelFile } from './model-entry';

export interface HubQuestion {
  /** For whoever is told, e.g. "config.json of Qwen/Qwen3-0.6B". */
  readonly why: string;
  readonly signal?: AbortSignal;
  /** E.g. `bytes=100-`. */
  readonly range?: string;
}

export interface Hub {
  /** Without a slash at its end. */
  readonly address: string;
  /** Other hosts that it asks; empty for a copy on this site. */
  readonly hosts: readonly string[];
  /** @throws HubUnreachableError, what whoever is told throws, the signal's reason */
  ask(path: string, question: HubQuestion): Promise<Response>;
  /** A file of a repository at a commit, wherever it lies. */
  askFile(name: string, commit: string, file: ModelFile, question: HubQuestion): Promise<Response>;
}

/** Itself, and where it keeps large files. */
const HUB_HOSTS = ['huggingface.co', '*.huggingface.co', '*.hf.co'];

/** An answer has to begin within so long, milliseconds; then it may take its time. */
const PATIENCE_MS = 60_000;

/** The hub itself. */
export function huggingFace(tell: TellForeign): Hub {
  const ask = (address: string, question: HubQuestion) =>
    answered((signal) => fetchForeign(address, { ...question, signal, tell }), address, question.signal);
  return {
    address: HUB,
    hosts: HUB_HOSTS,
    ask: (path, question) => ask(`${HUB}/${path}`, question),
    askFile: (name, commit, file, question) =>
      ask(file.address ?? `${HUB}/${resolved(name, commit, file)}`, question),
  };
}

/**
 * A copy of it on this site.
 * @param folder an address relative to the site
 * @throws HubError for one elsewhere
 */
export function siteHub(folder: string, site: URL, patienceMs = PATIENCE_MS): Hub {
  const base = folderOf(folder, site);
  if (!base) {
    throw new HubError(
      'hub-elsewhere',
      `?hub=${folder} is not a folder of this site, and no other host than the Hugging Face hub is asked for models.`,
      'Leave ?hub= out, or give a path of this site, such as ?hub=/models/.',
    );
  }
  const ask = (path: string, question: HubQuestion) => {
    const address = new URL(path, base);
    const fetching = (signal: AbortSignal) => fetchHere(address, { ...question, signal });
    return answered(fetching, address.href, question.signal, patienceMs);
  };
  return {
    address: base.href.replace(/\/$/, ''),
    hosts: [],
    ask,
    askFile: (name, commit, file, question) =>
      ask(
        file.address === undefined
          ? resolved(name, commit, file)
          : `mlc-libs/${new URL(file.address).pathname.split('/').at(-1)}`,
        question,
      ),
  };
}

/** Null for what is no folder of the site. */
function folderOf(folder: string, site: URL): URL | null {
  let base: URL;
  try {
    base = new URL(`${folder.replace(/\/*$/, '')}/`, site);
  } catch {
    return null;
  }
  // A blob has the origin of whoever made it.
  const here = base.protocol === site.protocol && base.origin === site.origin;
  const bare = base.search === '' && base.hash === '' && base.username === '' && base.password === '';
  return here && bare ? base : null;
}

function resolved(name: string, commit: string, { path }: ModelFile): string {
  const parts = path.split('/').map(encodeURIComponent).join('/');
  return `${name}/resolve/${encodeURIComponent(commit)}/${parts}`;
}

async function fetchHere(address: URL, { signal, range }: HubQuestion): Promise<Response> {
  let response: Response;
  try {
    const headers = range === undefined ? undefined : { Range: range };
    response = await fetch(address, { signal, headers, cache: 'no-store' });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new HostUnreachableError(address, cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
  if (response.url !== '' && new URL(response.url).origin !== address.origin) {
    await response.body?.cancel();
    throw new HubError(
      'hub-elsewhere',
      `${address} redirects to ${new URL(response.url).origin}, which is not this site.`,
      'Ask whoever runs this site: the files have to lie on the site itself.',
    );
  }
  return response;
}

/** Silence in the words of the hub. @param outer of whoever asks */
async function answered(
  ask: (signal: AbortSignal) => Promise<Response>,
  address: string,
  outer?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Response> {
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), patienceMs);
  try {
    return await ask(outer ? AbortSignal.any([outer, impatience.signal]) : impatience.signal);
  } catch (cause) {
    outer?.throwIfAborted();
    const late = impatience.signal.aborted && `none in ${Math.ceil(patienceMs / 1000)} s`;
    const reason = late || (cause instanceof HostUnreachableError && cause.reason);
    if (!reason) throw cause;
    throw new HubUnreachableError(
      'hub-unreachable',
      `${new URL(address).host} gave no answer (${reason}): no network, or it does not let this page read it.`,
      'Check the connection, then go on: what came is kept. A folder on this machine works without any network.',
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}
