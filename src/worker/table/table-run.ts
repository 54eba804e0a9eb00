/**
 * A run of the table in the background: one seed of a cell after the other, each kept as soon as it is whole. It pauses
 * and goes on in the middle of a seed, and after a reload behind the last one that was kept. Other tabs with the same
 * table take other seeds. News come a few times a second at most.
 */
import type { Policy } from '../../agent/policy';
import type { DeviceLostError } from '../../engine/errors';
import type { EnvironmentId, MethodId } from '../../evidence/cell-lines';
import type { Embedder } from '../../memory/memory';
import { REFERENCE } from '../../rl/reproduce/cells';
import type { TableRows, TableSeedRow } from '../../storage/table-store';
import { LabRefusal, toLabError } from '../lab-errors';
import type { TableChoice, TableEnd, TableNews, TableProgress, TableState } from '../table-protocol';
import { lostDevice } from '../training-session';
import type { Turns } from '../turns';
import { timeLeft } from './estimate';
import { playsSomewhere, seen, untilFree, whileMine } from './locks';
import { playSeedInPieces } from './play-seed';
import type { Acting } from './players';
import { Breath, breathing, SlicedPolicy, type SliceGate, TableStoppedError } from './slices';

export interface RunRooms {
  readonly rows: TableRows;
  readonly turns: Turns;
  readonly embedder: Embedder;
  /** Who plays a method. @throws LabRefusal `not-playable` */
  readonly acting: (method: MethodId, choice: TableChoice) => Promise<Acting>;
  /** Opens a device in place of one that went away. @throws what was given, if none comes back */
  readonly recover: (lost: DeviceLostError) => Promise<void>;
  readonly tell: (news: TableNews) => void;
}

/** A seed of a cell. */
export interface Unit {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly seed: number;
}

/** A run from the call on that asked for it: also before its first seed. */
interface Running {
  readonly choice: TableChoice;
  readonly abort: AbortController;
  /** Who ended it, where somebody did. */
  by: TableEnd;
  /** Resolves when it plays no more, or did not begin. */
  over: Promise<void>;
}

/** Why a run ended before its end. */
type Ended =
  | Pick<Extract<TableState, { kind: 'stopped' }>, 'kind' | 'by'>
  | Pick<Extract<TableState, { kind: 'failed' }>, 'kind' | 'error'>;

/** Between two news of progress, milliseconds. */
const NEWS_MS = 200;
/** Devices lost without a whole seed between them, after which a run gives up. */
const MOST_LOSSES = 3;

export class TableRun {
  private current: TableState = { kind: 'idle' };
  /** The one asked for last, until it is over. */
  private mine: Running | null = null;
  /** Wakes a run that is paused; null: it is not. */
  private wake: (() => void) | null = null;
  private paused: Promise<void> | null = null;
  /** Lets other tabs have the seed under way. */
  private letGo: () => void = () => undefined;
  private told = 0;

  constructor(private readonly rooms: RunRooms) {}

  get state(): TableState {
    return this.current;
  }

  /** The choice of a run that begins, plays or is paused. */
  get playing(): TableChoice | null {
    return this.mine?.choice ?? null;
  }

  /**
   * Plays what is not kept yet; a run that plays or is about to is stopped first. Resolves when it has begun.
   * @throws LabRefusal `nothing-chosen`, `not-playable`, `busy`; StorageFullError
   */
  async start(choice: TableChoice): Promise<TableState> {
    // What plays is left to play.
    this.checkFree(choice);
    const before = this.stop('user');
    const run: Running = { choice, abort: new AbortController(), by: 'user', over: Promise.resolve() };
    // Before anything is waited for: whoever comes next finds it.
    this.mine = run;
    const begun = before.then(() => this.begin(run));
    run.over = begun
      .then(
        ({ played }) => played,
        () => undefined,
      )
      .finally(() => {
        if (this.mine === run) this.mine = null;
      });
    return begun.then(({ state }) => state);
  }

