/**
 * Who looks after the user's memories: checks them when they are opened, keeps the sentinel and the backups
 * up, announces what was lost, restores it. It only ever adds a second opinion: where it cannot work (no
 * file storage, a full disk) memory works on, and the keeper says what it cannot vouch for.
 */
import { StorageError } from '../../storage/errors';
import { BackupError } from '../errors';
import type { JournalRecord } from '../journal';
import type { Durability, NamespaceRecord } from '../rows/rows';
import { backUpRound } from './backup-rounds';
import { Backups } from './backups';
import { BACKUPS_NEEDED, BACKUPS_STAY, ErasureMark } from './erasing';
import type { BackupFacts, Health } from './health';
import { judge, type Verdict } from './judge';
import type { KeeperPace, KeeperSetup } from './keeper-setup';
import { LogKeeper } from './log-keeper';
import { Recovery } from './recovery';
import { acceptAsFound, findRestored, restoreSaved, type Settled } from './restoring';
import { type Decision, SentinelKeeper } from './sentinel-keeper';
import { Settling } from './settling';
import type { RowsWatch } from './shared-rows';
import type { Counted, Survey } from './survey';

/** A backup of tens of thousands of entries takes a second or more, and the same worker runs the policy. */
const BACKUP_SHARE = 1 / 20;
const NO_REMEDY =
  'There is no backup of it. Accept the memory as it is to go on; what is kept from then on is watched again.';
const PACE: KeeperPace = { sentinel: 200, settled: 5000, betweenBackups: 60_000 };

export class MemoryKeeper implements RowsWatch {
  private readonly sentinel: SentinelKeeper;
  private readonly backup: Backups | null;
  private readonly erasure: ErasureMark;
  private readonly logs: LogKeeper;
  private readonly recovery: Recovery | null;
  private readonly writing: Settling;
  private readonly saving: Settling;
  private readonly checked = new Map<string, Health>();
  /** Looks begun, and of each memory the one that `checked` goes by. */
  private turns = 0;
  private readonly judged = new Map<string, number>();
  /** Found at start while the sentinel was damaged: that it is whole cannot be told until the next start. */
  private readonly unvouched = new Set<string>();
  private readonly now: () => number;
  private readonly stopListening: () => void;

  private constructor(private readonly setup: KeeperSetup) {
    const { folder, rows, tabs, isKept, trouble } = setup;
    const pace = setup.pace ?? PACE;
    this.now = setup.now ?? Date.now;
    this.sentinel = new SentinelKeeper(folder, rows, tabs, isKept);
    this.backup = folder && new Backups(folder);
    this.erasure = new ErasureMark(folder);
    this.logs = new LogKeeper(setup, this.backup);
    this.recovery = this.backup && new Recovery(this.backup, this.logs.log);
    this.writing = new Settling(
      () => this.followUp(),
      { quiet: pace.sentinel, patience: pace.sentinel },
      trouble,
    );
    this.saving = new Settling(
      () => this.save(),
      { quiet: pace.settled, patience: pace.betweenBackups, rest: pace.betweenBackups, share: BACKUP_SHARE },
      trouble,
    );
    this.stopListening = tabs.onChange(({ name, state, elsewhere }) => {
      if (!elsewhere) return;
      if (state === null) this.gone(name);
      // Another tab may have ended the trouble.
      else if (this.inTrouble(name)) void this.checkQuietly(name, (survey) => survey.audit(name));
    });
  }

  /**
   * Compares every memory with what the sentinel says of it, before anything is made anew; what is lost or damaged
   * is announced. `complete` resolves when everything was read, too.
   */
  static async open(
    setup: KeeperSetup,
  ): Promise<{ readonly keeper: MemoryKeeper; readonly complete: Promise<void> }> {
    const keeper = new MemoryKeeper(setup);
    await keeper.loadQuietly();
    const stored = (await setup.survey.names()).filter(setup.isKept);
    if (keeper.sentinel.state === 'damaged') for (const name of stored) keeper.unvouched.add(name);
    const names = new Set([...stored, ...keeper.sentinel.names]);
    for (const name of names) await keeper.finishRestore(name);
    for (const name of names) await keeper.check(name, (survey) => survey.count(name));
    const complete = keeper.readThrough([...names]).catch(setup.trouble);
    return { keeper, complete };
  }

