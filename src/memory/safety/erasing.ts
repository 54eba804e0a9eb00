/**
 * Erasing for good across all that is kept: the rows first, then the log of acts, then the backups, each made anew of what is left.
 * A mark lies beside the backups from before the first until after the last, so that where the browser is killed in between
 * the next start finishes what was begun. What it cannot reach are files the user exported, and what other programs
 * have copied.
 */
import type { Folder } from '../../storage/folder';

/** Name of the file. */
export const MARK = 'erasing';

export const BACKUPS_NEEDED =
  'A memory was found lost or damaged, and its backups would go with what is to be forgotten. Restore it or accept it as it is under “Kept safe” first, then forget.';
export const BACKUPS_STAY =
  'It is forgotten, but for the backups: a memory was found lost or damaged just now, and needs them. Restore it or accept it as it is under “Kept safe”; then the backups are made anew without what is forgotten.';

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

  /** Leaves the mark behind an erasure that was carried out; one that was refused leaves what it found. */
  async during<Result>(erase: () => Promise<Result>): Promise<Result> {
    // Of an erasure that was not finished: what it has to do does not end with this one.
    const begun = await this.isSet();
    if (!begun) await this.set();
    try {
      return await erase();
    } catch (error) {
      if (!begun) await this.clear();
      throw error;
    }
  }
}
