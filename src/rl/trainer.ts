/**
 * Step-wise GRPO on a LoRA adapter (AgeMem section 6): sample tasks, roll out K episodes of each, pay
 * them from their event logs, turn rewards into group advantages, broadcast those to every step, and
 * take one (or a few) clipped AdamW updates on the sampled tokens.
 *
 * A trainer holds no randomness of its own: step n of seed s draws the same tasks and tokens whenever
 * it runs, so its whole state is (config, seed, next step, adapter state) and a checkpoint is those.
 */
import type { EpisodeConfig } from '../agent/config';
import type { ToolName } from '../agent/events';
import { PassAbortedError } from '../engine/errors';
import type { AdapterState, LanguageModel, TokenSample } from '../engine/language-model';
import { addMetrics, batchTotals, summariseMetrics } from '../engine/training/grpo-loss';
import { scheduleFactor } from '../engine/training/schedules';
import type { EnginePolicy } from '../policies/engine-policy';
import type { Task } from '../tasks/task';
import { type Advantages, computeAdvantages } from './advantages';
import { rolloutMetrics, type TrainingMetrics } from './metrics';
import { checkConfig, type GrpoConfig } from './presets';
import {
  anchorKeys,
  collectForks,
  collectGroups,
  type MemoryProvider,
  type Rollout,
  RolloutsAbortedError,
} from './rollouts';
import { stepTaskSeeds } from './seeds';
import { WorkClock } from './work-clock';

export type TrainingPhase = 'rollouts' | 'update';

export interface TrainerOptions {
  /** With its adapter on; the same model with the adapter off is the reference policy. */
  readonly policy: EnginePolicy;
  readonly config: GrpoConfig;
  readonly episode: EpisodeConfig;
  readonly memories: MemoryProvider;
  /** The i-th training task of a seed. */
  readonly sampleTask: (seed: number) => Task;
  readonly seed: number;
  readonly runId: string;
  /** Tools the policy may not use. Default: none. */
  readonly refusedTools?: readonly ToolName[];
  /** How many rollouts act together in one batch; changes no number. Default 32. */
  readonly batchRollouts?: number;
}

export interface StepOptions {
  readonly signal?: AbortSignal;
  /** Rollouts done of how many, then rows of the update; a total of 0 is not known yet. */
  readonly onPhase?: (phase: TrainingPhase, done: number, total: number) => void;
}

export interface TrainingStep {
  readonly metrics: TrainingMetrics;
  readonly rollouts: readonly Rollout[];
  readonly advantages: Advantages;
}

/** All that a resumed run needs to go on with the same numbers. */
export interface TrainerState {
  readonly seed: number;
  readonly nextStep: number;
  readonly config: GrpoConfig;
  readonly adapter: AdapterState;
}

export class TrainingAbortedError extends Error {
  override readonly name = 'TrainingAbortedError';
  constructor() {
    super('Training was stopped before the step ended; the adapter is as it was before the step.');
  }
}

/** A state of another run: its next step would not be this trainer's. */
export class TrainerStateError extends Error {
  override readonly name = 'TrainerStateError';
}

/** A step sample with its place in the batch and the credit it gets. */
interface BatchRow {
  readonly sample: TokenSample;
  readonly sampled: readonly number[];
  readonly advantage: number;
  readonly mask: Uint8Array | null;
}

export class GrpoTrainer {
  private step = 0;

  constructor(private readonly options: TrainerOptions) {
    checkConfig(options.config);
  }

  /** Number of the next step, from 0. */
  get nextStep(): number {
    return this.step;
  }

  get finished(): boolean {
    return this.step >= this.options.config.steps;
  }

  async exportState(): Promise<TrainerState> {
    const { seed, config } = this.options;
    return { seed, config, nextStep: this.step, adapter: await this.model.exportAdapter() };
  }

  /**
   * Goes on from a state of this very run. Throws `TrainerStateError` for one with another seed or config,
   * the engine's `TrainingStateError` for one of another adapter; nothing is changed then.
   */
  importState(state: TrainerState): void {
    const { seed, config } = this.options;
    if (state.seed !== seed || JSON.stringify(state.config) !== JSON.stringify(config)) {
      throw new TrainerStateError(
        'This state is of a run with another seed or other settings; make the trainer with those it holds.',
      );
    }
    this.model.importAdapter(state.adapter);
    this.step = state.nextStep;
  }

  /**
   * One GRPO step, whole or not at all: whatever it throws, the adapter, the optimiser and the place are as
   * before, so the same step can be taken again. Throws `TrainingAbortedError` when the signal fires.
   */
  async trainStep(options: StepOptions = {}): Promise<TrainingStep> {
    const clock = new WorkClock();
    try {
      return await this.timedStep(clock, {
        ...options,
        onPhase: (...phase) => {
          clock.beat();
          options.onPhase?.(...phase);
        },
      });
    } finally {
      clock.stop();
    }
  }

