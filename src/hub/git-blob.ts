/**
 * Small files of the hub are kept in Git itself, and named by the hash that Git gives them: SHA-1 of "blob", their length
 * and their bytes. So they can be held against it as the large ones are against their SHA-256.
 *
 * Source: Pro Git, 10.2 "Git Objects".
 */
import { FileDamagedError } from './errors';
import type { ModelFile } from './model-entry';

/** `crypto.subtle` wants all bytes at once; what the hub keeps in Git has at most 10 MB. */
const MOST_BYTES = 16 * 2 ** 20;

export function isGitBlob({ sha256, tag, bytes }: ModelFile): boolean {
  return sha256 === null && /^[0-9a-f]{40}$/.test(tag) && bytes <= MOST_BYTES;
}

/**
 * The bytes of a whole file, once they are known to be the right ones; asked for a second time if they are not.
 * @throws FileDamagedError if they are wrong twice; what `ask` throws
 */
export async function* checkedBlob(
  ask: () => AsyncIterable<Uint8Array>,
  file: ModelFile,
  what: string,
): AsyncIterable<Uint8Array> {
  for (let last = false; ; last = true) {
    const bytes = await collected(ask(), file.bytes);
    if ((await blobHash(bytes)) === file.tag) return yield bytes;
    if (last) {
      throw new FileDamagedError(
        'file-damaged',
        `${what} came wrong twice: it is not the file that the hub names. Something on the way alters it.`,
        'Try another network, or take the files from a folder. What else came is kept.',
      );
    }
  }
}

/** Of Git, hexadecimal. */
export async function blobHash(bytes: Uint8Array): Promise<string> {
  const head = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const object = new Uint8Array(head.length + bytes.length);
  object.set(head);
  object.set(bytes, head.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', object));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function collected(stream: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const chunk of stream) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(0, at);
}
