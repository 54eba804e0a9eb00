/**
 * Where the files of a sentence encoder come from: a folder of the site, files that were picked or dropped on the
 * page, or, if the user asks for it, the Hugging Face hub. All the same to whoever reads them, and read whole: a
 * sentence encoder has some ten to hundred megabytes.
 */
import { HostUnreachableError } from '../../../network/errors';
import { fetchForeign, HUB, type TellForeign } from '../../../network/foreign-hosts';
import { EncoderDamagedError, EncoderUnreachableError, unlessCancelled, words } from './encoder-errors';
import { revisionOf } from './known-encoders';

export interface ReadControl {
  readonly signal?: AbortSignal;
  /** Bytes so far, of how many; null where the server does not say. */
  readonly onProgress?: (file: string, done: number, total: number | null) => void;
}

export interface EncoderFiles {
  /** In words, for messages. */
  readonly where: string;
  /** The whole file, or null if there is none of this name. @throws EncoderError */
  read(file: string, control?: ReadControl): Promise<Uint8Array | null>;
}

/**
 * A folder of this site; a relative address is one from the script that asks, which for a worker is not the page.
 * @throws RangeError for an address elsewhere: those are asked by `hubFiles` alone
 */
export function siteFiles(folder: URL | string): EncoderFiles {
  const base = new URL(`${String(folder).replace(/\/*$/, '')}/`, location.href);
  if (base.origin !== new URL(location.href).origin) {
    throw new RangeError(`${base} is not on this site.`);
  }
  return {
    where: base.href,
    async read(file, control = {}) {
      let response: Response;
      try {
        response = await fetch(new URL(file, base), { signal: control.signal });
      } catch (cause) {
        throw unlessCancelled(
          new EncoderUnreachableError(file, base.href, words(cause), { cause }),
          control.signal,
        );
      }
      // Some hosts answer unknown names with a page of their own.
      const page = response.headers.get('content-type')?.startsWith('text/html') ?? false;
      if (response.status === 404 || page) return nothing(response);
      return bodyOf(response, file, base.href, control);
    },
  };
}

/** A model of the hub by name, e.g. "Xenova/all-MiniLM-L6-v2", of the commit that is known. Every request is told first. */
export function hubFiles(model: string, tell: TellForeign): EncoderFiles {
  const where = `${HUB}/${model}`;
  const revision = revisionOf(model);
  return {
    where,
    async read(file, control = {}) {
      const response = await askHub(`${HUB}/${model}/resolve/${revision}/${file}`, {
        why: `${file} of ${model}`,
        tell,
        signal: control.signal,
      });
      // The hub answers 401 for models that do not exist or are private.
      if (response.status === 404 || response.status === 401) return nothing(response);
      return bodyOf(response, file, where, control);
    },
  };
}

/**
 * Files by path. A folder around them all is looked through, and a weights file may lie beside the others instead of
 * in `onnx/`.
 */
export function pickedFiles(files: ReadonlyMap<string, Blob>, where = 'the chosen folder'): EncoderFiles {
  const paths = [...files.keys()];
  const find = (file: string): Blob | undefined => {
    const endings = [file, file.replace(/^onnx\//, '')];
    for (const ending of endings) {
      const path = paths.find((one) => one === ending || one.endsWith(`/${ending}`));
      if (path !== undefined) return files.get(path);
    }
    return undefined;
  };
  return {
    where,
    async read(file, { signal, onProgress } = {}) {
      const blob = find(file);
      if (!blob) return null;
      try {
        signal?.throwIfAborted();
        const bytes = new Uint8Array(await blob.arrayBuffer());
        signal?.throwIfAborted();
        onProgress?.(file, bytes.length, bytes.length);
        return bytes;
      } catch (cause) {
        throw unlessCancelled(
          new EncoderDamagedError(file, where, `could not be read (${words(cause)})`, { cause }),
          signal,
        );
      }
    },
  };
}

/** Whatever keeps it from answering, in the words of an encoder. */
async function askHub(...[address, options]: Parameters<typeof fetchForeign>): Promise<Response> {
  try {
    return await fetchForeign(address, options);
  } catch (error) {
    throw unlessCancelled(
      error instanceof HostUnreachableError
        ? new EncoderUnreachableError(error.address.pathname, error.address.hostname, error.reason, {
            cause: error,
          })
        : error,
      options.signal,
    );
  }
}

/** An answer that is no file; a body that nobody reads would hold its connection. */
async function nothing(response: Response): Promise<null> {
  await response.body?.cancel();
  return null;
}

/** The body of a good answer, piece by piece. */
async function bodyOf(
  response: Response,
  file: string,
  where: string,
  { signal, onProgress }: ReadControl,
): Promise<Uint8Array> {
  if (!response.ok || !response.body) {
    const said = `HTTP ${response.status} ${response.statusText}`.trimEnd();
    await nothing(response);
    throw new EncoderUnreachableError(file, where, said);
  }
  // Of an encoded body the length is that of the encoding.
  const announced = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const total = announced === null ? null : Number(announced);
  const chunks: Uint8Array[] = [];
  let done = 0;
  try {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      done += part.value.length;
      onProgress?.(file, done, total);
    }
  } catch (cause) {
    throw unlessCancelled(
      new EncoderUnreachableError(file, where, `it broke off after ${done} bytes (${words(cause)})`, {
        cause,
      }),
      signal,
    );
  }
  if (total !== null && done !== total) {
    throw new EncoderDamagedError(file, where, `has ${done} bytes where ${total} were announced`);
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
