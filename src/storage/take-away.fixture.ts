/** A database deleted as soon as nobody holds it: what works in the background ends its transactions first. */
import { deleteDatabase } from './database';
import { StorageBlockedError } from './errors';

/** Milliseconds; a machine with other work may take its time. */
const PATIENCE = 15_000;

export async function takeAway(name: string): Promise<void> {
  for (const start = performance.now(); ; ) {
    try {
      await deleteDatabase(name);
      return;
    } catch (error) {
      if (!(error instanceof StorageBlockedError) || performance.now() - start > PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
