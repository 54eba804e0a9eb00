/**
 * WebLLM's network and cache, answered from files that are on this machine already.
 *
 * It fetches everything through the Cache API: what a cache has is taken from there. So it gets a `caches` that has the
 * model's files and no place to put others, and a `fetch` that asks nobody. Nothing is stored twice, and nothing goes out
 * whatever the library comes to ask for: such a request fails by name.
 */
import type { ModelToOpen } from './web-llm-protocol';

/** Below `.invalid`, where no host can ever be (RFC 2606). WebLLM wants addresses, with a `/resolve/` in them. */
export const MODEL_ADDRESS = 'https://model.invalid/resolve/here/';

/** WebLLM asked for a file that the model does not have. */
export class FileNotHereError extends Error {
  override readonly name = 'FileNotHereError';
  constructor(name: string) {
    super(`${name} is not among the model's files.`);
  }
}

/** Something asked for an address of the network. */
export class ForeignRequestError extends Error {
  override readonly name = 'ForeignRequestError';
  constructor(address: string) {
    super(`${address} was asked for while a model is used that is wholly on this machine.`);
  }
}

/** Older exports call the list of tensors by another name; its content is the same. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 'tensor-cache.json': 'ndarray-cache.json' };

export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** The part of `CacheStorage` that WebLLM uses. */
export interface LocalCaches {
  open(scope: string): Promise<LocalCache>;
  has(scope: string): Promise<boolean>;
}

export interface LocalCache {
  match(request: Request | string): Promise<Response | undefined>;
  add(request: Request | string): Promise<void>;
  keys(): Promise<readonly Request[]>;
  delete(request: Request | string): Promise<boolean>;
}

/** @param files name to length; `read` gives a whole one */
export function localCaches(files: ModelToOpen['files'], read: ReadFile): LocalCaches {
  const names = new Map([...files.keys()].map((name) => [addressOfFile(name), name]));
  for (const [now, before] of Object.entries(OTHER_NAMES)) {
    if (!files.has(now) && files.has(before)) names.set(addressOfFile(now), before);
  }
  const addressOf = (request: Request | string): string => {
    const address = typeof request === 'string' ? request : request.url;
    if (address.startsWith(MODEL_ADDRESS)) return address;
    throw new ForeignRequestError(address);
  };
  const cache: LocalCache = {
    async match(request) {
      const name = names.get(addressOf(request));
      return name === undefined ? undefined : new Response(await read(name));
    },
    // Called for what `match` did not find.
    async add(request) {
      throw new FileNotHereError(addressOf(request).slice(MODEL_ADDRESS.length));
    },
    async keys() {
      return [...names.keys()].map((address) => new Request(address));
    },
    async delete() {
      return false;
    },
  };
  return { open: async () => cache, has: async () => true };
}

/** The address under which WebLLM asks for a file of the model. */
export function addressOfFile(name: string): string {
  return new URL(name, MODEL_ADDRESS).href;
}

/** For `fetch` and the like: asks nobody. */
export function noRequests(input: RequestInfo | URL): Promise<never> {
  const address = input instanceof Request ? input.url : String(input);
  return Promise.reject(new ForeignRequestError(address.slice(0, 200)));
}
