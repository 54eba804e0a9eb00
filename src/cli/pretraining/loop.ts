/**
 * Behaviour cloning: weighted next-token cross-entropy on demonstrations, full weights, one pass over
 * fresh data. Batches are packed, so a batch costs its tokens. The stream, the schedule and the model
 * state are functions of the update number, which is all a resumed run has to know.
 */
import type { EngineModel, WeightedTokens } from '../../engine/model/engine-model';
import { scheduleFactor } from '../../engine/training/schedules';
import type { Phase, Recipe } from './recipe';

/** Demonstrated steps in token ids: one, or several whose prompts each extend the one before with its completion. */
export interface EncodedSteps {
  readonly ids: readonly number[];
  /** Where the completions lie in `ids`: from, to. */
  readonly completions: readonly (readonly [from: number, to: number])[];
  /** Where those lie that went wrong and are not to be learned. */
  readonly slips: readonly (readonly [from: number, to: number])[];
}

export interface PretrainProgress {
  readonly update: number;
  readonly updates: number;
  /** Mean over weighted tokens, nats. */
  readonly loss: number;
  readonly gradNorm: number;
  readonly lr: number;
  /** Read so far, over all phases. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

/** Prompt targets weigh `promptWeight`, completion targets 1, those of a slip nothing. Target t is token t + 1. */
export function weightedTokens(
  { ids, completions, slips }: EncodedSteps,
  promptWeight: number,
): WeightedTokens {
  const weights = new Float64Array(ids.length - 1).fill(promptWeight);
  for (const [from, to] of completions) weights.fill(1, Math.max(0, from - 1), to - 1);
  for (const [from, to] of slips) weights.fill(0, Math.max(0, from - 1), to - 1);
  return { ids, weights };
}

export interface LoopOptions {
  readonly recipe: Recipe;
  /** Demonstrations of a phase, from its beginning; endless enough for its tokens. */
  readonly openSteps: (phase: number) => AsyncIterator<EncodedSteps>;
  /** Updates already made, over all phases; their batches are read again and skipped. */
  readonly firstUpdate: number;
  /**
   * Tokens of those updates. Unknown (a checkpoint without them): a phase that is skipped whole counts
   * with the tokens of its recipe, which batches overrun a little.
   */
  readonly firstTokens?: number;
  readonly onUpdate: (progress: PretrainProgress) => Promise<void>;
}

/** Updates of a phase. */
function updatesOf(phase: Phase, recipe: Recipe): number {
  return Math.ceil(phase.tokens / recipe.batchTokens);
}

/** Rate of update `index` (from 0) of a phase. */
export function learningRate(phase: Phase, recipe: Recipe, index: number): number {
  const warm = Math.min(1, (index + 1) / phase.warmupUpdates);
  const cosine = scheduleFactor('cosine', index, updatesOf(phase, recipe));
  return phase.lr * warm * (phase.finalLrShare + (1 - phase.finalLrShare) * cosine);
}

export async function behaviourCloning(model: EngineModel, options: LoopOptions): Promise<void> {
  const { recipe } = options;
  const updates = recipe.phases.reduce((sum, phase) => sum + updatesOf(phase, recipe), 0);
  const allTokens = recipe.phases.reduce((sum, phase) => sum + phase.tokens, 0);
  let done = 0;
  let tokens = 0;
  let trained = 0;
  let started = performance.now();
  for (const [number, phase] of recipe.phases.entries()) {
    const count = updatesOf(phase, recipe);
    if (done + count <= options.firstUpdate) {
      done += count;
      tokens += phase.tokens;
      if (done === options.firstUpdate) tokens = options.firstTokens ?? tokens;
      continue;
    }
    const steps = options.openSteps(number);
    for (let index = 0; index < count; index++) {
      const { batch, size } = await nextBatch(steps, recipe);
      done += 1;
      tokens += size;
      if (done <= options.firstUpdate) {
        if (done === options.firstUpdate) tokens = options.firstTokens ?? tokens;
        started = performance.now();
        continue;
      }
      trained += size;
      const { loss } = await model.accumulateTokens(batch);
      const lr = learningRate(phase, recipe, index);
      const { gradNorm } = await model.update({
        lr,
        beta1: recipe.beta1,
        beta2: recipe.beta2,
        eps: recipe.eps,
        weightDecay: recipe.weightDecay,
        maxGradNorm: recipe.maxGradNorm,
      });
      const tokensPerSecond = trained / ((performance.now() - started) / 1000);
      await options.onUpdate({
        update: done,
        updates,
        loss,
        gradNorm,
        lr,
        tokens,
        tokensPerSecond,
        secondsLeft: Math.max(0, allTokens - tokens) / tokensPerSecond,
      });
    }
  }
}

/** The recipe asks for more tokens than the demonstrations hold. */
export class CorpusEndedError extends Error {
  constructor() {
    super(
      'The demonstrations ended before the recipe did. Give more episodes, or a recipe of fewer steps (src/cli/pretraining/recipe.ts).',
    );
    this.name = 'CorpusEndedError';
  }
}

async function nextBatch(
  steps: AsyncIterator<EncodedSteps>,
  recipe: Recipe,
): Promise<{ batch: WeightedTokens[]; size: number }> {
  const batch: WeightedTokens[] = [];
  let size = 0;
  while (size < recipe.batchTokens) {
    const next = await steps.next();
    if (next.done) throw new CorpusEndedError();
    batch.push(weightedTokens(next.value, recipe.promptWeight));
    size += next.value.ids.length;
  }
  return { batch, size };
}
