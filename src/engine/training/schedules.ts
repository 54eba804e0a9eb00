/**
 * Learning-rate schedules as factors on the peak rate, with the meaning they have in Hugging Face
 * transformers (`get_linear_schedule_with_warmup` and its kin), which TRL uses.
 */

export type ScheduleName = 'constant' | 'linear' | 'cosine';

/**
 * Factor for the update after `step` completed ones.
 *
 * During warm-up it rises linearly, step / warmupSteps. Afterwards, with p the share done of the
 * remaining updates: constant 1; linear 1 - p; cosine (1 + cos(pi p)) / 2. Both reach 0 at
 * `totalSteps` and stay there.
 *
 * @param step completed updates, from 0: the first update is made with `scheduleFactor(name, 0, …)`
 * @param totalSteps planned updates, warm-up included
 * @param warmupSteps default 0 (TRL). With a warm-up the very first update has factor 0, as in transformers.
 */
export function scheduleFactor(
  name: ScheduleName,
  step: number,
  totalSteps: number,
  warmupSteps = 0,
): number {
  if (step < warmupSteps) return step / warmupSteps;
  if (name === 'constant') return 1;
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return name === 'linear' ? 1 - done : (1 + Math.cos(Math.PI * done)) / 2;
}
