/**
 * Encoders kept in the browser (Cache API), so that they work with the network gone. What is kept is checked against
 * the length and SHA-256 noted when it came; a damaged copy is never used. The list of files is written last, so an
 * interrupted copy is no copy.
 */
import { EncoderCancelledError, EncoderDamagedError, EncoderNoRoomError } from './encoder-errors';
import type { EncoderFiles } from './encoder-files';
import { hex } from './encoder-folder';

const CACHE = 'memory-encoders-v1';
const MANIFEST = 'manifest.json';

interface KeptFile {
  readonly bytes: number;
  readonly sha256: string;
}

interface Manifest {
  readonly name: string;
  readonly from: string;
  readonly files: Readonly<Record<string, KeptFile>>;
  readonly notes: EncoderNotes;
}

/** What is known of an encoder without opening it. */
export interface EncoderNotes {
  /** Of its embedder. */
  readonly id: string;
  readonly dimension: number;
  readonly theta: number;
}

export interface KeptEncoder extends EncoderNotes {
  readonly name: string;
  readonly from: string;
  readonly bytes: number;
}

/** The address under which a file is kept; nothing is ever fetched from it. */
function keyOf(name: string, file: string): string {
  return new URL(`/memory-encoders/${encodeURIComponent(name)}/${file}`, location.origin).href;
}

async function digest(bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice())));
}

/** Whether this page may keep anything: not from a file:// page, nor in some private windows. */
export function canKeepEncoders(): boolean {
  return typeof caches !== 'undefined';
}

/**
 * Replaces what was kept under the name.
 * @throws EncoderNoRoomError, EncoderCancelledError; nothing is kept then
 */
export async function keepEncoder(
  name: string,
  from: string,
  files: ReadonlyMap<string, Uint8Array>,
  notes: EncoderNotes,
  signal?: AbortSignal,
): Promise<void> {
  await forgetEncoder(name);
  const cache = await caches.open(CACHE);
  const listed: Record<string, KeptFile> = {};
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const put = (file: string, body: BodyInit) => cache.put(keyOf(name, file), new Response(body));
  try {
    for (const [file, bytes] of files) {
      if (signal?.aborted) throw new EncoderCancelledError();
      await put(file, new Blob([bytes.slice()]));
      listed[file] = { bytes: bytes.length, sha256: await digest(bytes) };
    }
    if (signal?.aborted) throw new EncoderCancelledError();
    const manifest: Manifest = { name, from, files: listed, notes };
    await put(MANIFEST, JSON.stringify(manifest));
  } catch (cause) {
    await forgetEncoder(name);
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
      throw new EncoderNoRoomError(total, { cause });
    }
    throw cause;
  }
}

/** Undefined if it is not kept, or not to the end. */
export async function keptEncoder(name: string): Promise<KeptEncoder | undefined> {
  const manifest = await manifestOf(name);
  return manifest && factsOf(manifest);
}

/** All that are kept, by name. */
export async function keptEncoders(): Promise<readonly KeptEncoder[]> {
  if (!canKeepEncoders() || !(await caches.has(CACHE))) return [];
  const names = new Set<string>();
  for (const { url } of await (await caches.open(CACHE)).keys()) {
    const encoded = new URL(url).pathname.split('/')[2];
    names.add(decodeURIComponent(encoded));
  }
  const kept = await Promise.all([...names].map(keptEncoder));
  return kept.flatMap((one) => one ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads what was kept, each file checked. Undefined as above. */
export async function keptFiles(name: string): Promise<EncoderFiles | undefined> {
  const manifest = await manifestOf(name);
  if (!manifest) return undefined;
  const where = 'the copy in this browser';
  return {
    where,
    async read(file, { signal, onProgress } = {}) {
      const noted = manifest.files[file];
      if (!noted) return null;
      if (signal?.aborted) throw new EncoderCancelledError();
      const response = await (await caches.open(CACHE)).match(keyOf(name, file));
      if (!response) throw new EncoderDamagedError(file, where, 'is gone');
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length !== noted.bytes || (await digest(bytes)) !== noted.sha256) {
        throw new EncoderDamagedError(file, where, 'is not what was stored');
      }
      onProgress?.(file, bytes.length, bytes.length);
      return bytes;
    },
  };
}

/** Gives its room back; nothing happens if it is not kept. */
export async function forgetEncoder(name: string): Promise<void> {
  const cache = await caches.open(CACHE);
  const start = keyOf(name, '');
  for (const request of await cache.keys()) {
    if (request.url.startsWith(start)) await cache.delete(request);
  }
}

function factsOf({ name, from, files, notes }: Manifest): KeptEncoder {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return { name, from, bytes, ...notes };
}

async function manifestOf(name: string): Promise<Manifest | undefined> {
  if (!canKeepEncoders() || !(await caches.has(CACHE))) return undefined;
  const response = await (await caches.open(CACHE)).match(keyOf(name, MANIFEST));
  if (!response) return undefined;
  try {
    return (await response.json()) as Manifest;
  } catch {
    // A list that cannot be read is as good as none: the encoder is loaded anew.
    return undefined;
  }
}