  /** Whoever has the model may be about to put another, or other weights, in its place. @throws LabRefusal `busy` */
  private checkFree({ reader }: TableChoice): void {
    if (reader === 'expert' || this.rooms.turns.free()) return;
    throw new LabRefusal(
      'busy',
      'Something else uses the model, and may be about to change it.',
      'Wait until it is done; let the table run by the experts meanwhile.',
    );
  }

  private async begin(run: Running): Promise<{ readonly state: TableState; readonly played: Promise<void> }> {
    const { choice } = run;
    const units = unitsOf(choice);
    if (units.length === 0 || choice.episodesPerSeed < 1) {
      throw new LabRefusal(
        'nothing-chosen',
        'Nothing was chosen to play.',
        'Choose a method, an environment and a seed.',
      );
    }
    this.checkFree(choice);
    const acting = new Map<MethodId, Acting>();
    for (const method of choice.methods) acting.set(method, await this.rooms.acting(method, choice));
    await this.rooms.rows.putRun({ choice, finished: false });
    const ledger = await Ledger.open(this.rooms.rows, units, acting);
    this.enter({ kind: 'running', waits: false, choice, progress: ledger.progress(null) });
    const { current: state } = this;
    return { state, played: seen(() => this.play(run, ledger, acting)) };
  }

  async pause(): Promise<TableState> {
    const { current } = this;
    if (current.kind === 'running') {
      this.paused = new Promise((resolve) => {
        this.wake = resolve;
      });
      const { choice, progress } = current;
      this.enter({ kind: 'paused', choice, progress });
      this.letGo();
      // The slice under way is asked for again then.
      await this.rooms.turns.clear();
    }
    return this.current;
  }

  async resume(): Promise<TableState> {
    const { current } = this;
    if (current.kind === 'paused') {
      const { choice, progress } = current;
      this.enter({ kind: 'running', waits: false, choice, progress });
      this.goOn();
    }
    return this.current;
  }

  /** Resolves when nothing plays any more. */
  async stop(by: TableEnd): Promise<TableState> {
    const { mine } = this;
    if (mine) {
      end(mine, by);
      this.goOn();
      await this.rooms.turns.clear();
      await mine.over;
    }
    return this.current;
  }

  /** As a run of an earlier visit is shown that was stopped, failed or cut off: it can be started again. */
  async interrupted(): Promise<void> {
    if (this.mine || this.current.kind !== 'idle') return;
    const last = await this.rooms.rows.run();
    if (!last || last.finished) return;
    const ended = last.ended as Ended | undefined;
    // Of another tab, then.
    if (!ended && (await playsSomewhere())) return;
    const choice = last.choice as TableChoice;
    const acting = new Map<MethodId, Acting>();
    try {
      for (const method of choice.methods) acting.set(method, await this.rooms.acting(method, choice));
    } catch {
      // Of a player who is not here now: there is nothing to go on with.
      return;
    }
    const ledger = await Ledger.open(this.rooms.rows, unitsOf(choice), acting);
    if (this.mine || this.current.kind !== 'idle') return;
    const why = ended ?? { kind: 'stopped', by: 'reload' };
    this.enter({ ...why, choice, progress: ledger.progress(null) });
  }

  /** What was played is gone. */
  reset(): void {
    this.enter({ kind: 'idle' });
  }

  private goOn(): void {
    this.wake?.();
    this.wake = null;
    this.paused = null;
  }

