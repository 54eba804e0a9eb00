/**
 * Training as the page drives it: start, pause between steps, resume, stop at once, and go on from a
 * checkpoint. One run at a time; every whole step is reported and saved before the next begins, so
 * that a reload, a crash or a stop loses at most the step under way.
 *
 * A GPU may go away at any moment (driver reset, a laptop that slept, a browser that wants its memory). The
 * state after the last whole step is kept on the host; with it the run moves to a new device and takes the
 * step again. Since a step draws from its number and the seed alone, it is the step that was lost.
 */
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { Backend } from '../engine/backend';
import { DeviceLostError } from '../engine/errors';
import type { AdapterNorm, AdapterState } from '../engine/language-model';
import { checkBase } from '../engine/model/base-fingerprint';
import type { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig } from '../engine/model/model-config';
import type { TrainingMetrics } from '../rl/metrics';
import { checkConfig, type GrpoConfig, PRESETS } from '../rl/presets';
import { GrpoTrainer, type TrainerState, TrainingAbortedError, type TrainingStep } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import { toLabError } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import type { GroupRun, LabError, News, TrainingSettings, TrainingState } from './protocol';
import { discardRun, type SavedRun, saveRun } from './run-checkpoint';

export function configOf(settings: TrainingSettings): GrpoConfig {
  const base = PRESETS[settings.preset].config;
  return {
    ...base,
    steps: settings.steps,
    tasksPerStep: settings.tasksPerStep,
    groupSize: settings.groupSize,
    lr: settings.lr,
    advantage: { ...base.advantage, mode: settings.advantageMode },
    reward: settings.reward,
  };
}

/** A run that was started, or went on. */
interface Run {
  readonly id: string;
  readonly settings: TrainingSettings;
  readonly config: GrpoConfig;
  model: EngineModel;
  trainer: GrpoTrainer;
  readonly metrics: TrainingMetrics[];
  /** After the last whole step; null before the first of a new run, whose state follows from the seed. */
  state: TrainerState | null;
  /** Whether the store may still hold checkpoints of another run. */
  othersKept: boolean;
}

