/**
 * A folder whose files are asked for all at once. Who opens a model reads its files one after the other, since
 * one says how to read the next; over a network each would wait for the one before it. What is known to be
 * wanted is therefore fetched ahead and handed out when its turn comes.
 *
 * A file is held until it is taken, once; after that, and for every other name, the folder itself is read.
 */
import type { ReadFile } from './model-folder';

/** Begins to read the files named; errors come when the file is asked for, as they would have. */
export function readAhead(read: ReadFile, names: readonly string[]): ReadFile {
  const held = new Map<string, Promise<Uint8Array>>();
  for (const name of names) {
    const file = read(name);
    // Whoever asks for it hears of it; nobody may.
    file.catch(() => undefined);
    held.set(name, file);
  }
  return (name) => {
    const file = held.get(name);
    held.delete(name);
    return file ?? read(name);
  };
}
