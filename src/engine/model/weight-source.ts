/**
 * Where the files of a large model lie, as far as loading needs to know: how long a file is, and its
 * bytes from here to there. An address, a folder that was dropped on the page, the browser's own storage
 * and a directory in Node all are that; nobody has to hold a whole file.
 */
import { ModelFileError } from '../errors';

/** Bytes hashed at once. */
const HASH_BYTES = 16 * 2 ** 20;

export interface WeightSource {
  /** In words, for messages: an address, a folder's name. */
  readonly where: string;
  /** Length of a file in bytes; null if there is none of this name. */
  size(name: string, signal?: AbortSignal): Promise<number | null>;
  /**
   * What tells this content of the file from any other: an entity tag, a date, a hash. Null where nothing does, or
   * where there is no such file.
   */
  revision(name: string, signal?: AbortSignal): Promise<string | null>;
  /** Exactly the bytes start .. end - 1. @throws ModelFileError if they cannot be had */
  read(name: string, start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The same as they come, in pieces of any length; left out where `read` is as good. */
  stream?(name: string, start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A read that gave another number of bytes than were asked for. */
export function checkLength(
  bytes: Uint8Array,
  name: string,
  start: number,
  end: number,
  where: string,
): Uint8Array {
  if (bytes.length === end - start) return bytes;
  throw cutOff(bytes.length, name, start, end, where);
}

/** The error for `came` bytes in the place of start .. end - 1. */
export function cutOff(
  came: number,
  name: string,
  start: number,
  end: number,
  where: string,
): ModelFileError {
  return new ModelFileError(
    'file-cut-off',
    `${name} at ${where}: ${end - start} bytes from ${start} were asked for, ${came} came. The file changed or ` +
      'broke off; load the model again.',
  );
}

/** Files by name: dropped on the page, picked, or handles of the browser's own storage. */
export function blobSource(files: ReadonlyMap<string, Blob>, where: string): WeightSource {
  return {
    where,
    size: async (name) => files.get(name)?.size ?? null,
    async revision(name, signal) {
      const file = files.get(name);
      return file ? hashOf(file, signal) : null;
    },
    async read(name, start, end, signal) {
      signal?.throwIfAborted();
      const file = files.get(name);
      if (!file) throw new ModelFileError('file-missing', `${name} is not in ${where}.`);
      const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
      return checkLength(bytes, name, start, end, where);
    },
  };
}

/** SHA-256 of the SHA-256 of each piece: `crypto.subtle` takes no stream, and a file may be larger than memory. */
export async function hashOf(file: Blob, signal?: AbortSignal): Promise<string> {
  const hashes: ArrayBuffer[] = [];
  for (let at = 0; at < file.size; at += HASH_BYTES) {
    signal?.throwIfAborted();
    hashes.push(await crypto.subtle.digest('SHA-256', await file.slice(at, at + HASH_BYTES).arrayBuffer()));
  }
  const whole = await crypto.subtle.digest('SHA-256', await new Blob(hashes).arrayBuffer());
  return Array.from(new Uint8Array(whole), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A folder behind an address, read by ranges. A server that ignores ranges, always or from some time on, sends a file
 * whole, once; the browser then keeps it outside of the page's memory (as a Blob).
 * @param lasting ends every request, besides the signal of each
 */
export function httpSource(address: URL | string, lasting?: AbortSignal): WeightSource {
  const base = String(address).replace(/\/*$/, '/');
  const whole = new Map<string, Blob>();

  const ask = async (name: string, range: string, own?: AbortSignal): Promise<Response> => {
    const signal = own && lasting ? AbortSignal.any([own, lasting]) : (own ?? lasting);
    let response: Response;
    try {
      response = await fetch(base + name, { headers: { Range: range }, signal });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ModelFileError(
        'file-unreachable',
        `${name} could not be fetched from ${base}: no answer. Check the connection; other sites must allow this page ` +
          'to read them (CORS). What was stored already is kept.',
        { cause },
      );
    }
    if (response.ok || response.status === 404 || response.status === 416) return response;
    throw new ModelFileError(
      'file-unreachable',
      `${name} could not be fetched from ${base}: HTTP ${response.status} ${response.statusText}`.trimEnd() +
        '. A private or gated model needs a copy on a server that this page may read, or a folder on this machine.',
    );
  };

  const cutFrom = async (file: Blob, name: string, start: number, end: number): Promise<Uint8Array> =>
    checkLength(new Uint8Array(await file.slice(start, end).arrayBuffer()), name, start, end, base);

  return {
    where: base,
    async size(name, signal) {
      const kept = whole.get(name);
      if (kept) return kept.size;
      const response = await ask(name, 'bytes=0-0', signal);
      if (response.status === 404) return null;
      if (response.status === 206) {
        const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
        await response.arrayBuffer();
        if (Number.isSafeInteger(total)) return total;
        throw new ModelFileError(
          'file-length',
          `${base} does not say how long ${name} is (Content-Range). Download the folder and open it from this machine.`,
        );
      }
      // An empty file has no first byte.
      if (response.status === 416) return 0;
      const blob = await response.blob();
      whole.set(name, blob);
      return blob.size;
    },
    async revision(name, signal) {
      const response = await ask(name, 'bytes=0-0', signal);
      // Only the head of the answer is of interest, should the server send the file whole.
      await response.body?.cancel();
      if (response.status === 404) return null;
      return response.headers.get('etag') ?? response.headers.get('last-modified');
    },
    async read(name, start, end, signal) {
      if (start === end) return new Uint8Array();
      const kept = whole.get(name);
      if (kept) return cutFrom(kept, name, start, end);
      const response = await ask(name, `bytes=${start}-${end - 1}`, signal);
      if (response.status === 404) {
        throw new ModelFileError('file-missing', `${name} was not found at ${base} (HTTP 404).`);
      }
      if (response.status === 416) {
        throw new ModelFileError(
          'file-cut-off',
          `${base} says that ${name} ends before byte ${end} (HTTP 416). The file changed; load the model again.`,
        );
      }
      try {
        if (response.status === 206) {
          return checkLength(new Uint8Array(await response.arrayBuffer()), name, start, end, base);
        }
        const blob = await response.blob();
        whole.set(name, blob);
        return await cutFrom(blob, name, start, end);
      } catch (cause) {
        if (signal?.aborted || lasting?.aborted || cause instanceof ModelFileError) throw cause;
        throw new ModelFileError(
          'file-unreachable',
          `${name} broke off while it was fetched from ${base}. Try again: what was stored already is kept.`,
          { cause },
        );
      }
    },
  };
}
