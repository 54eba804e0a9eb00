/**
 * No memory: what was said is gone when the context is emptied. The floor that every method is measured from, and the
 * first line of the paper's table.
 */
import type { MemoryController } from './controller';

export function createNoMemory(): MemoryController {
  return {
    id: 'no-memory',
    write: async (message) => ({ message, calls: [], lookUps: [], operations: [] }),
    read: async (query) => ({ query, calls: [], lookUps: [], entries: [] }),
    view: () => ({ entries: [], history: [] }),
  };
}
