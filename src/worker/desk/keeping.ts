/** What the page is told of how memories are kept: their health, backups, embedders, and the storage they take. */
import type { LabMemories } from '../memories';
import type { EmbedderFacts, MemoryHome } from '../memory-protocol';

export async function keepingOf(
  memories: LabMemories,
): Promise<Pick<MemoryHome, 'health' | 'backups' | 'embedders' | 'storage'>> {
  return {
    health: {},
    backups: [],
    embedders: [embedderFacts(memories)],
    storage: { kinds: [], used: null, quota: null, persisted: 'unknown' },
  };
}

function embedderFacts({ embedder }: LabMemories): EmbedderFacts {
  return {
    id: embedder.id,
    title: 'Spelling',
    dimension: embedder.dimension,
    theta: embedder.threshold,
    what: 'Words and pieces of words, in any language; no meanings. Works offline from the first second.',
    state: 'ready',
    reason: '',
  };
}
