/** For tests: snapshot files in memory, and memories of many entries whose vectors cost nothing to make. */
import { FolderInMemory } from '../../storage/folder.fixture';
import type { Embedder } from '../memory';
import type { MemoryRows, RowChange } from '../rows/rows';
import { fileNameOf, SnapshotFiles } from './snapshot-files';
import { random, randomUnit } from './unit-vectors.fixture';

export class MapFiles extends SnapshotFiles {
  readonly memory: FolderInMemory;
  writes = 0;

  constructor() {
    const memory = new FolderInMemory();
    super(memory);
    this.memory = memory;
  }

  override write(namespace: string, parts: readonly Uint8Array[]): Promise<void> {
    this.writes++;
    return super.write(namespace, parts);
  }

  /** The file as it is. */
  saved(namespace: string): Uint8Array {
    const bytes = this.memory.files.get(fileNameOf(namespace));
    if (!bytes) throw new Error(`Nothing was saved of ${namespace}.`);
    return bytes;
  }
}

/** Each text has a random direction of its own. */
export function randomEmbedder(dimension: number, id = `random-${dimension}`): Embedder {
  return {
    id,
    dimension,
    threshold: 0.5,
    embed: async (texts) =>
      texts.map((text) => {
        let seed = 7;
        for (const letter of text) seed = Math.imul(seed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
        return randomUnit(random(seed), dimension);
      }),
  };
}

/** Adds "entry 1", "entry 2", … in one act. */
export async function fill(
  rows: MemoryRows,
  namespace: string,
  embedder: Embedder,
  count: number,
): Promise<void> {
  await rows.ensure(namespace, { embedder, created: 1 }, 'relaxed');
  const contents = Array.from({ length: count }, (_, i) => `entry ${i + 1}`);
  const vectors = await embedder.embed(contents);
  const changes = contents.map(
    (content, i): RowChange => ({
      kind: 'add',
      draft: {
        content,
        embedding: vectors[i],
        embedderId: embedder.id,
        metadata: { parity: i % 2 },
        memoryType: '',
        created: 1,
        updated: 1,
        sourceStep: '',
      },
    }),
  );
  const note = { by: { kind: 'user' }, why: '' } as const;
  await rows.write(namespace, { act: { kind: 'import' }, note, at: 1, changes }, 'relaxed');
}
