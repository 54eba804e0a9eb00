/** A round of backing up: what is whole is read and saved, what is too old goes, and the log of acts is made shorter. */
import type { MemoryRows } from '../rows/rows';
import type { SavedNamespace } from './backup-file';
import type { Backups, ListedBackup } from './backups';
import type { ErasureMark } from './erasing';
import type { LogKeeper } from './log-keeper';
import { readWhole } from './saving';
import type { Survey } from './survey';
import type { Tabs } from './tabs';

export interface RoundSetup {
  readonly rows: MemoryRows;
  readonly survey: Survey;
  readonly tabs: Tabs;
  readonly isKept: (name: string) => boolean;
  readonly backups: Backups;
  readonly erasure: ErasureMark;
  readonly logs: LogKeeper;
  /** Looks at a memory, counted or read through, and announces what it finds. */
  readonly check: (name: string, how: 'count' | 'audit') => Promise<void>;
  /** Memories found lost or damaged: they are not backed up, and backups that hold them stay. */
  readonly troubled: () => readonly string[];
  readonly now: () => number;
}

/** Backs up what is whole, unless the newest backup holds all of it already; after an erasure in place of all others. */
export async function backUpRound(setup: RoundSetup): Promise<void> {
  const { rows, survey, tabs, isKept, backups, erasure, logs, check, troubled, now } = setup;
  const inTrouble = (name: string) => troubled().includes(name);
  await tabs.exclusive('backups', async () => {
    const saved: SavedNamespace[] = [];
    for (const name of (await survey.names()).filter(isKept)) {
      if (inTrouble(name)) continue;
      await check(name, 'count');
      const whole = inTrouble(name) ? undefined : await readWhole(rows, name);
      if (whole) saved.push(whole);
      // Texts were damaged since the check at start: it is told, and the backups that hold them whole stay.
      else if (!inTrouble(name)) await check(name, 'audit');
    }
    if ((await erasure.isSet()) && troubled().length === 0) {
      await backups.renew(now(), saved);
      await logs.erased();
      await erasure.clear();
      return;
    }
    const [newest] = await backups.list();
    const current = saved.map(({ record }) => stamp(record)).join();
    if (saved.length === 0 || newest?.namespaces.map(stamp).join() === current) return;
    await backups.make(now(), saved, (backup) => troubled().some((name) => holds(backup, name)));
    for (const { record } of saved) await logs.trim(record);
  });
}

function holds(backup: ListedBackup, name: string): boolean {
  return backup.namespaces.some((namespace) => namespace.name === name);
}

/** Equal for equal states. */
function stamp({ name, incarnation, revision, journal }: ListedBackup['namespaces'][number]): string {
  return JSON.stringify([name, incarnation, revision, journal]);
}
