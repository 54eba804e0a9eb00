/** Changing the embedder while the memory is in use, stopped, and gone on with. */
import { describe, expect, test } from 'vitest';
import { mix } from '../hashing';
import { cosine } from '../index/unit-vectors';
import { openMemory } from '../long-term-memory';
import type { Embedder } from '../memory';
import type { MemoryRows } from '../rows/rows';
import { TransientRows } from '../rows/transient-rows';
import { NgramEmbedder } from './ngram-embedder';
import { ReembeddingStoppedError, reembed } from './reembedding';

const RUNS = process.env.SOAK ? 200 : 20;
const NAME = 'user/test';
const old = new NgramEmbedder();
const fresh = new NgramEmbedder({ dimension: 64, id: 'fresh' });

/** The new embedder, counting its texts; `before` is called before each slice. */
function counting(before: (texts: readonly string[]) => Promise<void> = async () => {}) {
  const embedded: string[] = [];
  const embedder: Embedder = {
    id: fresh.id,
    dimension: fresh.dimension,
    threshold: fresh.threshold,
    embed: async (texts) => {
      await before(texts);
      embedded.push(...texts);
      return fresh.embed(texts);
    },
  };
  return { embedder, embedded };
}

async function filled(count: number): Promise<MemoryRows> {
  const rows = new TransientRows();
  const memory = await openMemory({ rows, embedder: old, namespace: NAME, now: () => 1 });
  for (let i = 0; i < count; i++) await memory.add({ content: `fact ${i} of Mira` });
  return rows;
}

/** Every entry has the vector that this embedder gives its text. */
async function expectWhole(rows: MemoryRows, embedder: Embedder): Promise<void> {
  const content = await rows.read(NAME);
  expect(content?.record.embedderId).toBe(embedder.id);
  const entries = content?.entries ?? [];
  const expected = await embedder.embed(entries.map((entry) => entry.content));
  entries.forEach((entry, i) => {
    expect(entry.embedderId).toBe(embedder.id);
    expect(entry.embedding).toEqual(expected[i]);
  });
}

describe('reembed', () => {
  test('makes every vector once and brings them into force together', async () => {
    const rows = await filled(100);
    const before = await rows.record(NAME);
    const progress: number[] = [];
    const { embedder, embedded } = counting(async () => {
      expect((await rows.record(NAME)).embedderId).toBe(old.id);
    });
    const record = await reembed(rows, NAME, embedder, {
      onProgress: (done, total) => {
        expect(total).toBe(100);
        progress.push(done);
      },
    });
    expect(embedded.length).toBe(100);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(100);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    expect([record.embedderId, record.dimension, record.count]).toEqual(['fresh', 64, 100]);
    expect([record.journal, record.sum, record.nextId]).toEqual([before.journal, before.sum, before.nextId]);
    await expectWhole(rows, fresh);
    await reembed(rows, NAME, embedder);
    expect(embedded.length).toBe(100);
  });

  test('stopped, it leaves the old vectors in force and goes on where it was', async () => {
    const rows = await filled(100);
    const control = new AbortController();
    const first = counting();
    const stopped = reembed(rows, NAME, first.embedder, {
      signal: control.signal,
      slice: 32,
      onProgress: (done) => done >= 64 && control.abort(),
    });
    await expect(stopped).rejects.toThrow(ReembeddingStoppedError);
    await expect(stopped).rejects.toThrow(/64 of 100 entries done/);
    await expectWhole(rows, old);
    const second = counting();
    const progress: number[] = [];
    await reembed(rows, NAME, second.embedder, { onProgress: (done) => progress.push(done) });
    expect([progress[0], second.embedded.length]).toEqual([64, 36]);
    await expectWhole(rows, fresh);
  });

  test('an embedder that fails loses nothing, and what was made stays', async () => {
    const rows = await filled(50);
    let slices = 0;
    const failing = counting(async () => {
      if (++slices === 2) throw new Error('the device went away');
    });
    await expect(reembed(rows, NAME, failing.embedder, { slice: 10 })).rejects.toThrow(
      'the device went away',
    );
    await expectWhole(rows, old);
    const again = counting();
    await reembed(rows, NAME, again.embedder);
    expect(again.embedded.length).toBe(40);
    await expectWhole(rows, fresh);
  });

  test('an embedder that gives no unit vectors is refused before anything of it is kept', async () => {
    const rows = await filled(5);
    const bad: Embedder = {
      ...counting().embedder,
      embed: async (texts) => texts.map(() => new Float32Array(64)),
    };
    await expect(reembed(rows, NAME, bad)).rejects.toThrow(/length 0/);
    await expectWhole(rows, old);
  });

  test('an empty memory changes its embedder', async () => {
    const rows = await filled(0);
    expect((await reembed(rows, NAME, fresh)).embedderId).toBe('fresh');
  });

  test('a memory in use: searches go by the old vectors, entries written, changed and deleted meanwhile come along', async () => {
    for (let run = 0; run < RUNS; run++) {
      const rows = await filled(40);
      const memory = await openMemory({ rows, embedder: old, namespace: NAME, now: () => 1 });
      let draw = mix(run + 1);
      const next = (bound: number) => {
        draw = mix(draw + 0x9e3779b9);
        return draw % bound;
      };
      let writes = 0;
      const busy = counting(async () => {
        // Between reading the texts and keeping their vectors, for the first dozen slices.
        for (let i = 0; i < 3 && writes < 36; i++, writes++) {
          const entries = await memory.list();
          const id = entries.length > 0 ? entries[next(entries.length)].id : '';
          const kind = id === '' ? 0 : next(3);
          if (kind === 0) await memory.add({ content: `new ${run} ${writes}` });
          else if (kind === 1) await memory.update(id, { content: `changed ${run} ${writes}` });
          else await memory.delete(id);
        }
        const [hit] = await memory.search('new facts of Mira', { topK: 1 });
        const [asked] = await old.embed(['new facts of Mira']);
        if (hit) expect(hit.score).toBe(cosine(asked, hit.entry.embedding));
      });
      await reembed(rows, NAME, busy.embedder, { slice: 7 });
      expect(writes).toBeGreaterThan(10);
      await expectWhole(rows, fresh);
    }
  });
});
