/**
 * What a lost memory can be brought back from: the newest backup that is intact, and on top of it every act that the
 * log has since. Named like a backup, so that whoever restores need not know the difference: `<backup>+<log>`, or
 * `+<log>` where the log tells everything from the beginning.
 */
import { BackupError } from '../errors';
import type { Frame } from './act-frames';
import type { ActLog, FoundLog } from './act-log';
import { isUpTo, type Replayed, replayActs } from './act-replay';
import type { SavedNamespace } from './backup-file';
import type { Backups, ListedBackup } from './backups';
import type { BackupFacts } from './health';

export interface Recoverable {
  readonly facts: BackupFacts;
  /** What can be done with it, in words. */
  readonly remedy: string;
}

interface Joined extends Replayed {
  readonly backup: ListedBackup | undefined;
}

export class Recovery {
  constructor(
    private readonly backups: Backups,
    private readonly log: ActLog | null,
  ) {}

  /** What brings most of it back; null if nothing does. `incarnation`: of what was lost, where that is known. */
  async newest(name: string, incarnation: string | undefined): Promise<Recoverable | null> {
    const logs = ((await this.log?.list()) ?? []).filter((log) => log.name === name);
    const log = logs.findLast(({ lost }) => lost) ?? logs.findLast((one) => one.incarnation === incarnation);
    const joined = log && (await this.join(log, (backup) => holds(backup, name, log.incarnation)));
    if (log && joined && joined.acts > 0) return recoverable(log, joined);
    const backup = await this.backups.newest((listed) => holds(listed, name));
    const count = backup?.namespaces.find((namespace) => namespace.name === name)?.count;
    if (!backup || count === undefined) return null;
    const aside = log ? unread(joined?.left ?? framesOf(log).length) : '';
    return {
      facts: backup,
      remedy: `The backup of ${inWords(backup.made)} holds it with ${count} entries${aside}: restore it, or accept the memory as it is.`,
    };
  }

  /** Throws `BackupError` for what is gone or damaged, or does not hold this memory. */
  async read(id: string, name: string): Promise<{ readonly saved: SavedNamespace; readonly source: string }> {
    const [backupId, file] = id.split('+');
    const backup = (await this.backups.list()).find((listed) => listed.id === backupId);
    if (file === undefined) {
      const saved = (await this.backups.read(id)).find(({ record }) => record.name === name);
      if (backup && saved) return { saved, source: `from the ${theBackup(backup)}` };
    } else {
      const log = (await this.log?.list())?.find((listed) => listed.file === file && listed.name === name);
      const joined = log && (await this.join(log, (listed) => listed.id === backupId));
      if (joined) return { saved: joined.saved, source: `from ${sourceOf(joined)}` };
    }
    throw new BackupError(
      'backup-without',
      `This backup does not hold the memory ${JSON.stringify(name)}. Choose another one.`,
    );
  }

  /** The furthest state that a backup, or nothing, and the log lead to. */
  private async join(log: FoundLog, fits: (backup: ListedBackup) => boolean): Promise<Joined | undefined> {
    let best: Joined | undefined;
    const take = (saved: SavedNamespace | undefined, backup: ListedBackup | undefined) => {
      const replayed = replayActs(framesOf(log), saved);
      if (!replayed || (best && isUpTo(replayed.saved.record, best.saved.record))) return;
      best = { ...replayed, backup };
    };
    for (const backup of (await this.backups.list()).filter(fits)) {
      if (best?.left === 0) break;
      try {
        const saved = (await this.backups.read(backup.id)).find(({ record }) => record.name === log.name);
        if (saved) take(saved, backup);
      } catch (error) {
        if (!(error instanceof BackupError)) throw error;
      }
    }
    if (best?.left !== 0) take(undefined, undefined);
    return best;
  }
}

/** Those behind damage too: where what is missing had no journal records they follow all the same. */
function framesOf({ frames, beyond }: FoundLog): readonly Frame[] {
  return [...frames, ...beyond];
}

function recoverable(log: FoundLog, joined: Joined): Recoverable {
  const { record } = joined.saved;
  const { backup, acts } = joined;
  const { name, count, revision } = record;
  const aside = unread(joined.left);
  return {
    facts: {
      id: `${backup?.id ?? ''}+${log.file}`,
      made: backup?.made ?? record.lastAt,
      bytes: (backup?.bytes ?? 0) + log.bytes,
      namespaces: [{ name, count, revision }],
      logged: { acts, onBackup: backup !== undefined },
    },
    remedy: `${capital(inWordsOf(joined))} bring it back with ${count} entries${aside}: restore it, or accept the memory as it is.`,
  };
}

function inWordsOf({ backup, acts }: Joined): string {
  if (!backup) return `${changes(acts)}, all that were ever logged of it,`;
  return `the backup of ${inWords(backup.made)} and ${changes(acts)} logged since`;
}

function sourceOf({ backup, acts }: Joined): string {
  return backup
    ? `the ${theBackup(backup)} and ${changes(acts)} logged since`
    : `the log of ${changes(acts)}`;
}

function theBackup({ made }: ListedBackup): string {
  return `backup of ${new Date(made).toISOString()}`;
}

/** Of frames that nothing leads to. */
function unread(frames: number): string {
  if (frames === 0) return '';
  return ` (${changes(frames)} in its log cannot be joined to that and ${frames === 1 ? 'is' : 'are'} kept beside it)`;
}

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function holds({ namespaces }: ListedBackup, name: string, incarnation?: string): boolean {
  return namespaces.some(
    (namespace) =>
      namespace.name === name && (incarnation === undefined || namespace.incarnation === incarnation),
  );
}

function inWords(time: number): string {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
