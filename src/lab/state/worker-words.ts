/** What the worker says while the lab opens, of where it keeps things and how it decodes, in words of the page. */
import { type Phrase, phrase } from '../language/language';
import { retell } from '../language/retell';

const LOADING: readonly Phrase[] = [
  phrase('Looking for a device to compute on'),
  phrase("Reading the policy's weights"),
  phrase('Reading the trained adapter'),
  phrase('Opening long-term memory'),
  phrase('Looking for a run to continue'),
];

const STORAGE: readonly Phrase[] = [
  phrase(
    'Memory is kept in IndexedDB and searched by the voy index (WebAssembly), above {n} entries by an exact scan in WebAssembly SIMD.',
  ),
  phrase(
    'Memory is kept in IndexedDB and searched by the voy index (WebAssembly), above {n} entries by an exact scan.',
  ),
  phrase(
    'Memory is kept in IndexedDB and searched by an exact scan, above {n} entries by an exact scan in WebAssembly SIMD.',
  ),
  phrase('Memory is kept in IndexedDB and searched by an exact scan.'),
];

const DECODING: readonly Phrase[] = [
  phrase('one pass a token'),
  phrase('many tokens a dispatch, one workgroup a rollout'),
];

/** What is being done; null if it is not known. */
export const loadingWords = (text: string): string | null => retell(text, LOADING);

/** How tokens are decoded here; null if it is not known, as where a faster way failed its check. */
export const decodingWords = (text: string): string | null => retell(text, DECODING);

/** Where memory lies and how it is searched; null if it is not known, as where the browser keeps nothing. */
export const storageWords = (text: string): string | null => retell(text, STORAGE);
