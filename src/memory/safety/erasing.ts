/**
 * Erasing for good across all that is kept: the rows first, then the log of acts, then the backups, each made anew of what is left.
 * A mark lies beside the backups from before the first until after the last, so that where the browser is killed in between
 * the next start finishes what was begun. What it cannot reach are files the user exported, and what other programs
 * have copied.
 */
import type { Folder } from '../../storage/folder';

/** Name of the file. */
export const MARK = 'erasing';

export class ErasureMark {
  constructor(private readonly folder: Folder | null) {}

  /** Backups may hold what was erased. */
  async isSet(): Promise<boolean> {
    return (await this.folder?.read(MARK)) !== undefined;
  }

  async set(): Promise<void> {
    await this.folder?.write(MARK, [new TextEncoder().encode('Backups are to be made anew.\n')]);
  }

  async clear(): Promise<void> {
    await this.folder?.remove(MARK);
  }
}
