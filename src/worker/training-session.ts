/**
 * Training as the page drives it: start, pause between steps, resume, stop at once, and go on from a
 * checkpoint. One run at a time; every whole step is reported and saved before the next begins, so
 * that a reload, a crash or a stop loses at most the step under way.
 */
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { AdapterNorm } from '../engine/language-model';
import type { TrainingMetrics } from '../rl/metrics';
import { checkConfig, type GrpoConfig, PRESETS } from '../rl/presets';
import { GrpoTrainer, TrainingAbortedError, type TrainingStep } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import { toLabError } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import type { GroupRun, LabError, News, TrainingSettings, TrainingState } from './protocol';
import { type SavedRun, saveRun } from './run-checkpoint';

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

export class TrainingSession {
  private state: TrainingState = { kind: 'idle' };
  private settings: TrainingSettings | null = null;
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

  /**
   * Gives up a run that is still going, then starts one; resolves when training has begun. Throws
   * `TrainingConfigError` with everything as it was.
   */
  async start(settings: TrainingSettings, saved: SavedRun | null): Promise<void> {
    const config = configOf(settings);
    checkConfig(config);
    await this.stop();
    const policy = await this.models.renewTrained(config.lora, settings.seed);
    const trainer = new GrpoTrainer({
      policy,
      config,
      episode: BUNDLED_EPISODE_CONFIG,
      memories: this.memories,
      sampleTask: (seed) => sampleTask(seed, 'train'),
      seed: settings.seed,
      runId: 'training',
    });
    const metrics: TrainingMetrics[] = [];
    if (saved) {
      trainer.importState({ seed: settings.seed, config, nextStep: saved.nextStep, adapter: saved.adapter });
      metrics.push(...saved.metrics);
    }
    this.settings = settings;
    this.pauseWanted = false;
    this.enter({ kind: 'running' });
    this.over = this.run(trainer, metrics);
  }

  pause(): void {
    if (this.state.kind === 'running') this.pauseWanted = true;
  }

  continue(): void {
    this.pauseWanted = false;
    this.resume?.();
  }

  /** Gives up the step under way; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.abort?.abort();
    this.resume?.();
    await this.over;
  }

  private async run(trainer: GrpoTrainer, metrics: TrainingMetrics[]): Promise<void> {
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
        await this.report(trainer, result, metrics);
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

  private async report(trainer: GrpoTrainer, step: TrainingStep, metrics: TrainingMetrics[]): Promise<void> {
    metrics.push(step.metrics);
    const norms = await this.models.policy('trained').model.adapterNorms();
    const trouble = await this.save(trainer, metrics, norms);
    if (trouble) this.tell({ kind: 'trouble', error: trouble, fatal: false });
    this.tell({
      kind: 'training-step',
      metrics: step.metrics,
      norms,
      group: this.firstGroup(step),
      saved: trouble === null && this.memories.checkpoints !== null,
    });
  }

  /** What went wrong, or null; a run goes on without its checkpoint. */
  private async save(
    trainer: GrpoTrainer,
    metrics: readonly TrainingMetrics[],
    norms: readonly AdapterNorm[],
  ): Promise<LabError | null> {
    const store = this.memories.checkpoints;
    if (!store || !this.settings) return null;
    try {
      const { adapter, nextStep } = await trainer.exportState();
      await saveRun(store, { settings: this.settings, nextStep, adapter, metrics, norms });
      return null;
    } catch (error) {
      return toLabError(error);
    }
  }

  private firstGroup(step: TrainingStep): GroupRun {
    const mine = step.rollouts.flatMap((rollout, i) => (rollout.group === 0 ? [{ rollout, i }] : []));
    const settings = this.settings;
    if (!settings) throw new Error('A step was reported without a run.');
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
      options: configOf(settings).advantage,
      origin: `training step ${step.metrics.step}, task 1 of ${settings.tasksPerStep}`,
    };
  }

  private enter(state: TrainingState): void {
    this.state = state;
    this.tell({ kind: 'training-state', state, settings: this.settings });
  }
}
