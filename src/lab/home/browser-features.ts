/**
 * What this browser has of the things the lab can do without and is better with, and what it means where one is
 * missing. Looked for on the page; its worker is of the same origin and has the same.
 */
import { type Phrase, phrase } from '../language/language';

/** What the page was opened as: the site, or the file that holds everything. */
export type HomeKind = 'site' | 'single-file';

export interface Findings {
  readonly webgpu: boolean;
  readonly simd: boolean;
  /** The page is cross-origin isolated: memory may be shared between threads. */
  readonly isolated: boolean;
  readonly database: boolean;
  /** Files of the site's own (OPFS). */
  readonly files: boolean;
  readonly serviceWorker: boolean;
  readonly locks: boolean;
}

export interface MissingFeature {
  readonly name: Phrase;
  /** What it means and, where something can be done, what. */
  readonly words: Phrase;
}

/** Nothing is asked of the user, and nothing is left behind. */
export async function lookAtBrowser(): Promise<Findings> {
  return {
    webgpu: 'gpu' in navigator,
    simd: typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_MODULE),
    isolated: window.crossOriginIsolated === true,
    database: await succeeds(() => indexedDB.databases()),
    files: await succeeds(() => navigator.storage.getDirectory()),
    serviceWorker: 'serviceWorker' in navigator && window.location.protocol !== 'file:',
    locks: await succeeds(() => navigator.locks.query()),
  };
}

export function missingFeatures(found: Findings, kind: HomeKind): readonly MissingFeature[] {
  const single = kind === 'single-file';
  const all: readonly (MissingFeature & { readonly here: boolean })[] = [
    {
      name: phrase('WebGPU'),
      here: found.webgpu,
      words: phrase(
        'The processor computes, by WebAssembly. Everything works; a graphics card would be left idle.',
      ),
    },
    {
      name: phrase('WebAssembly SIMD'),
      here: found.simd,
      words: phrase('Only WebGPU can run the model here. Where that is missing too, take a newer browser.'),
    },
    {
      name: phrase('Threads'),
      here: found.isolated && !single,
      words: single
        ? phrase(
            'One thread computes; results are the same. A single file starts no others: open the lab from a site for all cores.',
          )
        : found.serviceWorker
          ? phrase(
              'One thread computes; results are the same. The host does not isolate the page; from the next visit on the lab does so itself: reload for all cores.',
            )
          : phrase(
              'One thread computes; results are the same. The host would have to isolate the page (COOP and COEP headers) for all cores.',
            ),
    },
    {
      name: phrase('Storage (IndexedDB)'),
      here: found.database,
      words: phrase('Memory and training runs last as long as this tab. Export what you want to keep.'),
    },
    {
      name: phrase('Files of its own (OPFS)'),
      here: found.files,
      words: phrase(
        'The index of a large memory is kept in the database instead, which opens it more slowly.',
      ),
    },
    {
      name: phrase('Service worker'),
      here: found.serviceWorker && !single,
      words: single
        ? phrase('Not needed: this file is the whole lab and works without a network.')
        : phrase(
            'The lab is not kept for use without a network, and sites without isolation headers stay on one thread. It takes an address with https, or localhost.',
          ),
    },
    {
      name: phrase('Locks'),
      here: found.locks,
      words: phrase(
        'What a tab that was closed in the middle of work leaves in the database is not cleaned up.',
      ),
    },
  ];
  return all.flatMap(({ here, ...feature }) => (here ? [] : [feature]));
}

async function succeeds(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch {
    return false;
  }
}

/** `(module (func (result v128) i32.const 0 i8x16.splat))` */
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);
