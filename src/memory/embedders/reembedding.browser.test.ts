/** A change of embedder that is killed in the middle: the database is opened again and only the rest is embedded. */
import { expect, test } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { takeAway } from '../../storage/take-away.fixture';
import { openMemory } from '../long-term-memory';
import { IdbRows } from '../rows/idb-rows';
import { NgramEmbedder } from './ngram-embedder';
import { reembed } from './reembedding';

const ENTRIES = 400;
const NAMESPACE = 'user/killed';
const RUNS = import.meta.env.VITE_SOAK ? 20 : 3;

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  'killed in the middle and gone on with (%i)',
  async (run) => {
    const name = `reembedding-${run}`;
    await takeAway(name);
    const old = new NgramEmbedder();
    const fresh = new NgramEmbedder({ dimension: 64, id: 'fresh' });
    const first = await LabDatabase.open({ name });
    const memory = await openMemory({ rows: new IdbRows(first), embedder: old, namespace: NAMESPACE });
    const facts = Array.from({ length: ENTRIES }, (_, i) => ({ content: `fact ${i} about Mira` }));
    await memory.addAll(facts, 'import', { by: { kind: 'user' }, why: '' });
    first.close();

    const worker = new Worker(new URL('./reembedding-worker.fixture.ts', import.meta.url), {
      type: 'module',
    });
    const killAt = 60 + 100 * (run % 3);
    const seen = await new Promise<unknown>((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (typeof data !== 'number' || data >= killAt) resolve(data);
      };
      worker.postMessage({ database: name, namespace: NAMESPACE });
    });
    worker.terminate();
    expect(seen).toBeTypeOf('number');

    const second = await LabDatabase.open({ name });
    const rows = new IdbRows(second);
    // The old vectors are in force and whole.
    const before = await rows.read(NAMESPACE);
    expect(before?.record.embedderId).toBe(old.id);
    expect(before?.entries.map((entry) => entry.embedding)).toEqual(
      await old.embed(facts.map(({ content }) => content)),
    );
    const embedded: string[] = [];
    const counting = {
      id: fresh.id,
      dimension: fresh.dimension,
      threshold: fresh.threshold,
      embed: (texts: readonly string[]) => {
        embedded.push(...texts);
        return fresh.embed(texts);
      },
    };
    await reembed(rows, NAMESPACE, counting);
    // What was told as done was kept; one slice more may have been kept before the end came.
    expect(embedded.length).toBeLessThanOrEqual(ENTRIES - Number(seen));
    expect(embedded.length).toBeGreaterThan(0);
    const after = await rows.read(NAMESPACE);
    expect(after?.record.embedderId).toBe('fresh');
    expect(after?.entries.map((entry) => entry.content)).toEqual(facts.map(({ content }) => content));
    expect(after?.entries.map((entry) => entry.embedding)).toEqual(
      await fresh.embed(facts.map(({ content }) => content)),
    );
    second.close();
    await takeAway(name);
  },
);
