/**
 * Training as the page drives it: start, pause between steps, resume, stop at once, and go on from a
 * checkpoint. One run at a time; every whole step is reported and saved before the next begins, so
 * that a reload, a crash or a stop loses at most the step under way.
 *
 * A GPU may go away at any moment (driver reset, a laptop that slept, a browser that wants its memory). The
 * state after the last whole step is kept on the host; with it the run moves to a new device and takes the
 * step again. Since a step draws from its number and the seed alone, it is the step that was lost.
 */
import type { Backend } from '../engine/backend';
import { DeviceLostError } from '../engine/errors';
import type { AdapterNorm, AdapterState } from '../engine/language-model';
import { checkBase } from '../engine/model/base-fingerprint';
import type { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig } from '../engine/model/model-config';
import { checkConfig, type GrpoConfig } from '../rl/presets';
import { GrpoTrainer, type TrainerState, TrainingAbortedError, type TrainingStep } from '../rl/trainer';
import { StorageFullError } from '../storage/errors';
import { evaluateHeldOut, heldOutDue } from './held-out';
import { toLabError } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import { type DrawnFrom, MADE_UP, type RunTasks } from './own/task-source';
import type { LabError, News, TrainingSettings, TrainingState } from './protocol';
import { type SavedRun, saveRun } from './run-checkpoint';
import { configOf, firstGroup, KEPT_PAST, newRunId, type Run } from './run-parts';
import { noRoomForRun } from './runs/no-room';
import type { UndoneStep } from './training-protocol';
import { DRAWS_FREELY, deviceReplaced, memoryShort } from './training-troubles';
import { stateBefore } from './undo-step';

/** The adapter trained last, as of its last whole step, on the host. Another object after each step. */
export interface Kept {
  readonly lora: LoraConfig;
  readonly seed: number;
  /** Null: as it begins. */
  readonly adapter: AdapterState | null;
}

/** Devices lost without a whole step between them, after which a run gives up. */
const MOST_LOSSES = 3;

export class TrainingSession {
  private kept: Kept | null = null;
  private state: TrainingState = { kind: 'idle' };
  private settings: TrainingSettings | null = null;
  private id: string | null = null;
  /** The run started last, in this page's life. */
  private current: Run | null = null;
  /** The run that was restored, until one is started. */
  private restored: SavedRun | null = null;
  /** One step, then a pause. */
  private once = false;
  private abort: AbortController | null = null;
  private pauseWanted = false;
  private resume: (() => void) | null = null;
  private over: Promise<void> = Promise.resolve();

  constructor(
    private readonly models: LabModels,
    private readonly memories: LabMemories,
    private readonly tell: (news: News) => void,
    /** Opens a device in place of one that went away. Default: none comes back. */
    private readonly reopen: (() => Promise<Backend>) | null = null,
    /** Where its tasks come from. Default: people, made up. */
    private readonly tasks: (settings: DrawnFrom) => Promise<RunTasks> = async () => MADE_UP,
  ) {}

  /** True while the model is the trainer's: between calls, model calls are refused. */
  get running(): boolean {
    return this.state.kind === 'running';
  }

  /** The set and seed whose tasks the adapter trained last was trained on; empty: made-up ones. Null: there is none. */
  get trainedOn(): string | null {
    const settings = this.current?.settings ?? this.restored?.settings;
    return settings ? (settings.taskSet ?? '') : null;
  }

  get trained(): Kept | null {
    return this.kept;
  }

  /** A run is under way, in the middle of a step or between two. */
  get active(): boolean {
    return this.state.kind === 'running' || this.state.kind === 'paused';
  }

  /** Of the run started or restored last; null before. */
  get runId(): string | null {
    return this.id;
  }

  /** Another run takes the place of the one on view. Throws as `restore`, with everything as it was. */
  async open(saved: SavedRun): Promise<void> {
    await this.restore(saved);
    await this.stop();
    this.state = { kind: 'idle' };
    this.settings = saved.settings;
  }

  /** Lets go of its run, which is kept as its last checkpoint has it: another model acts. */
  async leave(): Promise<void> {
    await this.stop();
    this.kept = null;
    this.current = null;
    this.restored = null;
    this.id = null;
    this.settings = null;
    this.state = { kind: 'idle' };
  }

