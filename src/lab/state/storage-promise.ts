/**
 * The browser's promise not to clear this site by itself (`navigator.storage.persist`). Only pages can ask for it; some
 * browsers then ask the user. So it is asked for by itself once, right after the user has kept something of value, and
 * never again unless the user wants it: who refused has answered.
 */
import { type Phrase, phrase } from '../language/language';

/** Set when it was asked for; goes with the site's data, and so does the answer. */
const KEY = 'agemem-asked-to-keep';

/** What came of asking, for the user. */
export const PROMISE_WORDS: Readonly<Record<'yes' | 'no', Phrase>> = {
  yes: phrase('The browser has promised to keep what this site stores.'),
  no: phrase(
    'The browser has made no promise: it may clear this site when space runs short. An exported file keeps your memory in any case.',
  ),
};

/** True if the promise was given; false if not, or where nobody can be asked. */
export async function askForPromise(): Promise<boolean> {
  remember();
  // Refused where this site may keep nothing.
  return (
    (await manager()
      ?.persist?.()
      .catch(() => false)) ?? false
  );
}

/**
 * Asks unless it was asked for before or is given already: null then, and where it cannot be kept in mind that it was
 * asked, so that nobody is asked twice.
 */
export async function askOnce(): Promise<boolean | null> {
  const storage = manager();
  if (!storage?.persist || wasAsked()) return null;
  // At once: a second act may follow while the user is still being asked.
  if (!remember()) return null;
  if (await storage.persisted?.().catch(() => false)) return null;
  return askForPromise();
}

/** The types say that it is always there; without TLS it is not. */
function manager(): Partial<StorageManager> | undefined {
  return globalThis.navigator?.storage;
}

/** A browser that stores nothing has no promise to make. */
function wasAsked(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true;
  }
}

function remember(): boolean {
  try {
    localStorage.setItem(KEY, 'yes');
    return true;
  } catch {
    return false;
  }
}
