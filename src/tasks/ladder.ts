/**
 * Tasks drawn from a mix of difficulties: what training and evaluation run on.
 *
 * The default mix leans on the middle of the ladder. `one-fact` alone can be solved by storing
 * everything; `revisions` is where Update and Delete can pay; `two-hops` needs two entries at once;
 * `tight-context` is rare because one of its rollouts costs as much as two others.
 */
import { qaFamily } from './qa/family';
import { createRandom } from './random';
import type { Difficulty, Split, Task, TaskFamily } from './task';

/** Weights, not necessarily adding up to 1; a missing rung counts 0. */
export type DifficultyMix = Readonly<Partial<Record<Difficulty, number>>>;

export const DEFAULT_MIX: DifficultyMix = {
  'one-fact': 0.22,
  several: 0.25,
  revisions: 0.33,
  'two-hops': 0.14,
  'tight-context': 0.06,
};

/** Easiest first. */
export const LADDER: readonly Difficulty[] = [
  'one-fact',
  'several',
  'revisions',
  'two-hops',
  'tight-context',
];

/**
 * The task of this seed: its difficulty is drawn from the mix, then the family makes it.
 * Deterministic. Throws `RangeError` if the mix has no weight.
 */
export function sampleTask(
  seed: number,
  split: Split,
  mix: DifficultyMix = DEFAULT_MIX,
  family: TaskFamily = qaFamily,
): Task {
  const weights = LADDER.map((difficulty) => [difficulty, mix[difficulty] ?? 0] as const);
  if (!weights.some(([, weight]) => weight > 0)) {
    throw new RangeError('The difficulty mix has no weight: give at least one rung a positive weight.');
  }
  const difficulty = createRandom('mix', family.id, split, seed).weighted(weights);
  return family.generate(seed, split, difficulty);
}