/** The adapter trained last, as of its last whole step, on the host. */
interface Kept {
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
  ) {}

  /** True while the model is the trainer's: between calls, model calls are refused. */
  get running(): boolean {
    return this.state.kind === 'running';
  }

  /** Of the run started or restored last; null before. */
  get runId(): string | null {
    return this.id;
  }

  /** Makes the adapter of a saved run usable. Throws `BaseMismatchError` or `TrainingStateError` if it is of another model. */
  async restore({ runId, base, config, settings, adapter }: SavedRun): Promise<void> {
    this.checkBase(base);
    const model = await this.models.withNewAdapter(config.lora, settings.seed);
    try {
      model.importAdapter(adapter);
    } catch (error) {
      model.dispose();
      throw error;
    }
    this.models.adopt(model);
    this.id = runId;
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
   * going is given up for it, and so is what is saved of another. Resolves when training has begun. Throws
   * `TrainingConfigError`, `TrainingStateError`, `DeviceMemoryError` with everything as it was.
   */
  async start(settings: TrainingSettings, saved: SavedRun | null): Promise<void> {
    const run = await this.prepare(settings, saved);
    await this.stop();
    this.models.adopt(run.model);
    this.keep(run);
    this.settings = settings;
    this.id = run.id;
    this.pauseWanted = false;
    const trouble = await this.forgetOthers(run);
    if (trouble) this.tell({ kind: 'trouble', error: trouble, fatal: false });
    this.enter({ kind: 'running' });
    this.over = this.run(run);
  }

  /** After the running step; `resumeTraining` takes it back. */
  pause(): void {
    if (this.state.kind !== 'running' || this.pauseWanted) return;
    this.pauseWanted = true;
    this.enter({ kind: 'running', pausing: true });
  }

  continue(): void {
    const wanted = this.pauseWanted;
    this.pauseWanted = false;
    if (this.resume) this.resume();
    else if (wanted && this.state.kind === 'running') this.enter({ kind: 'running' });
  }

  /** Gives up the step under way; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.abort?.abort();
    this.resume?.();
    await this.over;
  }

  /** An adapter of other weights fits the shapes, and says nonsense. */
  private checkBase(fingerprint: string | null): void {
    checkBase('The saved training run', { name: null, fingerprint }, this.models.base());
  }

  private async prepare(settings: TrainingSettings, saved: SavedRun | null): Promise<Run> {
    if (saved) this.checkBase(saved.base);
    const config = saved?.config ?? configOf(settings);
    checkConfig(config);
    const model = await this.models.withNewAdapter(config.lora, settings.seed);
    try {
      const state = saved && {
        seed: settings.seed,
        config,
        nextStep: saved.nextStep,
        adapter: saved.adapter,
      };
      const trainer = this.trainerOf(model, config, settings.seed);
      if (state) trainer.importState(state);
      const metrics = [...(saved?.metrics ?? [])];
      const id = saved?.runId ?? newRunId();
      return { id, settings, config, model, trainer, metrics, state, othersKept: saved === null };
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  private trainerOf(model: EngineModel, config: GrpoConfig, seed: number): GrpoTrainer {
    return new GrpoTrainer({
      policy: this.models.policyOf(model),
      config,
      episode: BUNDLED_EPISODE_CONFIG,
      memories: this.memories.rollouts,
      sampleTask: (task) => sampleTask(task, 'train'),
      seed,
      runId: 'training',
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
          const result = await run.trainer.trainStep({
            signal: abort.signal,
            onPhase: (phase, done, total) => this.tell({ kind: 'training-phase', step, phase, done, total }),
          });
          this.tellOfShortMemory(step, microBatchTokens, run.model.microBatchTokens);
          await this.report(run, result);
          losses = 0;
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
    const { config, settings, state } = run;
    const before = this.models.backend.info.device;
    // There is a model: the run's own was kept when it began.
    run.model = (await this.recover(lost)) as EngineModel;
    run.trainer = this.trainerOf(run.model, config, settings.seed);
    if (state) run.trainer.importState(state);
    const { device } = this.models.backend.info;
    this.tell({
      kind: 'trouble',
      fatal: false,
      error: {
        code: 'device-replaced',
        message:
          `The device (${before}) went away during step ${step}. Training goes on on ${device === before ? 'a new one' : device}` +
          ` from the end of step ${step - 1}; step ${step} is taken again with the same numbers.`,
        whatToDo:
          'Nothing. If it happens again, close other tabs that use the GPU, or open the page with ?backend=wasm.',
      },
    });
  }

  private tellOfShortMemory(step: number, before: number, now: number): void {
    if (now === before) return;
    this.tell({
      kind: 'trouble',
      fatal: false,
      error: {
        code: 'memory-short',
        message:
          `Memory did not suffice for the update of step ${step} with ${before} tokens at a time; it was taken, and the` +
          ` next ones are, with ${now}. The numbers are the same but for rounding; it is a little slower.`,
        whatToDo: 'Nothing. Closing other tabs, or training with fewer tasks or rollouts, makes room.',
      },
    });
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
    if (!signal.aborted) this.enter({ kind: 'running' });
  }

  private async report(run: Run, step: TrainingStep): Promise<void> {
    // Read before anything is noted: a device lost here costs the step, and it is taken again.
    const state = await run.trainer.exportState();
    const norms = await run.model.adapterNorms();
    run.state = state;
    run.metrics.push(step.metrics);
    this.keep(run);
    const trouble = await this.save(run, state, norms);
    if (trouble) this.tell({ kind: 'trouble', error: trouble, fatal: false });
    this.tell({
      kind: 'training-step',
      metrics: step.metrics,
      norms,
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
    const trouble = await this.forgetOthers(run);
    if (trouble) return trouble;
    const { id: runId, settings, config, metrics } = run;
    try {
      const { fingerprint: base } = this.models.base();
      await saveRun(store, { runId, base, settings, config, nextStep, adapter, metrics, norms });
      return null;
    } catch (error) {
      return toLabError(error);
    }
  }

  /** Two runs are never kept side by side: a damaged checkpoint would bring the other one back. */
  private async forgetOthers(run: Run): Promise<LabError | null> {
    const store = this.memories.checkpoints;
    if (!store || !run.othersKept) return null;
    try {
      await discardRun(store);
      run.othersKept = false;
      return null;
    } catch (error) {
      return toLabError(error);
    }
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

function firstGroup({ settings, config }: Run, step: TrainingStep): GroupRun {
  const mine = step.rollouts.flatMap((rollout, i) => (rollout.group === 0 ? [{ rollout, i }] : []));
  return {
    task: mine[0].rollout.task,
    adapter: 'trained',
    rollouts: mine.map(({ rollout, i }) => ({
      k: rollout.k,
      log: rollout.log,
      reward: rollout.reward,
      advantage: step.advantages.rollouts[i],
      stepAdvantages: step.advantages.steps[i],
    })),
    statistics: step.advantages.groups[0],
    options: config.advantage,
    origin: `training step ${step.metrics.step}, task 1 of ${settings.tasksPerStep}`,
  };
}

/** 128 bits in hexadecimal; `crypto.randomUUID` is missing on pages without TLS. */
function newRunId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
