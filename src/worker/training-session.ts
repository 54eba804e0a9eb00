/**
 * Training as the page drives it: start, pause between steps, resume, stop at once, and go on from a
 * checkpoint. One run at a time; every whole step is reported and saved before the next begins, so
 * that a reload, a crash or a stop loses at most the step under way.
 */
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { AdapterNorm } from '../engine/language-model';
import { checkBase } from '../engine/model/base-fingerprint';
import type { EngineModel } from '../engine/model/engine-model';
import type { TrainingMetrics } from '../rl/metrics';
import { checkConfig, type GrpoConfig, PRESETS } from '../rl/presets';
import { GrpoTrainer, TrainingAbortedError, type TrainingStep } from '../rl/trainer';
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
  readonly model: EngineModel;
  readonly trainer: GrpoTrainer;
  readonly metrics: TrainingMetrics[];
  /** Whether the store may still hold checkpoints of another run. */
  othersKept: boolean;
}

export class TrainingSession {
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
      const trainer = new GrpoTrainer({
        policy: this.models.policyOf(model),
        config,
        episode: BUNDLED_EPISODE_CONFIG,
        memories: this.memories,
        sampleTask: (seed) => sampleTask(seed, 'train'),
        seed: settings.seed,
        runId: 'training',
      });
      if (saved) {
        const { nextStep, adapter } = saved;
        trainer.importState({ seed: settings.seed, config, nextStep, adapter });
      }
      const metrics = [...(saved?.metrics ?? [])];
      const id = saved?.runId ?? newRunId();
      return { id, settings, config, model, trainer, metrics, othersKept: saved === null };
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  private async run(run: Run): Promise<void> {
    const { trainer } = run;
    const abort = new AbortController();
    this.abort = abort;
    try {
      while (!trainer.finished) {
        if (this.pauseWanted) await this.waitPaused(abort.signal);
        if (abort.signal.aborted) throw new TrainingAbortedError();
        const step = trainer.nextStep + 1;
        const result = await trainer.trainStep({
          signal: abort.signal,
          onPhase: (phase, done, total) => this.tell({ kind: 'training-phase', step, phase, done, total }),
        });
        await this.report(run, result);
      }
      this.enter({ kind: 'finished' });
    } catch (error) {
      const stopped = error instanceof TrainingAbortedError || abort.signal.aborted;
      this.enter(stopped ? { kind: 'stopped' } : { kind: 'failed', error: toLabError(error) });
    } finally {
      this.abort = null;
    }
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
    run.metrics.push(step.metrics);
    const norms = await run.model.adapterNorms();
    const trouble = await this.save(run, norms);
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
  private async save(run: Run, norms: readonly AdapterNorm[]): Promise<LabError | null> {
    const store = this.memories.checkpoints;
    if (!store) return null;
    const trouble = await this.forgetOthers(run);
    if (trouble) return trouble;
    const { id: runId, settings, config, metrics, trainer } = run;
    // Not in the try: a device that is lost here ends the run.
    const { adapter, nextStep } = await trainer.exportState();
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
