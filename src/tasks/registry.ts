/** The task families by id. */
import { houseFamily } from './alfworld/family';
import { babyAiFamily } from './babyai/family';
import { errandsFamily } from './errands/family';
import { hotpotFamily } from './hotpotqa/family';
import { pddlFamily } from './pddl/family';
import { qaFamily } from './qa/family';
import { roomsFamily } from './rooms';
import { scienceFamily } from './scienceworld/family';
import type { TaskFamily } from './task';

/** No family of this name; the message lists those there are. */
export class UnknownTaskFamilyError extends Error {
  constructor(id: string) {
    super(
      `No task family is called "${id}". There are: ${allFamilies.map((family) => family.id).join(', ')}.`,
    );
    this.name = 'UnknownTaskFamilyError';
  }
}

/** What the bundled policy was made and is trained on. */
export const taskFamilies: readonly TaskFamily[] = [qaFamily, roomsFamily];

/** The five benchmarks of the paper, small: hotpotqa, babyai, pddl, alfworld, scienceworld (a subset). */
export const benchmarkFamilies: readonly TaskFamily[] = [
  hotpotFamily,
  babyAiFamily,
  pddlFamily,
  houseFamily,
  scienceFamily,
];

const allFamilies: readonly TaskFamily[] = [...taskFamilies, ...benchmarkFamilies, errandsFamily];

/** The family of `Task.family`. Throws `UnknownTaskFamilyError`. */
export function taskFamily(id: string): TaskFamily {
  const found = allFamilies.find((family) => family.id === id);
  if (!found) throw new UnknownTaskFamilyError(id);
  return found;
}
