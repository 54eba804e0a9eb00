/** Random histories of a memory over real rows: what properties of undoing and restoring are checked on. */
import { createRandom, type Random } from '../../tasks/random';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { type OpenedMemory, openMemory } from '../long-term-memory';
import type { EntryText } from '../memory';
import type { MemoryRows } from '../rows/rows';
import { TransientRows } from '../rows/transient-rows';

export const NAMESPACE = 'user/history';
const embedder = new NgramEmbedder({ dimension: 32 });

export interface Scene {
  readonly rows: MemoryRows;
  readonly memory: OpenedMemory;
  /** The stored entries as they are now. */
  entries(): Promise<readonly EntryText[]>;
  /** Moves the clock. */
  at(time: number): void;
}

export async function openScene(rows: MemoryRows = new TransientRows()): Promise<Scene> {
  let time = 1000;
  const memory = await openMemory({ rows, embedder, namespace: NAMESPACE, now: () => time++ });
  return {
    rows,
    memory,
    entries: async () => (await rows.texts(NAMESPACE)).entries,
    at: (now) => {
      time = now;
    },
  };
}

/** One random act: an addition, a change, deletions, a clearing, an import of several, a retrieval. */
export async function randomAct({ memory, entries }: Scene, random: Random): Promise<void> {
  const stored = await entries();
  const metadata = { n: random.int(3), ['__proto__']: random.int(2) };
  const content = `entry number ${random.int(40)}`;
  const some = () => random.shuffle(stored).slice(0, 1 + random.int(3));
  const kind =
    stored.length === 0
      ? 'add'
      : random.pick([
          'add',
          'add',
          'add',
          'update',
          'update',
          'delete',
          'import',
          'retrieve',
          'clear',
        ] as const);
  if (kind === 'add') await memory.add({ content, metadata });
  else if (kind === 'update') await memory.update(random.pick(stored).id, { content, metadata });
  else if (kind === 'delete') await memory.deleteAll(some().map(({ id }) => id));
  else if (kind === 'import')
    await memory.addAll([{ content }, { content: `${content}!`, metadata }], 'import', {
      by: { kind: 'user' },
      why: 'a file',
    });
  else if (kind === 'retrieve')
    await memory.search(content, { topK: 2, note: { by: { kind: 'user' }, why: '' } });
  else if (random.chance(0.2)) await memory.clear();
}

export async function randomHistory(seed: number, acts: number): Promise<Scene> {
  const scene = await openScene();
  const random = createRandom('history', seed);
  for (let i = 0; i < acts; i++) await randomAct(scene, random);
  return scene;
}