  private async play(run: Running, ledger: Ledger, acting: ReadonlyMap<MethodId, Acting>): Promise<void> {
    const { choice } = run;
    const { signal } = run.abort;
    const gate = new Gate(
      this.rooms,
      () => this.paused,
      signal,
      (waits) => this.waiting(waits),
    );
    const rooms = { gate, breath: new Breath(), policies: new Map<MethodId, Policy>() };
    try {
      let elsewhere: readonly Unit[] = [];
      let first = true;
      for (let open = ledger.missing(); open.length > 0; open = elsewhere) {
        // What another tab is playing is looked at once more when it is free.
        if (!first) await untilFree(nameOf(acting, open[0]), signal);
        first = false;
        const left: Unit[] = [];
        for (const unit of open) {
          signal.throwIfAborted();
          const letGo = new Promise<void>((resolve) => {
            this.letGo = resolve;
            if (this.paused) resolve();
          });
          const mine = await whileMine(
            nameOf(acting, unit),
            () => this.playUnit(unit, run, ledger, acting, rooms),
            letGo,
          );
          if (!mine) left.push(unit);
        }
        elsewhere = left;
      }
      await this.rooms.rows.putRun({ choice, finished: true });
      this.enter({ kind: 'finished', choice, progress: ledger.progress(null) });
    } catch (error) {
      const progress = ledger.progress(null);
      const ended: Ended = signal.aborted
        ? { kind: 'stopped', by: run.by }
        : { kind: 'failed', error: toLabError(error) };
      // Where there is no room for it, it is told as cut off after a reload.
      await this.rooms.rows.putRun({ choice, finished: false, ended }).catch(() => undefined);
      this.enter({ ...ended, choice, progress });
    }
  }

  private async playUnit(
    unit: Unit,
    run: Running,
    ledger: Ledger,
    actors: ReadonlyMap<MethodId, Acting>,
    rooms: {
      readonly gate: Gate;
      readonly breath: Breath;
      readonly policies: Map<MethodId, Policy>;
    },
  ): Promise<void> {
    const { signal } = run.abort;
    const acting = actors.get(unit.method) as Acting; // of every method of the choice
    // Another tab may have played it meanwhile.
    if (await ledger.found(unit)) return this.progressed(ledger.progress(null));
    const { gate, breath, policies } = rooms;
    const policy =
      policies.get(unit.method) ?? new SlicedPolicy(policyOf(acting, run), gate, breath, acting.most);
    policies.set(unit.method, policy);
    const begun = performance.now();
    gate.waited = 0;
    const { episodesPerSeed: episodes } = run.choice;
    const report = (finished: number) =>
      this.progressed(
        ledger.progress({ ...unit, finished, episodes }, performance.now() - begun - gate.waited),
      );
    report(0);
    const { values, ends } = await playSeedInPieces({
      ...unit,
      episodesPerSeed: episodes,
      acting,
      policy,
      embedder: breathing(this.rooms.embedder, breath),
      onEpisodes: report,
      signal,
    });
    const ms = performance.now() - begun - gate.waited;
    // Also where the last slice was the one under which something changed.
    endIfChanged(acting, run);
    const { identity, name, backend } = acting;
    await ledger.keep({ identity, ...unit, values, ends, policy: name, backend, ms, played: Date.now() });
    this.progressed(ledger.progress(null), true);
  }

  private waiting(waits: boolean): void {
    const { current } = this;
    if (current.kind !== 'running' || current.waits === waits) return;
    this.enter({ ...current, waits });
  }

  private progressed(progress: TableProgress, whole = false): void {
    const { current } = this;
    if (current.kind !== 'running' && current.kind !== 'paused') return;
    this.current = { ...current, progress };
    if (!whole && performance.now() - this.told < NEWS_MS) return;
    this.enter(this.current);
  }

  private enter(state: TableState): void {
    this.current = state;
    this.told = performance.now();
    this.rooms.tell({ kind: 'table', state });
  }
}

function end(run: Running, by: TableEnd): void {
  if (!run.abort.signal.aborted) run.by = by;
  run.abort.abort(new TableStoppedError());
}

/** What others play must not be kept under this name. @throws TableStoppedError; the run has ended then */
function endIfChanged(acting: Acting, run: Running): void {
  const by = acting.changed();
  if (by !== null) end(run, by);
  run.abort.signal.throwIfAborted();
}

/** The policy for the next slice, as long as it is the one the run began with. */
function policyOf(acting: Acting, run: Running): () => Policy {
  return () => {
    endIfChanged(acting, run);
    return acting.policy();
  };
}

