/** All lessons in their order; the address counts them from 1. */
import type { Lesson } from './lesson';
import { twoMemories } from './lesson-01-two-memories';
import { sixTools } from './lesson-02-six-tools';
import { threeStages } from './lesson-03-three-stages';
import { rewards } from './lesson-04-rewards';
import { group } from './lesson-05-group';
import { credit } from './lesson-06-credit';
import { lora } from './lesson-07-lora';
import { beforeAfter } from './lesson-08-before-after';

export const LESSONS: readonly Lesson[] = [
  twoMemories,
  sixTools,
  threeStages,
  rewards,
  group,
  credit,
  lora,
  beforeAfter,
];
