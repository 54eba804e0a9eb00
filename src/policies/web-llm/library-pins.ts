/**
 * Which compiled libraries may be run: WebAssembly that another party built, fetched from an address that does not say
 * what it holds. Where a library's SHA-256 is known beforehand, only that one is run. Where it is not, the first one is
 * trusted, noted in this browser under its version and name, and another under the same name is refused from then on.
 * Deleting a model leaves the note. What is noted is told, so that anyone can compare it with another machine.
 */
import type { CompiledLibrary } from './records';
import { WebLlmError } from './web-llm-errors';

/** Notes that outlive the visit where the browser keeps any. */
export interface PinStore {
  get(key: string): Promise<string | null>;
  set(key: string, integrity: string): Promise<void>;
}

export interface PinnedLibrary {
  /** `sha256-…` (Subresource Integrity). */
  readonly integrity: string;
  /** `known`: before this visit, to the lab or from an earlier visit. `noted`: seen for the first time. */
  readonly trust: 'known' | 'noted';
}

export async function integrityOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256-${btoa(String.fromCharCode(...hash))}`;
}

/** @throws WebLlmError `library-changed` */
export async function pinLibrary(
  library: CompiledLibrary,
  bytes: Uint8Array<ArrayBuffer>,
  pins: PinStore,
): Promise<PinnedLibrary> {
  const integrity = await integrityOf(bytes);
  const expected = library.integrity ?? (await pins.get(library.address));
  if (expected === null) {
    await pins.set(library.address, integrity);
    return { integrity, trust: 'noted' };
  }
  if (expected === integrity) return { integrity, trust: 'known' };
  throw new WebLlmError(
    'library-changed',
    `${library.file} has another content (${integrity}) than the one that is known (${expected}).`,
  );
}

const FOLDER = 'web-llm-libraries';

/**
 * In the browser's own file system, one small file for each library; for the visit alone where there is none (a page
 * from `file:`, some private windows).
 */
export function browserPins(): PinStore {
  const fileOf = async (key: string, create: boolean) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create });
    return folder.getFileHandle(`${encodeURIComponent(key)}.txt`, { create });
  };
  return {
    async get(key) {
      const visit = ofThisVisit.get(key);
      if (visit !== undefined) return visit;
      try {
        const text = await (await (await fileOf(key, false)).getFile()).text();
        return text === '' ? null : text;
      } catch {
        return null;
      }
    },
    async set(key, integrity) {
      ofThisVisit.set(key, integrity);
      try {
        const writable = await (await fileOf(key, true)).createWritable();
        await writable.write(integrity);
        await writable.close();
      } catch {
        // Nothing is kept here: the note holds for the visit.
      }
    },
  };
}

const ofThisVisit = new Map<string, string>();
