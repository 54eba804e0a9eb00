/** The worlds, all in one script: importing it opens them (`registry.ts`). */
import { houseFamily } from './alfworld/family';
import { babyAiFamily } from './babyai/family';
import { errandsFamily } from './errands/family';
import { hotpotFamily } from './hotpotqa/family';
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

addTaskFamilies([...benchmarkFamilies, errandsFamily]);
