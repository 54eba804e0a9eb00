/** The baselines by name. */
import type { MemoryController } from './controller';
import { createMem0 } from './mem0';
import { createNoMemory } from './no-memory';
import { createRag } from './rag';
import type { ControllerSettings } from './settings';

export const BASELINES: Readonly<Record<string, (settings: ControllerSettings) => MemoryController>> = {
  'no-memory': createNoMemory,
  rag: createRag,
  mem0: createMem0,
};