  private async timedStep(clock: WorkClock, options: StepOptions): Promise<TrainingStep> {
    const { config, seed } = this.options;
    const seeds = stepTaskSeeds(seed, this.step, config.tasksPerStep);
    const rollouts = await this.rollOut(seeds, options);
    const played = clock.mark();
    const advantages = computeAdvantages(
      rollouts.map((r) => ({
        group: r.group,
        reward: r.reward.total,
        steps: r.steps.length,
        anchors: config.advantage.mode === 'two-level' ? anchorKeys(r.log) : undefined,
        pastSteps: r.pastSteps,
      })),
      config.advantage,
    );
    const rows = this.batchRows(rollouts, advantages);
    const lr = config.lr * scheduleFactor(config.schedule, this.step, config.steps);
    const update = await this.updated(rows, lr, options);
    this.step += 1;
    const ended = clock.mark();
    const { working, away } = clock.between(0, ended);
    return {
      rollouts,
      advantages,
      metrics: {
        ...rolloutMetrics(rollouts, advantages),
        ...update,
        step: this.step,
        learning_rate: lr,
        ms: working,
        'ms/rollouts': clock.between(0, played).working,
        'ms/away': away,
      },
    };
  }

  private get model(): LanguageModel {
    return this.options.policy.model;
  }

  private async rollOut(seeds: readonly number[], options: StepOptions): Promise<readonly Rollout[]> {
    const { config } = this.options;
    const tasks = seeds.map((s) => this.options.sampleTask(s));
    try {
      const collect = config.advantage.mode === 'fork' ? collectForks : collectGroups;
      return await collect(tasks, config.groupSize, seeds, {
        policy: this.options.policy,
        memories: this.options.memories,
        episode: this.options.episode,
        reward: { preset: config.reward, maintenance: config.maintenance },
        temperature: config.temperature,
        maxNewTokens: config.maxNewTokens,
        runId: `${this.options.runId}/s${this.step}`,
        adapter: 'trained',
        refusedTools: this.options.refusedTools,
        batchRollouts: this.options.batchRollouts,
        signal: options.signal,
        onProgress: (done, total) => options.onPhase?.('rollouts', done, total),
      });
    } catch (error) {
      throw error instanceof RolloutsAbortedError ? new TrainingAbortedError() : error;
    }
  }

  private batchRows(rollouts: readonly Rollout[], advantages: Advantages): readonly BatchRow[] {
    return rollouts.flatMap((rollout, k) =>
      rollout.steps.flatMap((step, t) => {
        if (this.options.config.trainedSteps === 'well-formed' && !step.wellFormed) return [];
        // The common past of a fork earns nothing, and would be there K times.
        if (t < (rollout.pastSteps ?? 0)) return [];
        return {
          sample: step,
          sampled: step.logprobs,
          advantage: advantages.steps[k][t],
          mask:
            this.options.config.maskTruncated && step.truncated
              ? new Uint8Array(step.completionIds.length)
              : null,
        };
      }),
    );
  }

  private async updated(rows: readonly BatchRow[], lr: number, options: StepOptions): Promise<UpdateMetrics> {
    try {
      return await this.update(rows, lr, options);
    } catch (error) {
      throw error instanceof PassAbortedError ? new TrainingAbortedError() : error;
    }
  }

  private async update(rows: readonly BatchRow[], lr: number, options: StepOptions): Promise<UpdateMetrics> {
    const { config } = this.options;
    const { signal, onPhase } = options;
    // The constant L of dr_grpo is the longest completion, as in TRL.
    const loss = { ...config.loss, maxCompletionLength: config.maxNewTokens };
    const totals = batchTotals(rows.map((row) => ({ logprobs: row.sampled, mask: row.mask })));
    onPhase?.('update', 0, 0);
    const { updates, rows: computed } = await this.model.updatePolicy(
      {
        samples: rows.map((row) => row.sample),
        sampledLogprobs: rows.map((row) => row.sampled),
        masks: rows.map((row) => row.mask),
        advantages: rows.map((row) => row.advantage),
      },
      {
        temperature: config.temperature,
        loss,
        totals,
        iterations: config.iterations,
        // Old log-probs are those fixed at sampling; with a single update they are the new ones, ratio 1.
        offPolicy: config.iterations > 1,
        // TRL loads no reference with beta 0; here KL is drawn as a metric at every beta, so it is scored.
        useReference: true,
        optimiser: {
          lr,
          beta1: config.beta1,
          beta2: config.beta2,
          eps: config.adamEps,
          weightDecay: config.weightDecay,
          maxGradNorm: config.maxGradNorm,
        },
        signal,
        onProgress: (done, total) => onPhase?.('update', done, total),
      },
    );
    const metrics = updates.map((update) => update.metrics).reduce(addMetrics);
    const gradNorm = updates.reduce((sum, update) => sum + update.gradNorm, 0) / updates.length;
    return {
      ...summariseMetrics(metrics),
      grad_norm: gradNorm,
      'sampling/logprob_gap': updates[0].gap,
      'tokens/computed': computed,
    };
  }
}

type UpdateMetrics = Pick<
  TrainingMetrics,
  | 'kl'
  | 'entropy'
  | 'clip_ratio/low_mean'
  | 'clip_ratio/low_min'
  | 'clip_ratio/high_mean'
  | 'clip_ratio/high_max'
  | 'clip_ratio/region_mean'
  | 'cispo_clip_ratio'
  | 'grad_norm'
  | 'sampling/logprob_gap'
  | 'tokens/computed'
>;
