/** Properties of the drawing for graphs drawn at random: everything is placed once, nothing overlaps, nothing leaves it. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { layOut, NODE_HEIGHT } from './graph-layout';

function randomGraph(seed: number) {
  const random = createRandom('graph-layout', seed);
  const size = 1 + random.int(14);
  const nodes = Array.from({ length: size }, (_, i) => ({
    id: `n${i}`,
    name: 'x'.repeat(1 + random.int(30)),
  }));
  const edges = Array.from({ length: random.int(2 * size) }, (_, i) => {
    const [from, to] = [random.pick(nodes).id, random.pick(nodes).id];
    return { id: `e${i}`, from, to, relation: `r${i}`, text: `${from} r${i} ${to}` };
  });
  return { nodes, edges };
}

describe.each([200, 340, 720, 1300])('%i px wide', (width) => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('graph %i', (seed) => {
    const graph = randomGraph(seed);
    const layout = layOut(graph, width);
    expect(layout.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id));
    expect(layout.lines.flatMap(({ ids }) => ids).sort()).toEqual(graph.edges.map(({ id }) => id).sort());
    for (const { x, y, width: wide } of layout.nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(wide).toBeGreaterThan(0);
      expect(x + wide).toBeLessThanOrEqual(layout.width);
      expect(y - NODE_HEIGHT / 2).toBeGreaterThanOrEqual(0);
      expect(y + NODE_HEIGHT / 2).toBeLessThanOrEqual(layout.height);
    }
    for (const [i, a] of layout.nodes.entries())
      for (const b of layout.nodes.slice(i + 1)) {
        const apart = Math.abs(a.y - b.y) >= NODE_HEIGHT || a.x + a.width <= b.x || b.x + b.width <= a.x;
        expect(apart, `${a.id} and ${b.id} of graph ${seed}`).toBe(true);
      }
    for (const { path } of layout.lines) expect(path).not.toContain('NaN');
    const ends = new Set(
      graph.edges.filter(({ from, to }) => from !== to).flatMap(({ from, to }) => [from, to]),
    );
    for (const { id, lone } of layout.nodes) expect(lone).toBe(!ends.has(id));
    expect(layOut(graph, width)).toEqual(layout);
  });
});

test('an arrow points where its edge leads, also against the line; both ways: two heads', () => {
  const nodes = ['Mira', 'Oslo', 'Tom'].map((name) => ({ id: name, name }));
  const edge = (id: string, from: string, to: string) => ({ id, from, to, relation: id, text: '' });
  const { lines } = layOut(
    {
      nodes,
      edges: [edge('lives in', 'Mira', 'Oslo'), edge('knows', 'Tom', 'Mira'), edge('likes', 'Mira', 'Tom')],
    },
    600,
  );
  expect(lines).toMatchObject([
    { ids: ['lives in'], atStart: false, atEnd: true, label: 'lives in' },
    { ids: ['knows', 'likes'], atStart: true, atEnd: true, label: '← knows · likes' },
  ]);
});
