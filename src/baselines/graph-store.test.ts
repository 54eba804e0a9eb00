/** Nodes and edges, by examples and over random rows of triples. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../tasks/random';
import { embedder } from './baselines.fixture';
import { GraphStore, type Triple, textOf } from './graph-store';

const triple = (source: string, relation: string, target: string, frame = ''): Triple => ({
  source,
  relation,
  target,
  frame,
});
const graph = (mergeAt = 0.7) => new GraphStore(embedder, mergeAt);

describe('adding', () => {
  test('a triple is two nodes and an edge between them', async () => {
    const store = graph();
    const { edge, known, merged } = await store.add(triple('Mira', 'lives in', 'Oslo'));
    expect({ known, merged }).toEqual({ known: false, merged: [] });
    const { nodes, edges } = store.view();
    expect(nodes.map(({ name }) => name)).toEqual(['Mira', 'Oslo']);
    expect(edges).toEqual([
      { id: edge.id, from: nodes[0].id, to: nodes[1].id, relation: 'lives in', text: 'Mira lives in Oslo' },
    ]);
  });

  test('the same in another spelling of case is known, and no other direction, relation or frame is', async () => {
    const store = graph();
    const { edge } = await store.add(triple('Mira', 'lives in', 'Oslo'));
    expect(await store.add(triple('mira', 'Lives in', 'oslo'))).toMatchObject({ known: true, edge });
    for (const other of [
      triple('Oslo', 'lives in', 'Mira'),
      triple('Mira', 'likes', 'Oslo'),
      triple('Mira', 'lives in', 'Oslo', 'In a novel,'),
    ]) {
      expect((await store.add(other)).known).toBe(false);
    }
    expect(store.view().nodes).toHaveLength(2);
  });

  test('a name is taken for one that is there from the bound on, and told; below it is a node of its own', async () => {
    const placedAt = async (mergeAt: number) => {
      const store = graph(mergeAt);
      await store.add(triple('Mirabella', 'likes', 'tea'));
      const alike = await store.nodesLike('Mirabell');
      const { merged, edge } = await store.add(triple('Mirabell', 'likes', 'milk'));
      return { alike, merged: merged.map(({ name, node }) => [name, node.content]), source: edge.source };
    };
    const [{ score }] = (await placedAt(0.1)).alike;
    expect(score).toBeLessThan(1);
    expect(await placedAt(score - 0.01)).toMatchObject({
      merged: [['Mirabell', 'Mirabella']],
      source: 'Mirabella',
    });
    expect(await placedAt(score + 0.01)).toEqual({ alike: [], merged: [], source: 'Mirabell' });
  });

  test('a frame stands before the text, and before the relation as it is drawn', async () => {
    const store = graph();
    await store.add(triple('Mira', 'lives in', 'Paris', 'In a novel,'));
    expect(store.view().edges[0]).toMatchObject({
      relation: 'In a novel, lives in',
      text: 'In a novel, Mira lives in Paris',
    });
  });
});

describe('looking around', () => {
  test('an edge comes once, with the score of the end that is meant best', async () => {
    const store = graph();
    await store.add(triple('Mira', 'knows', 'Tom'));
    await store.add(triple('Ann', 'owns a', 'tent'));
    const around = await store.edgesAround(['Mira', 'Tom', 'Mira']);
    expect(around.map(textOf)).toEqual(['Mira knows Tom']);
    expect(around[0].score).toBeCloseTo(1, 6);
    expect(await store.edgesAround([])).toEqual([]);
    expect(await store.edgesAround(['somebody quite different'])).toEqual([]);
  });

  test('an empty graph has nothing like any name', async () => {
    expect(await graph().nodesLike('Mira')).toEqual([]);
  });
});

test('over random rows: ids are given once, ends exist, no edge stands twice, and what was removed is gone with its nodes left', async () => {
  const names = ['Mira', 'Tom', 'Ann', 'Oslo', 'Rome', 'tea', 'Mirabel', 'a red tent'];
  const relations = ['likes', 'lives in', 'knows', 'owns a'];
  for (let seed = 1; seed <= 40; seed++) {
    const random = createRandom('graph-store', seed);
    const store = graph(random.pick([0.5, 0.7, 0.95]));
    const given = new Set<string>();
    for (let i = 0; i < 25; i++) {
      if (random.int(5) === 0 && given.size > 0) {
        const { nodes } = store.view();
        const id = random.pick([...given]);
        store.remove(id);
        expect(store.view().nodes).toEqual(nodes);
        expect(store.view().edges.some((edge) => edge.id === id)).toBe(false);
        continue;
      }
      const frame = random.int(6) === 0 ? 'In a novel,' : '';
      const { edge, known } = await store.add(
        triple(random.pick(names), random.pick(relations), random.pick(names), frame),
      );
      expect(given.has(edge.id)).toBe(known);
      given.add(edge.id);
    }
    const { nodes, edges } = store.view();
    const ids = new Set(nodes.map(({ id }) => id));
    for (const { from, to } of edges) expect(ids.has(from) && ids.has(to)).toBe(true);
    const places = edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`);
    expect(new Set(places).size).toBe(edges.length);
    const everything = await store.edgesAround(nodes.map(({ name }) => name));
    expect(everything.map(({ id }) => id)).toEqual(edges.map(({ id }) => id));
  }
});
