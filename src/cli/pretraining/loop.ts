/**
 * Behaviour cloning: weighted next-token cross-entropy on demonstrations, full weights, one pass over
 * fresh data. Batches are packed, so a batch costs its tokens. The stream, the schedule and the model
 * state are functions of the update number, which is all a resumed run has to know.
 */
import type { EngineModel, WeightedTokens } from '../../engine/model/engine-model';
import { scheduleFactor } from '../../engine/training/schedules';
import type { Recipe } from './recipe';

/** One demonstrated step in token ids. */
export interface EncodedStep {
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
}

export interface PretrainProgress {
  readonly update: number;
  readonly updates: number;
  /** Mean over weighted tokens, nats. */
  readonly loss: number;
  readonly gradNorm: number;
  readonly lr: number;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

/** Prompt targets weigh `promptWeight`, completion targets 1. Target t is token t + 1. */
export function weightedTokens(step: EncodedStep, promptWeight: number): WeightedTokens {
  const ids = [...step.promptIds, ...step.completionIds];
  const weights = new Float64Array(ids.length - 1).fill(1);
  weights.fill(promptWeight, 0, Math.max(0, step.promptIds.length - 1));
  return { ids, weights };
}

export interface LoopOptions {
  readonly recipe: Recipe;
  /** Demonstrations in order, from the beginning; endless enough for the recipe's tokens. */
  readonly steps: AsyncIterator<EncodedStep>;
  /** Updates already made; their batches are read from the stream and skipped. */
  readonly firstUpdate: number;
  readonly onUpdate: (progress: PretrainProgress) => Promise<void>;
}

export async function behaviourCloning(model: EngineModel, options: LoopOptions): Promise<void> {
  const { recipe } = options;
  const updates = Math.ceil(recipe.tokens / recipe.batchTokens);
  let tokens = 0;
  let trained = 0;
  let started = performance.now();
  for (let update = 0; update < updates; update++) {
    const batch: WeightedTokens[] = [];
    let size = 0;
    while (size < recipe.batchTokens) {
      const next = await options.steps.next();
      if (next.done) throw new Error('The demonstrations ended before the recipe did; give more episodes.');
      batch.push(weightedTokens(next.value, recipe.promptWeight));
      size += next.value.promptIds.length + next.value.completionIds.length;
    }
    tokens += size;
    if (update < options.firstUpdate) {
      started = performance.now();
      continue;
    }
    trained += size;
    const { loss } = await model.accumulateTokens(batch);
    const warm = Math.min(1, (update + 1) / recipe.warmupUpdates);
    const share = recipe.finalLrShare + (1 - recipe.finalLrShare) * scheduleFactor('cosine', update, updates);
    const lr = recipe.lr * warm * share;
    const { gradNorm } = await model.update({
      lr,
      beta1: recipe.beta1,
      beta2: recipe.beta2,
      eps: recipe.eps,
      weightDecay: recipe.weightDecay,
      maxGradNorm: recipe.maxGradNorm,
    });
    const seconds = (performance.now() - started) / 1000;
    const tokensPerSecond = trained / seconds;
    await options.onUpdate({
      update: update + 1,
      updates,
      loss,
      gradNorm,
      lr,
      tokens,
      tokensPerSecond,
      secondsLeft: Math.max(0, recipe.tokens - tokens) / tokensPerSecond,
    });
  }
}
