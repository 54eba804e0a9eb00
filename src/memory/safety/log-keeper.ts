/**
 * The log of acts as the keeper uses it: where this program can write none everything here does nothing, and where it
 * fails that is told, since the rows hold what it should have held.
 */
import { LogDamagedError } from '../errors';
import type { JournalRecord } from '../journal';
import type { Durability, NamespaceRecord } from '../rows/rows';
import { ActLog } from './act-log';
import type { Backups } from './backups';
import type { KeeperSetup } from './keeper-setup';
import { type Witness, witnessOf } from './sentinel';

export class LogKeeper {
  readonly log: ActLog | null;
  /** Memories whose last act could not be logged here. */
  private readonly behind = new Set<string>();
  private past: ReadonlyMap<string, Witness> = new Map();

  constructor(
    private readonly setup: Pick<KeeperSetup, 'folder' | 'growing' | 'rows' | 'tabs' | 'isKept' | 'trouble'>,
    private readonly backups: Backups | null,
  ) {
    const { folder, growing, rows, trouble } = setup;
    this.log =
      folder && growing
        ? new ActLog({
            files: growing,
            folder,
            rows,
            backedUp: async (incarnation) => (await this.second(incarnation))?.journal ?? 0,
            damaged: (file, frames) => trouble(new LogDamagedError(file, frames)),
          })
        : null;
  }

  /** Of a memory that went back and was written to again: what it had come to before. */
  wentBack(name: string): Witness | undefined {
    return this.past.get(name);
  }

  /** Whether acts were acknowledged that are in no log. */
  get isBehind(): boolean {
    return this.behind.size > 0;
  }

  async committed(
    record: NamespaceRecord,
    fresh: readonly JournalRecord[],
    durability: Durability,
  ): Promise<void> {
    try {
      await this.log?.keep(record, fresh, durability);
      this.behind.delete(record.name);
    } catch (error) {
      // What is missing is written down with the next act.
      this.behind.add(record.name);
      this.setup.trouble(error);
    }
  }

  /** What the logs tell of each memory, oldest first. Throws `StorageError`. */
  async load(): Promise<ReadonlyMap<string, readonly Witness[]>> {
    const told = new Map<string, Witness[]>();
    const past = new Map<string, Witness>();
    const logs = ((await this.log?.list()) ?? []).flatMap(({ name, lost, frames, beyond }) => {
      const record = (beyond[beyond.length - 1] ?? frames[frames.length - 1])?.record;
      return record && this.setup.isKept(name) ? [{ name, lost, record }] : [];
    });
    for (const { name, lost, record } of logs.sort((a, b) => a.record.lastAt - b.record.lastAt)) {
      if (lost) past.set(name, witnessOf(record));
      else told.set(name, [...(told.get(name) ?? []), witnessOf(record)]);
    }
    this.past = past;
    return told;
  }

  /** Its past is settled, or it is gone. */
  forget(name: string): void {
    this.past = new Map([...this.past].filter(([other]) => other !== name));
  }

  /** All of a memory's, but for that of one incarnation. */
  async remove(name: string, except?: string): Promise<void> {
    if (except === undefined) this.behind.delete(name);
    await this.log?.remove(name, except).catch(this.setup.trouble);
  }

  async removeAll(): Promise<void> {
    await this.log?.removeAll();
  }

  /** Texts were erased from the rows: no log holds them when this resolves. Throws `StorageError`. */
  async erased(): Promise<void> {
    const { log } = this;
    const { rows, tabs, isKept } = this.setup;
    if (!log) return;
    for (const { name } of (await rows.list()).filter((record) => isKept(record.name))) {
      await tabs.exclusive(`memory/${name}`, async () => {
        const record = (await rows.list()).find((one) => one.name === name);
        if (record) await log.keep(record, [], 'strict');
      });
    }
    await log.removeUnread();
  }

  /** The log goes back to the backup before the newest: one that turns out to be damaged must cost nothing. */
  async trim({ name, incarnation }: NamespaceRecord): Promise<void> {
    const { log } = this;
    if (!log) return;
    await this.setup.tabs
      .exclusive(`memory/${name}`, async () => {
        const second = await this.second(incarnation);
        if (second) await log.trim(incarnation, second);
      })
      .catch(this.setup.trouble);
  }

  private async second(incarnation: string) {
    return (await this.backups?.statesOf(incarnation))?.[1];
  }
}
