/** Attention, forward and backward, over trees of tokens in depth-first order. */
import type { AttentionShape } from '../backend';
import type { CaseList } from './parity-case';
import type { SeededNumbers } from './seeded-numbers';

interface TreeCase {
  /** Rows of each tree. */
  readonly sizes: readonly number[];
  /** Chance that a row goes on from the row before it rather than from an earlier ancestor. */
  readonly chain: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

const TREE_CASES: readonly TreeCase[] = [
  { sizes: [2, 5, 1], chain: 0.5, heads: 2, kvHeads: 1, headDim: 8 },
  { sizes: [40, 3, 90], chain: 0.8, heads: 4, kvHeads: 2, headDim: 32 },
  { sizes: [150], chain: 0.95, heads: 3, kvHeads: 3, headDim: 20 },
  { sizes: [33, 33], chain: 0, heads: 2, kvHeads: 2, headDim: 5 },
  { sizes: [70, 200], chain: 0.97, heads: 6, kvHeads: 2, headDim: 64 },
  { sizes: [3, 300], chain: 0.9, heads: 4, kvHeads: 1, headDim: 12 },
];

/** Random trees: the root of each row's tree, and the end of each row's subtree. */
function randomTrees(numbers: SeededNumbers, { sizes, chain }: TreeCase) {
  const keyStart: number[] = [];
  const queryEnd: number[] = [];
  for (const size of sizes) {
    const root = keyStart.length;
    let path: number[] = [];
    for (let i = 0; i < size; i++) {
      const row = root + i;
      const back = path.length > 1 && numbers.next() >= chain ? numbers.integer(1, path.length - 1) : 0;
      for (const left of path.slice(path.length - back)) queryEnd[left] = row;
      path = [...path.slice(0, path.length - back), row];
      keyStart.push(root);
    }
    for (const left of path) queryEnd[left] = root + size;
  }
  return { keyStart, queryEnd };
}

export function addTrees(list: CaseList): void {
  for (const tree of TREE_CASES) {
    const { sizes, chain, heads, kvHeads, headDim } = tree;
    const rows = sizes.reduce((sum, size) => sum + size, 0);
    const name = `trees of ${sizes.join('+')} rows, chain ${chain}, ${heads}/${kvHeads} heads of ${headDim}`;
    list.add(`attention and its gradient, ${name}`, (desk) => {
      const { keyStart, queryEnd } = randomTrees(desk.numbers, tree);
      const width = heads * headDim;
      const kvWidth = kvHeads * headDim;
      const q = desk.normal(rows * width, 1.5);
      const k = desk.normal(rows * kvWidth, 1.5);
      const v = desk.normal(rows * kvWidth);
      const out = desk.output('out', rows * width);
      const lse = desk.output('lse', rows * heads);
      const shape: AttentionShape = {
        rows,
        heads,
        kvHeads,
        headDim,
        scale: 1 / Math.sqrt(headDim),
        keyStart: desk.ints(keyStart),
        keyEnd: desk.ints(keyStart.map((_, row) => row + 1)),
        queryEnd: desk.ints(queryEnd),
      };
      desk.backend.attention({ ...shape, out, lse, q, k, v });
      desk.backend.attentionBackward({
        ...shape,
        dq: desk.output('dq', rows * width),
        dk: desk.output('dk', rows * kvWidth),
        dv: desk.output('dv', rows * kvWidth),
        dOut: desk.normal(rows * width),
        out,
        lse,
        q,
        k,
        v,
        queryEnd: desk.ints(queryEnd),
        delta: desk.output('delta', rows * heads),
      });
    });
  }
}