  /** Makes the adapter of a saved run usable. Throws `BaseMismatchError` or `TrainingStateError` if it is of another model. */
  async restore(saved: SavedRun): Promise<void> {
    const { runId, config, settings, adapter } = saved;
    this.checkBase(saved);
    const model = await this.models.withNewAdapter(config.lora, settings.seed);
    try {
      model.importAdapter(adapter);
    } catch (error) {
      model.dispose();
      throw error;
    }
    this.models.adopt(model);
    this.id = runId;
    this.current = null;
    this.restored = saved;
    this.kept = { lora: config.lora, seed: settings.seed, adapter };
  }

  /**
   * After the device went away: opens another and puts base, shipped adapter and the adapter trained last on
   * it, as of its last whole step. @returns the model of the last; null if nothing was trained
   * @throws what was given, if no device comes back
   */
  async recover(lost: DeviceLostError): Promise<EngineModel | null> {
    if (!this.reopen) throw lost;
    const backend = await this.reopen();
    try {
      await this.models.moveTo(backend);
    } catch (error) {
      if (backend !== this.models.backend) backend.dispose();
      throw error;
    }
    if (!this.kept) return null;
    const { lora, seed, adapter } = this.kept;
    const model = await this.models.withNewAdapter(lora, seed);
    if (adapter) model.importAdapter(adapter);
    this.models.adopt(model);
    return model;
  }

  /**
   * Starts a run, or goes on with a saved one with the configuration it was begun with; a run that is still
   * going is left for it as its last checkpoint has it. Resolves when training has begun. Throws
   * `TrainingConfigError`, `TrainingStateError`, `DeviceMemoryError` with everything as it was.
   * @param once one step, then a pause
   */
  async start(settings: TrainingSettings, saved: SavedRun | null, once = false): Promise<void> {
    const run = await this.prepare(settings, saved);
    await this.stop();
    this.models.adopt(run.model);
    const { constrained, topP } = this.models.active.setup;
    if (constrained || topP < 1) this.tell({ kind: 'trouble', error: DRAWS_FREELY, fatal: false });
    this.keep(run);
    this.settings = settings;
    this.id = run.id;
    this.current = run;
    this.restored = null;
    this.pauseWanted = false;
    this.once = once;
    this.enter(this.runs);
    this.over = this.run(run);
  }

  /** After the running step; `resumeTraining` takes it back. */
  pause(): void {
    if (this.state.kind !== 'running' || this.pauseWanted) return;
    this.pauseWanted = true;
    this.enter({ kind: 'running', pausing: true });
  }

  /** @param once one step, then a pause again */
  continue(once = false): void {
    const wanted = this.pauseWanted || this.once !== once;
    this.pauseWanted = false;
    this.once = once;
    if (this.resume) this.resume();
    else if (wanted && this.state.kind === 'running') this.enter(this.runs);
  }

  /** Gives up the step under way; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.abort?.abort();
    this.resume?.();
    await this.over;
  }

  /** An adapter of other weights fits the shapes, and says nonsense. */
  private checkBase({ base: fingerprint, baseName: name }: SavedRun): void {
    checkBase('The saved training run', { name, fingerprint }, this.models.base());
  }

