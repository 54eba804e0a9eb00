/**
 * Step-wise GRPO on a LoRA adapter (AgeMem section 6): sample tasks, roll out K episodes of each, pay
 * them from their event logs, turn rewards into group advantages, broadcast those to every step, and
 * take one (or a few) clipped AdamW updates on the sampled tokens.
 *
 * A trainer holds no randomness of its own: step n of seed s draws the same tasks and tokens whenever
 * it runs, so its whole state is (config, seed, next step, adapter state) and a checkpoint is those.
 */
import type { EpisodeConfig } from '../agent/config';
import type { AdapterState, LanguageModel, TokenSample } from '../engine/language-model';
import {
  addMetrics,
  type BatchTotals,
  batchTotals,
  grpoLoss,
  type LossMetricSums,
  type LossRow,
  summariseMetrics,
} from '../engine/training/grpo-loss';
import { scheduleFactor } from '../engine/training/schedules';
import type { EnginePolicy } from '../policies/engine-policy';
import type { Task } from '../tasks/task';
import { type Advantages, computeAdvantages } from './advantages';
import { rolloutMetrics, type TrainingMetrics } from './metrics';
import { checkConfig, type GrpoConfig } from './presets';
import { collectGroups, type MemoryProvider, type Rollout } from './rollouts';
import { hashSeed } from './seeds';

export type TrainingPhase = 'rollouts' | 'reference' | 'update';

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
}

export interface StepOptions {
  readonly signal?: AbortSignal;
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
  constructor() {
    super('Training was stopped before the step ended; the adapter is as it was before the step.');
    this.name = 'TrainingAbortedError';
  }
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

  /** Seed and config must be those this trainer was made with; only place and weights are taken. */
  importState(state: TrainerState): void {
    this.model.importAdapter(state.adapter);
    this.step = state.nextStep;
  }

  /** One GRPO step. Throws `TrainingAbortedError` (adapter unchanged) when the signal fires. */
  async trainStep(options: StepOptions = {}): Promise<TrainingStep> {
    const started = performance.now();
    const { config, seed } = this.options;
    const stepSeed = hashSeed(seed, this.step, 0x7a5c);
    const seeds = Array.from({ length: config.tasksPerStep }, (_, i) => hashSeed(stepSeed, i));
    const rollouts = await this.rollOut(seeds, options);
    const advantages = computeAdvantages(
      rollouts.map((r) => ({ group: r.group, reward: r.reward.total, steps: r.steps.length })),
      config.advantage,
    );
    const rows = this.batchRows(rollouts, advantages);
    const lr = config.lr * scheduleFactor(config.schedule, this.step, config.steps);
    const update = await this.update(rows, lr, options);
    this.step += 1;
    return {
      rollouts,
      advantages,
      metrics: {
        ...rolloutMetrics(rollouts, advantages),
        ...update,
        step: this.step,
        learning_rate: lr,
        ms: performance.now() - started,
      },
    };
  }

  private get model(): LanguageModel {
    return this.options.policy.model;
  }

  private async rollOut(seeds: readonly number[], options: StepOptions): Promise<readonly Rollout[]> {
    const { config } = this.options;
    const rollouts = await collectGroups(
      seeds.map((s) => this.options.sampleTask(s)),
      config.groupSize,
      seeds,
      {
        policy: this.options.policy,
        memories: this.options.memories,
        episode: this.options.episode,
        reward: { preset: config.reward },
        temperature: config.temperature,
        maxNewTokens: config.maxNewTokens,
        runId: `${this.options.runId}/s${this.step}`,
        signal: options.signal,
        onProgress: (done, total) => options.onPhase?.('rollouts', done, total),
      },
    );
    throwIfAborted(options.signal);
    return rollouts;
  }

  private batchRows(rollouts: readonly Rollout[], advantages: Advantages): readonly BatchRow[] {
    return rollouts.flatMap((rollout, k) =>
      rollout.steps.flatMap((step, t) => {
        if (this.options.config.trainedSteps === 'well-formed' && !step.wellFormed) return [];
        return {
          sample: step,
          sampled: step.logprobs,
          advantage: advantages.steps[k][t],
          mask: step.truncated ? new Uint8Array(step.completionIds.length) : null,
        };
      }),
    );
  }

  private async update(rows: readonly BatchRow[], lr: number, options: StepOptions): Promise<UpdateMetrics> {
    const { config } = this.options;
    const samples = rows.map((row) => row.sample);
    options.onPhase?.('reference', 0, 1);
    const reference = await this.model.score(samples, {
      temperature: config.temperature,
      useAdapter: false,
    });
    throwIfAborted(options.signal);
    const totals = batchTotals(rows.map((row) => ({ logprobs: row.sampled, mask: row.mask })));
    let metrics: LossMetricSums | null = null;
    let gradNorm = 0;
    let gap = 0;
    for (let iteration = 0; iteration < config.iterations; iteration++) {
      options.onPhase?.('update', iteration, config.iterations);
      const pass = await this.backwardPass(rows, reference, totals, config.iterations > 1);
      if (options.signal?.aborted && iteration === 0) {
        this.model.zeroGradients();
        throw new TrainingAbortedError();
      }
      const { gradNorm: norm } = await this.model.update({
        lr,
        beta1: config.beta1,
        beta2: config.beta2,
        eps: config.adamEps,
        weightDecay: config.weightDecay,
        maxGradNorm: config.maxGradNorm,
      });
      metrics = metrics ? addMetrics(metrics, pass.metrics) : pass.metrics;
      gradNorm += norm / config.iterations;
      if (iteration === 0) gap = pass.gap;
    }
    if (!metrics) throw new TrainingAbortedError();
    return { ...summariseMetrics(metrics), grad_norm: gradNorm, 'sampling/logprob_gap': gap };
  }

  /** Forward, loss and backward over all rows; gradients add up in the model. */
  private async backwardPass(
    rows: readonly BatchRow[],
    reference: readonly { readonly logprobs: Float64Array }[],
    totals: BatchTotals,
    offPolicy: boolean,
  ): Promise<{ metrics: LossMetricSums; gap: number }> {
    const { config } = this.options;
    let sums: LossMetricSums | null = null;
    let gapSum = 0;
    await this.model.accumulate(
      rows.map((row) => row.sample),
      { temperature: config.temperature },
      (scores, indices) => {
        const lossRows: LossRow[] = scores.map((score, i) => {
          const row = rows[indices[i]];
          for (let t = 0; t < score.logprobs.length; t++) {
            gapSum += Math.abs(score.logprobs[t] - row.sampled[t]);
          }
          return {
            logprobs: score.logprobs,
            oldLogprobs: offPolicy ? row.sampled : null,
            refLogprobs: reference[indices[i]].logprobs,
            entropies: score.entropies,
            mask: row.mask,
            advantage: row.advantage,
          };
        });
        const result = grpoLoss(lossRows, config.loss, totals);
        sums = sums ? addMetrics(sums, result.metrics) : result.metrics;
        return result.gradients.map((gradient) => ({
          dLogprobs: gradient.dLogprobs,
          dEntropies: gradient.dEntropies ?? undefined,
        }));
      },
    );
    if (!sums) throw new TrainingAbortedError();
    const tokens = rows.reduce((n, row) => n + row.sampled.length, 0);
    return { metrics: sums, gap: gapSum / Math.max(1, tokens) };
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
>;

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new TrainingAbortedError();
}
