/**
 * The rolling backups in a folder: making one, listing, reading, letting go of old ones. A file's name is its
 * number and when it was made, so that the list needs no more than the first line of each.
 */
import { StorageFullError } from '../../storage/errors';
import type { Folder } from '../../storage/folder';
import { BackupError } from '../errors';
import {
  type BackupHead,
  decodeBackup,
  encodeBackup,
  headOf,
  readHead,
  type SavedNamespace,
} from './backup-file';
import type { BackupFacts } from './health';
import { keptGenerations } from './retention';

/** `memories-<number>-<milliseconds since the epoch>.jsonl` */
const NAME = /^memories-(\d{6,})-(\d+)\.jsonl$/;
/** Enough for the first line unless there are hundreds of namespaces. Bytes. */
const HEAD_BYTES = 1 << 16;

export interface ListedBackup extends BackupFacts {
  readonly number: number;
  readonly namespaces: BackupHead['namespaces'];
}

export class Backups {
  constructor(private readonly folder: Folder) {}

  /** Newest first. One whose first line cannot be read is listed without namespaces, so that it can be seen and deleted. */
  async list(): Promise<readonly ListedBackup[]> {
    const listed: ListedBackup[] = [];
    for (const { name, bytes } of await this.folder.list()) {
      const match = NAME.exec(name);
      if (!match) continue;
      const head = await this.head(name);
      listed.push({
        id: name,
        number: Number(match[1]),
        made: Number(match[2]),
        bytes,
        namespaces: head?.namespaces ?? [],
      });
    }
    return listed.sort((a, b) => b.number - a.number);
  }

  /**
   * Makes one, then lets go of those that are too old, except those `pinned` wants. A full disk is answered by
   * letting go of the oldest; throws `StorageFullError` if that does not help, and then the newest is still there.
   */
  async make(
    made: number,
    saved: readonly SavedNamespace[],
    pinned: (backup: ListedBackup) => boolean = () => false,
  ): Promise<ListedBackup> {
    const before = await this.list();
    const number = (before[0]?.number ?? 0) + 1;
    const id = `memories-${String(number).padStart(6, '0')}-${made}.jsonl`;
    const parts = encodeBackup(made, saved);
    // All but the newest, oldest first.
    const spare = before.slice(1).filter((backup) => !pinned(backup));
    for (;;) {
      try {
        await this.folder.write(id, parts);
        break;
      } catch (error) {
        const oldest = spare.pop();
        if (!(error instanceof StorageFullError) || !oldest) throw error;
        await this.folder.remove(oldest.id);
      }
    }
    const backup: ListedBackup = {
      id,
      number,
      made,
      bytes: parts.reduce((sum, part) => sum + part.length, 0),
      namespaces: headOf(made, saved).namespaces,
    };
    const all = [backup, ...(await this.list()).filter((other) => other.number !== number)];
    const kept = keptGenerations(all);
    for (const old of all) if (!kept.has(old.number) && !pinned(old)) await this.folder.remove(old.id);
    return backup;
  }

  /**
   * Makes one of what is left after something was erased, and lets go of all others: they still hold it. Throws what
   * `make` throws; then there is none, rather than one that holds it.
   */
  async renew(made: number, saved: readonly SavedNamespace[]): Promise<void> {
    const newest =
      saved.length === 0
        ? undefined
        : await this.make(made, saved).catch(async (error: unknown) => {
            if (!(error instanceof StorageFullError)) throw error;
            await this.removeAll();
            return this.make(made, saved);
          });
    for (const { id } of await this.list()) if (id !== newest?.id) await this.folder.remove(id);
  }

  /** Throws `BackupError` for one that is gone or damaged. */
  async read(id: string): Promise<readonly SavedNamespace[]> {
    const bytes = NAME.test(id) ? await this.folder.read(id) : undefined;
    if (!bytes) {
      throw new BackupError(
        'backup-unknown',
        'This backup is not there any more; newer ones have taken its place. Look at the list again.',
      );
    }
    return decodeBackup(bytes);
  }

  /** The states of one incarnation that backups hold, newest first. */
  async statesOf(incarnation: string): Promise<readonly BackupHead['namespaces'][number][]> {
    return (await this.list()).flatMap(({ namespaces }) =>
      namespaces.filter((namespace) => namespace.incarnation === incarnation),
    );
  }

  /** The newest that is intact to the last byte and fits. */
  async newest(fits: (backup: ListedBackup) => boolean): Promise<ListedBackup | null> {
    for (const backup of (await this.list()).filter(fits)) {
      try {
        await this.read(backup.id);
        return backup;
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
      }
    }
    return null;
  }

  async removeAll(): Promise<void> {
    for (const { id } of await this.list()) await this.folder.remove(id);
  }

  private async head(name: string): Promise<BackupHead | undefined> {
    const start = await this.folder.readStart(name, HEAD_BYTES);
    if (!start) return undefined;
    if (start.includes(0x0a) || start.length < HEAD_BYTES) return readHead(start);
    const all = await this.folder.read(name);
    return all && readHead(all);
  }
}