  private async prepare(settings: TrainingSettings, saved: SavedRun | null): Promise<Run> {
    if (saved) this.checkBase(saved);
    const config = saved?.config ?? configOf(settings, this.models);
    checkConfig(config);
    // No part of a first visit; loaded before a step is made, which could not be kept without it.
    const written = this.memories.checkpoints ? await import('./runs/trajectories') : null;
    const tasks = await this.tasks(settings);
    const model = await this.models.withNewAdapter(config.lora, settings.seed);
    try {
      const state = saved && {
        seed: settings.seed,
        config,
        nextStep: saved.nextStep,
        adapter: saved.adapter,
      };
      const trainer = this.trainerOf(model, config, settings.seed, tasks);
      if (state) trainer.importState(state);
      const metrics = [...(saved?.metrics ?? [])];
      const id = saved?.runId ?? newRunId();
      const heldOut = [...(saved?.heldOut ?? [])];
      const begun = saved ? saved.begun : Date.now();
      const rolloutBytes = [...(saved?.rolloutBytes ?? [])];
      const kept = { begun, rolloutBytes, written, unwritten: [] };
      return { id, settings, config, tasks, model, trainer, metrics, heldOut, state, past: [], ...kept };
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  private trainerOf(model: EngineModel, config: GrpoConfig, seed: number, tasks: RunTasks): GrpoTrainer {
    return new GrpoTrainer({
      policy: this.models.policyOf(model),
      config,
      episode: this.models.play.episode,
      memories: this.memories.rollouts,
      sampleTask: tasks.sample,
      seed,
      runId: 'training',
      batchRollouts: this.models.play.batchRollouts,
    });
  }

  private async run(run: Run): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    let losses = 0;
    try {
      while (!run.trainer.finished) {
        if (this.pauseWanted) await this.waitPaused(abort.signal);
        if (abort.signal.aborted) throw new TrainingAbortedError();
        const step = run.trainer.nextStep + 1;
        const { microBatchTokens } = run.model;
        try {
          if (step === 1 && run.heldOut.length === 0) await this.evaluate(run, abort.signal);
          if (abort.signal.aborted) throw new TrainingAbortedError();
          const result = await run.trainer.trainStep({
            signal: abort.signal,
            onPhase: (phase, done, total) => this.tell({ kind: 'training-phase', step, phase, done, total }),
          });
          const { microBatchTokens: now } = run.model;
          if (now !== microBatchTokens) {
            const error = memoryShort(step, microBatchTokens, now);
            this.tell({ kind: 'trouble', error, fatal: false });
          }
          await this.evaluate(run, abort.signal);
          await this.report(run, result);
          losses = 0;
          if (this.once) this.pauseWanted = true;
          this.once = false;
        } catch (error) {
          let lost = lostDevice(error);
          if (!lost) throw error;
          // The device that is moved to can go away too, before a step is taken on it.
          while (lost) {
            if (abort.signal.aborted || ++losses > MOST_LOSSES) throw lost;
            lost = await this.movedOn(run, step, lost);
          }
        }
      }
      this.enter({ kind: 'finished' });
    } catch (error) {
      const stopped = error instanceof TrainingAbortedError || abort.signal.aborted;
      this.enter(stopped ? { kind: 'stopped' } : { kind: 'failed', error: toLabError(error) });
    } finally {
      this.abort = null;
    }
  }

  /** `moveOn`; the loss of the device that was moved to, if it went away as well. Null: moved. */
  private async movedOn(run: Run, step: number, lost: DeviceLostError): Promise<DeviceLostError | null> {
    try {
      await this.moveOn(run, step, lost);
      return null;
    } catch (error) {
      const again = lostDevice(error);
      // Where no device can be opened, the first loss comes back.
      if (!again || again === lost) throw error;
      return again;
    }
  }

  /** Puts the run on a new device, as of its last whole step. */
  private async moveOn(run: Run, step: number, lost: DeviceLostError): Promise<void> {
    const { config, settings, state, tasks } = run;
    const before = this.models.backend.info.device;
    // There is a model: the run's own was kept when it began.
    run.model = (await this.recover(lost)) as EngineModel;
    run.trainer = this.trainerOf(run.model, config, settings.seed, tasks);
    if (state) run.trainer.importState(state);
    const { device } = this.models.backend.info;
    this.tell({ kind: 'trouble', fatal: false, error: deviceReplaced(step, before, device) });
  }

  /**
   * Takes back the last update of the run on view. @throws LabRefusal `nothing-to-undo`; with everything as it was
   */
  async undo(): Promise<UndoneStep> {
    const { run, before } = await stateBefore(
      this.current ?? (await this.revived()),
      this.models,
      this.memories.checkpoints,
    );
    run.trainer.importState(before);
    run.past = run.past.slice(0, -1);
    run.state = before;
    run.metrics.length = before.nextStep;
    run.rolloutBytes.length = before.nextStep;
    run.unwritten = [
      ...run.unwritten.filter(({ step, packed }) => packed === null || step <= before.nextStep),
      { step: before.nextStep + 1, packed: null },
    ];
    const known = run.heldOut.filter(({ step }) => step <= before.nextStep);
    run.heldOut.splice(0, run.heldOut.length, ...known);
    this.keep(run);
    const norms = await run.model.adapterNorms();
    const trouble = await this.save(run, before, norms);
    if (trouble) this.tell({ kind: 'trouble', error: trouble, fatal: false });
    if (this.state.kind !== 'paused') this.enter({ kind: 'stopped' });
    return {
      steps: before.nextStep,
      norms,
      heldOut: known,
      saved: trouble === null && this.memories.checkpoints !== null,
      savedAt: Date.now(),
    };
  }

  /** The restored run as one that can be changed; null if there is none. */
  private async revived(): Promise<Run | null> {
    const { restored } = this;
    if (!restored || restored.nextStep === 0) return null;
    const run = await this.prepare(restored.settings, restored);
    this.models.adopt(run.model);
    this.settings = run.settings;
    this.current = run;
    return run;
  }

  /** Held-out tasks, where they are due; a stop in the middle leaves them out. */
  private async evaluate(run: Run, signal: AbortSignal): Promise<void> {
    const { trainer, settings, config, model, tasks } = run;
    const step = trainer.nextStep;
    if (!heldOutDue(settings.evaluateEvery ?? 0, step, config.steps)) return;
    const found = await evaluateHeldOut({
      policy: this.models.policyOf(model),
      config,
      episode: this.models.play.episode,
      batchRollouts: this.models.play.batchRollouts,
      // Of their own: memories of the group on view stay to be looked at.
      memories: this.memories,
      tasks: tasks.heldOut,
      family: tasks.family,
      step,
      signal,
      onProgress: (done, total) =>
        this.tell({ kind: 'training-phase', step: Math.max(1, step), phase: 'evaluation', done, total }),
    });
    if (!found) return;
    run.heldOut.push(found);
    if (step === 0) this.tell({ kind: 'training-held-out', heldOut: found });
  }

  private get runs(): TrainingState {
    return this.once ? { kind: 'running', pausing: true } : { kind: 'running' };
  }

  private keep({ config, settings, state }: Run): void {
    this.kept = { lora: config.lora, seed: settings.seed, adapter: state?.adapter ?? null };
  }

  private async waitPaused(signal: AbortSignal): Promise<void> {
    this.enter({ kind: 'paused' });
    await new Promise<void>((resolve) => {
      this.resume = resolve;
    });
    this.resume = null;
    if (!signal.aborted) this.enter(this.runs);
  }

  private async report(run: Run, step: TrainingStep): Promise<void> {
    // Read before anything is noted: a device lost here costs the step, and it is taken again.
    const state = await run.trainer.exportState();
    const norms = await run.model.adapterNorms();
    run.past = [...run.past, run.state].slice(-KEPT_PAST);
    run.state = state;
    run.metrics.push(step.metrics);
    this.noteRollouts(run, step);
    this.keep(run);
    const trouble = await this.save(run, state, norms);
    if (trouble) this.tell({ kind: 'trouble', error: trouble, fatal: false });
    this.tell({
      kind: 'training-step',
      metrics: step.metrics,
      norms,
      heldOut: run.heldOut.at(-1)?.step === state.nextStep ? (run.heldOut.at(-1) ?? null) : null,
      group: firstGroup(run, step),
      saved: trouble === null && this.memories.checkpoints !== null,
    });
  }

  /** What went wrong, or null; a run goes on without its checkpoint. */
  private async save(
    run: Run,
    { adapter, nextStep }: TrainerState,
    norms: readonly AdapterNorm[],
  ): Promise<LabError | null> {
    const store = this.memories.checkpoints;
    if (!store) return null;
    const { id: runId, settings, config, metrics, heldOut, begun, rolloutBytes, unwritten } = run;
    const { fingerprint: base, name: baseName } = this.models.base();
    const state = { runId, base, baseName, settings, config, nextStep, adapter, metrics, norms, heldOut };
    try {
      await saveRun(store, { ...state, begun, rolloutBytes }, unwritten);
      run.unwritten = [];
      return null;
    } catch (error) {
      if (!(error instanceof StorageFullError)) return toLabError(error);
      // What takes the room is read from the disk that has just refused: where it cannot be told, the run goes on too.
      return noRoomForRun(error, store).catch(() => toLabError(error));
    }
  }

  private noteRollouts(run: Run, step: TrainingStep): void {
    if (!run.written) return;
    const at = step.metrics.step;
    const packed = run.written.pack(run.written.trajectoryLines(step, this.models.texts));
    run.rolloutBytes[at - 1] = packed.length;
    run.unwritten = [...run.unwritten.filter((other) => other.step !== at), { step: at, packed }];
  }

  private enter(state: TrainingState): void {
    this.state = state;
    this.tell({ kind: 'training-state', state, settings: this.settings });
  }
}

/** The loss of a device behind an error: rollouts wrap what ended them. */
export function lostDevice(error: unknown): DeviceLostError | null {
  if (error instanceof DeviceLostError) return error;
  return error instanceof Error && error.cause !== undefined ? lostDevice(error.cause) : null;
}