export function referenceFirst(methods: readonly MethodId[]): readonly MethodId[] {
  return [...methods].sort((a, b) => Number(b === REFERENCE) - Number(a === REFERENCE));
}

/** Environments one after the other, in each the method first that the others are compared with. */
export function unitsOf({ methods, environments, seeds }: TableChoice): readonly Unit[] {
  return environments.flatMap((environment) =>
    referenceFirst(methods).flatMap((method) =>
      [...new Set(seeds)].map((seed) => ({ method, environment, seed })),
    ),
  );
}

function nameOf(acting: ReadonlyMap<MethodId, Acting>, { method, environment, seed }: Unit): string {
  return `${acting.get(method)?.identity}/${method}/${environment}/${seed}`;
}

/** What is kept of a choice, and what is missing. */
class Ledger {
  private constructor(
    private readonly rows: TableRows,
    private readonly units: readonly Unit[],
    private readonly acting: ReadonlyMap<MethodId, Acting>,
    private readonly kept: Map<string, TableSeedRow>,
  ) {}

  static async open(
    rows: TableRows,
    units: readonly Unit[],
    acting: ReadonlyMap<MethodId, Acting>,
  ): Promise<Ledger> {
    const ledger = new Ledger(rows, units, acting, new Map());
    for (const identity of new Set([...acting.values()].map((one) => one.identity))) {
      await ledger.look(identity);
    }
    return ledger;
  }

  missing(): readonly Unit[] {
    return this.units.filter((unit) => !this.kept.has(nameOf(this.acting, unit)));
  }

  /** Whether it is kept by now. */
  async found(unit: Unit): Promise<boolean> {
    await this.look(this.acting.get(unit.method)?.identity ?? '');
    return this.kept.has(nameOf(this.acting, unit));
  }

  /** On disk when it resolves. @throws StorageFullError */
  async keep(row: TableSeedRow): Promise<void> {
    await this.rows.put(row);
    this.kept.set(rowName(row), row);
  }

  progress(now: TableProgress['now'], spent = 0): TableProgress {
    const missing = this.missing();
    const left = timeLeft([...this.kept.values()], missing);
    return {
      done: this.units.length - missing.length,
      total: this.units.length,
      now,
      leftMs: left === null ? null : Math.max(0, left - spent),
    };
  }

  private async look(identity: string): Promise<void> {
    for (const row of await this.rows.seeds(identity)) this.kept.set(rowName(row), row);
  }
}

const rowName = ({ identity, method, environment, seed }: TableSeedRow) =>
  `${identity}/${method}/${environment}/${seed}`;

/** Turns of the run: none while it is paused, while a call has the model, or while training runs. */
class Gate implements SliceGate {
  /** Milliseconds of waiting since the seed began. */
  waited = 0;
  private losses = 0;

  constructor(
    private readonly rooms: Pick<RunRooms, 'turns' | 'recover'>,
    private readonly paused: () => Promise<void> | null,
    private readonly signal: AbortSignal,
    private readonly tell: (waits: boolean) => void,
  ) {}

  async ready(): Promise<void> {
    const from = performance.now();
    const long = setTimeout(() => this.tell(true), NEWS_MS);
    try {
      for (;;) {
        await this.paused();
        await this.rooms.turns.idle(this.signal);
        this.signal.throwIfAborted();
        if (this.paused() === null) return;
      }
    } finally {
      clearTimeout(long);
      this.tell(false);
      this.waited += performance.now() - from;
    }
  }

  async slice<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    return this.rooms.turns.take(async (signal) => {
      try {
        const result = await work(signal);
        this.losses = 0;
        return result;
      } catch (error) {
        const lost = lostDevice(error);
        if (!lost || this.signal.aborted || ++this.losses > MOST_LOSSES) throw error;
        // Within the slice: whoever waits for its end finds a device that works.
        await this.rooms.recover(lost);
        return null;
      }
    });
  }
}
