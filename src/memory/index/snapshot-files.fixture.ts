/** For tests in Node: snapshot files in a map, and memories of many entries whose vectors cost nothing to make. */
import type { Embedder } from '../memory';
import type { MemoryRows, RowChange } from '../rows/rows';
import type { SnapshotFiles } from './snapshot-files';
import { random, randomUnit } from './unit-vectors.fixture';

export class MapFiles implements SnapshotFiles {
  readonly files = new Map<string, Uint8Array>();
  writes = 0;

  async read(namespace: string) {
    return this.files.get(namespace)?.slice();
  }

  async write(namespace: string, parts: readonly Uint8Array[]) {
    this.writes++;
    this.files.set(namespace, Uint8Array.from(parts.flatMap((part) => [...part])));
  }

  async remove(namespace: string) {
    this.files.delete(namespace);
  }

  async keepOnly(namespaces: readonly string[]) {
    for (const name of this.files.keys()) if (!namespaces.includes(name)) this.files.delete(name);
  }

  async size() {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
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
