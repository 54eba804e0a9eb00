/**
 * The bytes of a file as they come, over connections that drop: asked for again from the byte that is next, after a wait
 * that doubles, and given up only when nothing more comes of it. A connection on which nothing comes for half a minute
 * counts as dropped. A server that ignores ranges is listened to from the start, and what is known already is skipped.
 */
import { FileDamagedError, HubAnswerError, HubUnreachableError } from './errors';

/** After so long without a byte a connection counts as dropped, milliseconds. */
const STALL_MS = 30_000;

export interface SteadyOptions {
  /** Tries in a row that bring nothing, before it is given up. Default 5. */
  readonly tries?: number;
  /** Before the second try, milliseconds; twice as long before each further one. Default 1000. */
  readonly waitMs?: number;
  /** A connection is given up after so long without a byte. Default 30 s. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Bytes start .. end - 1.
 * @param ask for the bytes from one on; an answer that is good
 * @throws what `ask` throws, if it is none that passes; HubUnreachableError in the end; FileDamagedError if the file
 *   has another length; the signal's reason
 */
export async function* steadyStream(
  ask: (from: number, signal: AbortSignal) => Promise<Response>,
  { start, end, size, what }: { start: number; end: number; size: number; what: string },
  { tries = 5, waitMs = 1000, stallMs = STALL_MS, signal }: SteadyOptions = {},
): AsyncIterable<Uint8Array> {
  let at = start;
  for (let failed = 0; at < end; ) {
    const connection = new AbortController();
    const stop = linked(connection, signal);
    const before = at;
    try {
      const { skip, body } = await bodyFrom(ask, at, size, what, stop);
      let left = skip;
      const reader = body.getReader();
      try {
        while (at < end) {
          const { done, value } = await nextPiece(reader, stallMs, what, stop);
          if (done) break;
          if (end === size && value.length - left > end - at) throw otherLength(what, 'more', size);
          const fresh = value.subarray(Math.min(left, value.length), left + (end - at));
          left -= Math.min(left, value.length);
          if (fresh.length === 0) continue;
          at += fresh.length;
          yield fresh;
        }
        if (at === size && !(await nextPiece(reader, stallMs, what, stop)).done)
          throw otherLength(what, 'more', size);
      } finally {
        // Also when whoever listens has had enough. What the connection says about it is of no interest.
        reader.cancel().catch(() => undefined);
      }
      if (at < end) throw dropped(what, 'it broke off');
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HubUnreachableError)) throw error;
      failed = at > before ? 1 : failed + 1;
      if (failed >= tries) throw error;
      await pause(waitMs * 2 ** (failed - 1), signal);
    } finally {
      connection.abort();
    }
  }
}

/** The body that begins at `from`, or earlier by `skip` bytes. */
async function bodyFrom(
  ask: (from: number, signal: AbortSignal) => Promise<Response>,
  from: number,
  size: number,
  what: string,
  signal: AbortSignal,
): Promise<{ readonly skip: number; readonly body: ReadableStream<Uint8Array<ArrayBuffer>> }> {
  const response = await ask(from, signal);
  const { body, status, headers } = response;
  if (!body) throw dropped(what, 'the answer was empty');
  // Of a whole answer the length is not asked: of an encoded one it is that of the encoding, and other hosts do not say
  // whether it is encoded.
  const [, begin, length] = /^bytes (\d+)-\d+\/(\d+)/.exec(headers.get('content-range') ?? '') ?? [];
  if (length !== undefined && Number(length) !== size) throw otherLength(what, length, size);
  const at = status === 206 ? Number(begin ?? from) : 0;
  if (at > from) throw dropped(what, 'another part came than was asked for');
  return { skip: from - at, body };
}

/**
 * The next piece of a body; given up after `ms` without one. What a body that breaks off is rejected with differs from
 * browser to browser; any of it means the same.
 * @throws HubUnreachableError `connection-dropped`
 */
export async function nextPiece<T>(
  reader: ReadableStreamDefaultReader<T>,
  ms: number,
  what: string,
  signal: AbortSignal,
): Promise<ReadableStreamReadResult<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${Math.round(ms / 1000)} s`)), ms);
    stop = () => reject(new Error('it was stopped'));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([reader.read(), late]);
  } catch (cause) {
    throw dropped(what, cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function otherLength(what: string, length: string, size: number): FileDamagedError {
  return new FileDamagedError(
    'file-length',
    `${what} has ${length} bytes, not the ${size} that were announced: it is not the file that was meant.`,
    'Delete the model from the list and add it anew.',
  );
}

function dropped(what: string, how: string, options?: ErrorOptions): HubUnreachableError {
  return new HubUnreachableError(
    'connection-dropped',
    `The connection dropped while ${what} was fetched: ${how}.`,
    'Check the connection, then go on: what came is kept.',
    options,
  );
}

/** Aborts with either. */
function linked(own: AbortController, other?: AbortSignal): AbortSignal {
  return other ? AbortSignal.any([own.signal, other]) : own.signal;
}

/**
 * An answer whose length nobody has named, whole.
 * @param most bytes that can be meant; it is not listened to any longer
 * @throws HubUnreachableError if it breaks off, HubAnswerError if it is longer, the signal's reason
 */
export async function wholeBody(
  { body }: Response,
  what: string,
  most: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = body?.getReader();
  try {
    for (let length = 0; reader; ) {
      const { done, value } = await nextPiece(reader, STALL_MS, what, signal);
      if (done) break;
      pieces.push(value);
      length += value.length;
      if (length <= most) continue;
      throw new HubAnswerError(
        'hub-answer',
        `${what} has more than ${Math.round(most / 1e6)} MB, which cannot be meant.`,
        'Take another model, or download its files yourself and choose their folder.',
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    reader?.cancel().catch(() => undefined);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
