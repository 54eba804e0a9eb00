/** The baselines by name, in the order of the paper's table. */
import { createAMem } from './a-mem';
import type { MemoryController } from './controller';
import { createLangMem } from './langmem';
import { createMem0 } from './mem0';
import { createMem0Graph } from './mem0-graph';
import { createNoMemory } from './no-memory';
import { createRag } from './rag';
import type { ControllerSettings } from './settings';

export const BASELINE_IDS = ['no-memory', 'rag', 'langmem', 'a-mem', 'mem0', 'mem0-graph'] as const;
export type BaselineId = (typeof BASELINE_IDS)[number];

export const BASELINES: Readonly<Record<BaselineId, (settings: ControllerSettings) => MemoryController>> = {
  'no-memory': createNoMemory,
  rag: createRag,
  langmem: createLangMem,
  'a-mem': createAMem,
  mem0: createMem0,
  'mem0-graph': createMem0Graph,
};
