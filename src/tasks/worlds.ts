/** The worlds and what reads those of one's own, all in one script: importing it opens them (`registry.ts`). */
import { houseFamily } from './alfworld/family';
import { babyAiFamily } from './babyai/family';
import { errandsFamily } from './errands/family';
import { hotpotFamily } from './hotpotqa/family';
import { addWorldReader } from './own/own-world';
import { worldReader } from './own/world-reader';
import { pddlFamily } from './pddl/family';
import { addTaskFamilies } from './registry';
import { scienceFamily } from './scienceworld/family';
import type { TaskFamily } from './task';

/** In the order of `BENCHMARKS`. */
export const benchmarkFamilies: readonly TaskFamily[] = [
  hotpotFamily,
  babyAiFamily,
  pddlFamily,
  houseFamily,
  scienceFamily,
];

export { readOwnFiles } from './own/own-files';

addWorldReader(worldReader);
addTaskFamilies([...benchmarkFamilies, errandsFamily]);
