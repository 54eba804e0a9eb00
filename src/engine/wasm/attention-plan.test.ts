import { describe, expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { planAttention } from './attention-plan';

function triples(list: Int32Array): number[][] {
  return Array.from({ length: list.length / 3 }, (_, i) => [...list.subarray(3 * i, 3 * i + 3)]);
}

describe('planAttention', () => {
  it('cuts runs into panels of eight pairs and leaves single rows of few heads to the row kernel', () => {
    const starts = Int32Array.from([0, 0, 0, 0, 0, 5, 6, 6]);
    const ends = Int32Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
    const plan = planAttention(starts, ends, 2, false);
    expect(triples(plan.panels)).toEqual([
      [0, 0, 8],
      [0, 8, 2],
      [6, 0, 4],
    ]);
    expect([...plan.thinRows]).toEqual([5]);
    expect(plan.pairs).toBe(1 + 2 + 3 + 4 + 5 + 1 + 1 + 2);
    expect(plan.longestRow).toBe(5);
  });

  it('gives the gradient a panel for every row and a segment for every sequence', () => {
    const starts = Int32Array.from([0, 0, 2, 3, 3]);
    const ends = Int32Array.from([1, 2, 3, 4, 5]);
    const plan = planAttention(starts, ends, 1, true);
    expect(plan.thinRows).toHaveLength(0);
    expect([...plan.segments]).toEqual([0, 2, 0, 1, 2, 3, 1, 2, 3, 5, 2, 3]);
    expect(plan.segmentKeys).toBe(5);
  });

  it.each([1, 2, 3, 4, 5])(
    'covers every pair once, with disjoint segments, whatever the ranges (seed %i)',
    (seed) => {
      const numbers = new SeededNumbers(seed);
      for (let round = 0; round < 100; round++) {
        const rows = numbers.integer(1, 30);
        const group = numbers.integer(1, 5);
        const starts = numbers.integers(rows, 0, 20);
        if (numbers.next() < 0.7) starts.sort();
        const ends = starts.map((start) => start + numbers.integer(1, 12));
        const plan = planAttention(starts, ends, group, numbers.next() < 0.5);
        const seen = new Int32Array(rows * group);
        for (const [row, pair, lanes] of triples(plan.panels)) {
          expect(lanes).toBeGreaterThan(0);
          for (let i = pair; i < pair + lanes; i++) {
            expect(starts[row + Math.floor(i / group)]).toBe(starts[row]);
            seen[row * group + i]++;
          }
        }
        for (const row of plan.thinRows) {
          for (let i = 0; i < group; i++) seen[row * group + i]++;
        }
        expect(seen).toEqual(new Int32Array(rows * group).fill(1));
        let at = 0;
        let panel = 0;
        for (let i = 0; i < plan.segments.length; i += 4) {
          const [first, end, firstPanel, lastPanel] = plan.segments.subarray(i, i + 4);
          expect(first).toBeGreaterThanOrEqual(at);
          expect(firstPanel).toBe(panel);
          for (const [row] of triples(plan.panels).slice(firstPanel, lastPanel)) {
            expect(starts[row]).toBeGreaterThanOrEqual(first);
            expect(ends[row]).toBeLessThanOrEqual(end);
          }
          at = end;
          panel = lastPanel;
        }
        expect(panel).toBe(plan.panels.length / 3);
      }
    },
  );
});
