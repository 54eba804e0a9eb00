/** Attention over packed sequences, sliding windows and caches, and its gradient. */
import type { AttentionShape } from '../backend';
import type { CaseList } from './parity-case';

interface AttentionCase {
  /** Lengths of the packed sequences. */
  readonly lengths: readonly number[];
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Keys a query sees at most, itself included: a sliding window. */
  readonly window?: number;
}

const ATTENTION_CASES: readonly AttentionCase[] = [
  { lengths: [1], heads: 2, kvHeads: 1, headDim: 20 },
  { lengths: [3, 1, 9], heads: 2, kvHeads: 2, headDim: 8 },
  { lengths: [17, 2], heads: 4, kvHeads: 2, headDim: 6 },
  { lengths: [5, 40, 1, 1, 23], heads: 4, kvHeads: 1, headDim: 32 },
  { lengths: [70], heads: 3, kvHeads: 3, headDim: 5 },
  { lengths: [130, 33], heads: 2, kvHeads: 1, headDim: 64 },
  { lengths: [12, 40], heads: 6, kvHeads: 2, headDim: 20, window: 7 },
  { lengths: [4, 290], heads: 4, kvHeads: 2, headDim: 12 },
  { lengths: [150], heads: 2, kvHeads: 1, headDim: 8, window: 60 },
];

/** Causal packed self-attention: ranges of keys for queries and of queries for keys. */
function packedRanges(
  lengths: readonly number[],
  window: number,
): { start: number[]; end: number[]; queryEnd: number[] } {
  const ranges = { start: [] as number[], end: [] as number[], queryEnd: [] as number[] };
  let first = 0;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) {
      ranges.start.push(first + Math.max(0, i + 1 - window));
      ranges.end.push(first + i + 1);
      ranges.queryEnd.push(first + Math.min(length, i + window));
    }
    first += length;
  }
  return ranges;
}

export function addAttention(list: CaseList): void {
  for (const { lengths, heads, kvHeads, headDim, window = Infinity } of ATTENTION_CASES) {
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const name = `${lengths.join('+')} rows, ${heads}/${kvHeads} heads of ${headDim}`;
    list.add(`attention and its gradient, packed ${name}`, (desk) => {
      const ranges = packedRanges(lengths, window);
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
        keyStart: desk.ints(ranges.start),
        keyEnd: desk.ints(ranges.end),
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
        queryEnd: desk.ints(ranges.queryEnd),
        delta: desk.output('delta', rows * heads),
      });
    });
    list.add(`attention, cache of 3 x 90 rows, ${heads}/${kvHeads} heads of ${headDim}`, (desk) => {
      const slots = [0, 1, 2, 1];
      const slotRows = 90;
      const ends = slots.map(() => desk.numbers.integer(1, slotRows));
      desk.backend.attention({
        out: desk.output('out', slots.length * heads * headDim),
        lse: desk.output('lse', slots.length * heads),
        q: desk.normal(slots.length * heads * headDim, 2),
        k: desk.normal(3 * slotRows * kvHeads * headDim, 2),
        v: desk.normal(3 * slotRows * kvHeads * headDim),
        rows: slots.length,
        heads,
        kvHeads,
        headDim,
        scale: 0.4,
        keyStart: desk.ints(slots.map((slot) => slot * slotRows)),
        keyEnd: desk.ints(slots.map((slot, i) => slot * slotRows + ends[i])),
      });
    });
  }
}
