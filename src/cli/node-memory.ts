/** Rollout memories for the command line: in this process only, exact search, gone when dropped. */

import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import type { LongTermMemory } from '../memory/memory';
import type { MemoryProvider } from '../rl/rollouts';

export function transientMemories(): MemoryProvider {
  const embedder = new NgramEmbedder();
  return {
    async open(namespace): Promise<LongTermMemory> {
      return createTransientMemory({ embedder, namespace });
    },
    async drop() {
      // Nothing outlives the reference to it.
    },
  };
}