  /** By namespace. */
  health(): Readonly<Record<string, Health>> {
    return Object.fromEntries(this.checked);
  }

  /** Whether the log of acts lacks what was acknowledged: it could not be written. */
  get logIsBehind(): boolean {
    return this.logs.isBehind;
  }

  /** Newest first; none where the page may keep no files, or where they cannot be read, which is told. */
  async backups(): Promise<readonly BackupFacts[]> {
    return this.unlessFilesFail([], async () => (await this.backup?.list()) ?? []);
  }

  /** Bytes of all that lies there: sentinel, logs, backups, the note of the clock. */
  async bytes(): Promise<number> {
    const files = await this.unlessFilesFail([], async () => (await this.setup.folder?.list()) ?? []);
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Throws `BackupError` where there are none, `StorageFullError`. */
  async backUpNow(): Promise<void> {
    this.need(this.backup);
    await this.saving.now();
  }

  /** Brings the sentinel up to date now; by itself it follows changes a moment later. Throws `StorageError`. */
  async sentinelNow(): Promise<void> {
    await this.writing.now();
  }

  /** Lets go of all backups, and of the log of what came after them. The sentinel stays. */
  async deleteBackups(): Promise<void> {
    await this.setup.tabs.exclusive('backups', async () => {
      await this.backup?.removeAll();
      await this.logs.removeAll();
    });
  }

  /**
   * Makes a memory what it is in the backup: one act of kind `restore`, which can be undone. What was damaged or
   * gone is first put in order as it was found. What was written since a loss stays: resolves to the number of those
   * entries. Throws `BackupError`, `MemoryChangedError`; then nothing changed.
   */
  async restore(id: string, name: string): Promise<number> {
    const { saved, source } = await this.need(this.recovery).read(id, name);
    const settled = await this.settle(name, () => restoreSaved(this.setup, saved, source, this.now()));
    return settled?.stayed ?? 0;
  }

  /** The memory as it was found is the memory from now on; what was damaged is put in order. */
  async acceptLoss(name: string): Promise<void> {
    await this.settle(name, () => acceptAsFound(this.setup, name, this.now()));
  }

  /**
   * Carries out an erasure of rows, and makes the backups anew of what is left: none that holds what was erased stays.
   * Throws `BackupError` while a memory is in trouble, whose backups are needed, and what `erase` throws; then nothing
   * has changed. Throws `StorageFullError` where there is no room for the new backup; then there is none. Throws
   * `BackupError` if a memory is found damaged only when the backups are made; they are made anew once that is settled.
   */
  async erasing<Result>(erase: () => Promise<Result>): Promise<Result> {
    if (!this.backup) return erase();
    // A round of backups that runs has read what is to go, here or in another tab; the next one finds the mark and rows
    // without it.
    const result = await this.setup.tabs.exclusive('backups', () => {
      this.needNoBackup(BACKUPS_NEEDED);
      return this.erasure.during(erase);
    });
    await this.saving.now();
    if (await this.erasure.isSet()) this.needNoBackup(BACKUPS_STAY);
    return result;
  }

  close(): void {
    this.writing.stop();
    this.saving.stop();
    this.stopListening();
  }

  // ---------------------------------------------------------------- what the rows tell

  committed(record: NamespaceRecord, fresh: readonly JournalRecord[], durability: Durability): Promise<void> {
    return this.logs.committed(record, fresh, durability);
  }

  changed(record?: NamespaceRecord): void {
    if (record) this.setup.acted?.(record);
    this.writing.poke();
    this.saving.poke();
  }

  opened(record: NamespaceRecord): void {
    const witness = this.sentinel.witness(record.name);
    if (witness && !witness.leaving && witness.incarnation !== record.incarnation) this.missing(record.name);
    else if (!this.checked.has(record.name)) void this.checkQuietly(record.name);
    this.writing.poke();
  }

  async leaving(names: readonly string[]): Promise<void> {
    // A full disk must not keep anybody from deleting; at worst a kill right now is taken for a loss later.
    await this.decide(names, 'leaving').catch(this.setup.trouble);
  }

  async left(names: readonly string[]): Promise<void> {
    for (const name of names) this.gone(name);
    // Before the sentinel forgets that they were meant to go.
    for (const name of names) await this.logs.remove(name);
    this.changed();
  }

  stayed(names: readonly string[]): void {
    this.decide(names, 'stayed').catch(this.setup.trouble);
  }

  missing(name: string): void {
    void this.checkQuietly(name);
  }

  // ---------------------------------------------------------------- checking

  /** After changes: the sentinel; and what is in trouble may have been mended, e.g. by making lost vectors anew. */
  private async followUp(): Promise<void> {
    await this.sentinel.rewrite();
    for (const name of this.checked.keys()) {
      if (this.inTrouble(name)) await this.check(name, (survey) => survey.audit(name));
    }
  }

  /** A tab that was killed when it had restored a memory and not yet said so: what was lost is there again. */
  private async finishRestore(name: string): Promise<void> {
    const expected = { witness: this.sentinel.witness(name), wentBack: this.logs.wentBack(name) };
    const look = () => findRestored(this.setup, name, expected);
    if (!(await look())) return;
    await this.setup.tabs.exclusive(`memory/${name}`, async () => {
      const record = await look();
      if (record) await this.settled(name, { record, fresh: [], stayed: 0 });
    });
  }

  private async readThrough(names: readonly string[]): Promise<void> {
    // A tab that was closed while it deleted has left a mark; if the memory is still there it was not deleted.
    // Whoever is deleting it at this moment holds its lock.
    for (const name of names.filter((name) => this.sentinel.witness(name)?.leaving)) {
      await this.setup.tabs.exclusive(`memory/${name}`, async () => {
        const { record } = await this.setup.survey.count(name);
        if (!record) {
          await this.logs.remove(name);
          this.sentinel.forgetLogs(name);
        }
        await this.decide([name], 'stayed').catch(this.setup.trouble);
      });
    }
    // Rows are read through whether the files can be written or not.
    await this.sentinel.rewrite().catch(this.setup.trouble);
    for (const name of names) await this.check(name, (survey) => survey.audit(name));
    await this.tidyLogs(names);
    // At once: what earlier sessions left must not wait for a quiet moment of this one, which may be killed before it.
    // Not counted as one of this session's: its first change is backed up as soon as it has settled.
    if (this.backup) await this.save();
  }

  /** What a tab left that was closed after it had settled what became of a memory. */
  private async tidyLogs(names: readonly string[]): Promise<void> {
    for (const name of names.filter((name) => this.checked.get(name)?.state === 'whole')) {
      await this.setup.tabs.exclusive(`memory/${name}`, async () => {
        const { record } = await this.setup.survey.count(name);
        const { incarnation } = this.sentinel.witness(name) ?? {};
        if (record && record.incarnation === incarnation) await this.logs.remove(name, incarnation);
      });
    }
  }

  private async checkQuietly(
    name: string,
    look: (survey: Survey) => Promise<Counted> = (survey) => survey.count(name),
  ): Promise<void> {
    await this.check(name, look).catch(this.setup.trouble);
  }

  /** Looks, judges, remembers, announces. */
  private async check(name: string, look: (survey: Survey) => Promise<Counted>): Promise<void> {
    const turn = ++this.turns;
    let verdict = await this.verdict(name, look);
    if (verdict?.state === 'lost' || verdict?.state === 'damaged') {
      // It may be another tab's doing, between the reading of the sentinel and that of the rows.
      await this.loadQuietly();
      verdict = await this.verdict(name, look);
    }
    const health = verdict && (await this.healthOf(name, verdict));
    // Of two looks that overlap the later one counts: what the earlier saw may have been restored since.
    if ((this.judged.get(name) ?? 0) > turn) return;
    this.judged.set(name, turn);
    if (!health) {
      this.checked.delete(name);
      return;
    }
    const before = this.checked.get(name);
    this.checked.set(name, health);
    if (health.state !== 'lost' && health.state !== 'damaged') return;
    const known = before?.state === health.state && before.message === health.message;
    if (!known) this.setup.announce(name, health);
  }

  private async verdict(
    name: string,
    look: (survey: Survey) => Promise<Counted>,
  ): Promise<Verdict | undefined> {
    const { record, stored } = await look(this.setup.survey);
    const sentinel = this.unvouched.has(name) ? 'damaged' : this.sentinel.state;
    const wentBack = this.logs.wentBack(name);
    return judge({ name, sentinel, witness: this.sentinel.witness(name), wentBack, record, stored });
  }

  private async healthOf(name: string, verdict: Verdict): Promise<Health> {
    if (verdict.state === 'whole') return { state: 'whole', checked: this.now() };
    if (verdict.state === 'unchecked') return verdict;
    const { state, finding, expected, found } = verdict;
    const incarnation = this.sentinel.witness(name)?.incarnation;
    const { facts = null, remedy = NO_REMEDY } =
      (await this.unlessFilesFail(null, async () => this.recovery?.newest(name, incarnation))) ?? {};
    return { state, message: `${finding} ${remedy}`, expected, found, backup: facts };
  }

  /** Sentinel and logs, as they are on the disk. */
  private loadQuietly(): Promise<void> {
    return this.unlessFilesFail(undefined, async () => {
      await this.sentinel.load();
      this.sentinel.hearLogs(await this.logs.load());
    });
  }

  /** Files that fail cost the second opinion, never the memory itself; it is told. */
  private async unlessFilesFail<Result>(otherwise: Result, look: () => Promise<Result>): Promise<Result> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.setup.trouble(error);
      return otherwise;
    }
  }

  private gone(name: string): void {
    this.sentinel.forget(name);
    this.logs.forget(name);
    this.checked.delete(name);
    this.unvouched.delete(name);
  }

  // ---------------------------------------------------------------- saving and restoring

  private async save(): Promise<void> {
    const { rows, survey, tabs, isKept } = this.setup;
    await backUpRound({
      rows,
      survey,
      tabs,
      isKept,
      backups: this.need(this.backup),
      erasure: this.erasure,
      logs: this.logs,
      check: (name, how) => this.check(name, () => survey[how](name)),
      troubled: () => this.troubled(),
      now: this.now,
    });
    this.setup.backedUp?.();
  }

  private troubled(): readonly string[] {
    return [...this.checked.keys()].filter((name) => this.inTrouble(name));
  }

  private needNoBackup(otherwise: string): void {
    if (this.troubled().length > 0) throw new BackupError('backup-needed', otherwise);
  }

  private inTrouble(name: string): boolean {
    const state = this.checked.get(name)?.state;
    return state === 'lost' || state === 'damaged';
  }

  /** Carries out what ends a trouble, writes the sentinel accordingly, and checks anew. */
  private async settle<Result extends Settled | undefined>(
    name: string,
    body: () => Promise<Result>,
  ): Promise<Result> {
    const settled = await this.setup.tabs.exclusive(`memory/${name}`, async () => {
      const result = await body();
      await this.settled(name, result);
      return result;
    });
    await this.check(name, (survey) => survey.audit(name));
    this.changed();
    return settled;
  }

  /** Under the lock of the memory. */
  private async settled(name: string, settled: Settled | undefined): Promise<void> {
    const record = settled?.record;
    if (settled) await this.logs.committed(settled.record, settled.fresh, 'strict');
    await this.decide([name], 'accept').catch(this.setup.trouble);
    this.unvouched.delete(name);
    this.logs.forget(name);
    await this.logs.remove(name, record?.incarnation);
    this.setup.tabs.announce(name, record ?? null);
  }

  private decide(names: readonly string[], decision: Decision): Promise<void> {
    return this.sentinel.rewrite(new Map(names.map((name) => [name, decision])));
  }

  private need<Part>(part: Part | null): Part {
    if (part) return part;
    throw new BackupError(
      'backup-unavailable',
      'This page may keep no files beside its database (it was opened from file://, without TLS, or in a private window), so there are no backups. Export the memory to a file instead.',
    );
  }
}
