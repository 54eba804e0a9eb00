/**
 * One list of cases that every back end must compute alike, run in Node and in the browser.
 *
 * A case draws its inputs from a seeded generator (rounded to float32, so that the float64 reference
 * reads the very same numbers), runs operations on a back end and returns what they wrote. A test
 * runs the case on the reference and on the back end under test and asks `disagreements` for the
 * difference. Shapes are ragged on purpose: single rows, sizes that are no multiple of any tile,
 * outputs that are views with guard elements on both sides which nobody may touch.
 */
import { type AttentionShape, type Backend, type FloatArray, type Tensor, VIEW_ALIGNMENT } from './backend';

/** Relative error ||a - b|| / ||b|| that float32 arithmetic in any reasonable order stays below. */
export const PARITY_TOLERANCE = 2e-6;

export type ParityOutputs = ReadonlyMap<string, FloatArray | Int32Array>;

export interface ParityCase {
  readonly name: string;
  /** Limit on the relative error of each float output; integer outputs must be equal. */
  readonly tolerance: number;
  run(backend: Backend): Promise<ParityOutputs>;
}

/** Raised when an operation wrote outside of its output. */
export class GuardDamagedError extends Error {}

/** Uniform numbers in [0, 1) from a 32-bit state (mulberry32). */
export class SeededNumbers {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** `length` normal numbers times `spread`, plus `mean`, as float32 values. */
  normal(length: number, spread = 1, mean = 0): Float32Array {
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
      out[i] = mean + spread * radius * Math.cos(2 * Math.PI * this.next());
    }
    return out;
  }

  integers(length: number, low: number, high: number): Int32Array {
    return Int32Array.from({ length }, () => this.integer(low, high));
  }

  /** The first `count` of a shuffled 0 .. range - 1. */
  distinct(count: number, range: number): Int32Array {
    const all = Int32Array.from({ length: range }, (_, i) => i);
    for (let i = 0; i < count; i++) {
      const j = this.integer(i, range - 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all.slice(0, count);
  }
}

const GUARD = 7;

interface Watched {
  readonly name: string;
  readonly parent: Tensor;
  readonly view: Tensor;
}

/** Allocates a case's tensors, remembers its outputs and frees everything at the end. */
class Desk {
  private readonly owned: Tensor[] = [];
  private readonly watched: Watched[] = [];

  constructor(
    readonly backend: Backend,
    readonly numbers: SeededNumbers,
  ) {}

  floats(data: Float32Array, use: 'weight' | 'activation' = 'activation'): Tensor {
    const tensor = this.backend.alloc('f32', data.length, 'parity input', use);
    this.owned.push(tensor);
    this.backend.write(tensor, data);
    return tensor;
  }

  normal(length: number, spread = 1, mean = 0): Tensor {
    return this.floats(this.numbers.normal(length, spread, mean));
  }

  /** What an accumulating output holds before: away from zero, so that a single element does not cancel. */
  addend(length: number): Float32Array {
    return this.numbers.normal(length, 1, 5);
  }

  ints(data: Int32Array | readonly number[]): Tensor {
    const tensor = this.backend.alloc('i32', data.length, 'parity indices');
    this.owned.push(tensor);
    this.backend.write(tensor, Int32Array.from(data));
    return tensor;
  }

  /** A guarded view whose content is returned under `name`; starts with `initial` or with noise that must be overwritten. */
  output(name: string, length: number, initial?: Float32Array, type: 'f32' | 'i32' = 'f32'): Tensor {
    const inside = Math.ceil(length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    const parent = this.backend.alloc(type, inside + 2 * VIEW_ALIGNMENT, `parity ${name}`);
    this.owned.push(parent);
    const all = type === 'f32' ? new Float32Array(parent.length) : new Int32Array(parent.length);
    all.fill(GUARD);
    this.backend.write(parent, all);
    const view = this.backend.view(parent, VIEW_ALIGNMENT, length, name);
    if (type === 'f32') this.backend.write(view, initial ?? this.numbers.normal(length, 100));
    this.watched.push({ name, parent, view });
    return view;
  }

  async finish(): Promise<ParityOutputs> {
    const outputs = new Map<string, FloatArray | Int32Array>();
    for (const { name, parent, view } of this.watched) {
      const read = (tensor: Tensor) =>
        tensor.type === 'f32' ? this.backend.readFloats(tensor) : this.backend.readInts(tensor);
      const all = await read(parent);
      const last = VIEW_ALIGNMENT + view.length;
      for (let i = 0; i < all.length; i++) {
        if ((i < VIEW_ALIGNMENT || i >= last) && all[i] !== GUARD) {
          throw new GuardDamagedError(`${name}: element ${i - VIEW_ALIGNMENT} of ${view.length} was written`);
        }
      }
      outputs.set(name, await read(view));
    }
    for (const tensor of this.owned) this.backend.free(tensor);
    return outputs;
  }
}

/** ||a - b|| / ||b||, or ||a|| where b is zero; NaN anywhere gives Infinity. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  const error = Math.sqrt(difference) / (size > 0 ? Math.sqrt(size) : 1);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** One line for each output that differs by more than the case allows; empty when the back ends agree. */
export function disagreements(
  parity: ParityCase,
  actual: ParityOutputs,
  expected: ParityOutputs,
): readonly string[] {
  const lines: string[] = [];
  for (const [name, want] of expected) {
    const got = actual.get(name);
    const error = got ? relativeError(got, want) : Number.POSITIVE_INFINITY;
    const limit = want instanceof Int32Array ? 0 : parity.tolerance;
    if (error > limit)
      lines.push(`${parity.name}: ${name} is off by ${error.toExponential(2)} (limit ${limit})`);
  }
  return lines;
}

type Body = (desk: Desk) => void;

class CaseList {
  readonly cases: ParityCase[] = [];

  constructor(private readonly seed: number) {}

  add(name: string, body: Body, tolerance = PARITY_TOLERANCE): void {
    const seed = this.seed * 7919 + this.cases.length;
    this.cases.push({
      name,
      tolerance,
      run: async (backend) => {
        const desk = new Desk(backend, new SeededNumbers(seed));
        body(desk);
        return desk.finish();
      },
    });
  }
}

const MATMUL_SHAPES: readonly (readonly [m: number, n: number, k: number])[] = [
  [1, 1, 1],
  [1, 7, 5],
  [1, 128, 64],
  [2, 33, 130],
  [5, 3, 9],
  [6, 8, 256],
  [13, 17, 19],
  [32, 64, 8],
  [33, 65, 257],
  [67, 8, 40],
  [8, 70, 300],
  [100, 130, 70],
];

interface MatmulVariant {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha?: number;
  readonly accumulate?: boolean;
  readonly bias?: boolean;
  readonly weight?: boolean;
}

function matmulName(v: MatmulVariant): string {
  const flags = [
    v.alpha !== undefined && `alpha ${v.alpha}`,
    v.accumulate && 'accumulate',
    v.bias && 'bias',
    v.weight && 'weight',
  ].filter(Boolean);
  const layout = `${v.transposeA ? 'T' : 'N'}${v.transposeB ? 'T' : 'N'}`;
  return `matmul ${layout} ${v.m}x${v.n}x${v.k} ${flags.join(', ')}`.trim();
}

function addMatmul(list: CaseList, v: MatmulVariant): void {
  list.add(matmulName(v), (desk) => {
    const b = desk.floats(desk.numbers.normal(v.k * v.n), v.weight ? 'weight' : 'activation');
    desk.backend.matmul({
      out: desk.output('out', v.m * v.n, v.accumulate ? desk.addend(v.m * v.n) : undefined),
      a: desk.normal(v.m * v.k),
      b,
      m: v.m,
      n: v.n,
      k: v.k,
      transposeA: v.transposeA,
      transposeB: v.transposeB,
      alpha: v.alpha,
      accumulate: v.accumulate,
      bias: v.bias ? desk.normal(v.n) : undefined,
    });
  });
}

function addMatmuls(list: CaseList, draw: SeededNumbers, extra: number): void {
  const shapes = [...MATMUL_SHAPES];
  for (let i = 0; i < extra; i++) {
    shapes.push([draw.integer(1, 90), draw.integer(1, 90), draw.integer(1, 600)]);
  }
  for (const [m, n, k] of shapes) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        addMatmul(list, { m, n, k, transposeA, transposeB, weight: draw.next() < 0.3 });
        addMatmul(list, {
          m,
          n,
          k,
          transposeA,
          transposeB,
          alpha: draw.next() < 0.5 ? -0.75 : undefined,
          accumulate: draw.next() < 0.7,
          bias: draw.next() < 0.5,
          weight: draw.next() < 0.5,
        });
      }
    }
  }
}

/** A weight that changes after it has been used: repacked copies must not go stale. */
function addWeightChanges(list: CaseList): void {
  const [m, n, k] = [9, 19, 37];
  const changes: readonly (readonly [string, (desk: Desk, weight: Tensor) => void])[] = [
    ['write', (desk, weight) => desk.backend.write(weight, desk.numbers.normal(5), 11)],
    [
      'write to a view',
      (desk, w) => desk.backend.write(desk.backend.view(w, 64, 64), desk.numbers.normal(64)),
    ],
    ['fill', (desk, weight) => desk.backend.fill(weight, 0.25)],
    ['copy', (desk, weight) => desk.backend.copy(weight, desk.normal(n * k))],
    ['addScaled', (desk, weight) => desk.backend.addScaled(weight, desk.normal(n * k), 0.5)],
    [
      'scatterRows',
      (desk, out) =>
        desk.backend.scatterRows({ out, x: desk.normal(2 * k), index: desk.ints([4, 1]), rows: 2, dim: k }),
    ],
    [
      'matmul',
      (desk, out) =>
        desk.backend.matmul({ out, a: desk.normal(n * 3), b: desk.normal(3 * k), m: n, n: k, k: 3 }),
    ],
  ];
  for (const [name, change] of changes) {
    list.add(`weight changed by ${name}`, (desk) => {
      const b = desk.floats(desk.numbers.normal(n * k), 'weight');
      const a = desk.normal(m * k);
      desk.backend.matmul({ out: desk.output('before', m * n), a, b, m, n, k, transposeB: true });
      change(desk, b);
      desk.backend.matmul({ out: desk.output('after', m * n), a, b, m, n, k, transposeB: true });
      desk.backend.matmul({ out: desk.output('other way', m * n), a, b, m, n, k });
    });
  }
}

function addMovement(list: CaseList, draw: SeededNumbers): void {
  for (const [rows, dim] of [
    [1, 1],
    [3, 5],
    [17, 64],
    [40, 33],
    [5, 1000],
  ] as const) {
    const shape = `${rows}x${dim}`;
    list.add(`fill and copy ${shape}`, (desk) => {
      desk.backend.fill(desk.output('fill', rows * dim), -1.5);
      desk.backend.fill(desk.output('ints', rows * dim, undefined, 'i32'), 9);
      desk.backend.copy(desk.output('copy', rows * dim), desk.normal(rows * dim));
    });
    list.add(`addScaled ${shape}`, (desk) => {
      const out = desk.output('out', rows * dim, desk.addend(rows * dim));
      desk.backend.addScaled(out, desk.normal(rows * dim), -0.3);
    });
    const sources = draw.integer(1, 20);
    list.add(`gatherRows ${shape} of ${sources}`, (desk) => {
      const index = desk.ints(desk.numbers.integers(rows, 0, sources - 1));
      desk.backend.gatherRows({
        out: desk.output('out', rows * dim),
        x: desk.normal(sources * dim),
        index,
        rows,
        dim,
      });
    });
    list.add(`scatterRows ${shape}`, (desk) => {
      const index = desk.ints(desk.numbers.distinct(rows, rows + 3));
      const out = desk.output('out', (rows + 3) * dim);
      desk.backend.scatterRows({ out, x: desk.normal(rows * dim), index, rows, dim });
    });
    list.add(`scatterAddRows ${shape} into ${sources}`, (desk) => {
      const out = desk.output('out', sources * dim, desk.addend(sources * dim));
      const index = desk.ints(desk.numbers.integers(rows, 0, sources - 1));
      desk.backend.scatterAddRows({ out, x: desk.normal(rows * dim), index, rows, outRows: sources, dim });
    });
    list.add(`sumRows ${shape}`, (desk) => {
      desk.backend.sumRows({
        out: desk.output('out', dim, desk.addend(dim)),
        x: desk.normal(rows * dim, 1, 0.5),
        rows,
        dim,
      });
    });
  }
}

function addNorms(list: CaseList): void {
  // With dim 1 the gradient is zero but for eps, and nothing could be compared.
  for (const [rows, dim] of [
    [1, 3],
    [2, 7],
    [9, 32],
    [31, 100],
    [5, 515],
  ] as const) {
    const eps = 1e-6;
    list.add(`rmsNorm ${rows}x${dim}`, (desk) => {
      desk.backend.rmsNorm({
        out: desk.output('out', rows * dim),
        x: desk.normal(rows * dim, 2),
        weight: desk.normal(dim, 0.2, 1),
        rstd: desk.output('rstd', rows),
        rows,
        dim,
        eps,
      });
    });
    for (const [withWeight, accumulate] of [
      [true, false],
      [true, true],
      [false, false],
      [false, true],
    ]) {
      const flags = `${withWeight ? ' dWeight' : ''}${accumulate ? ' accumulate' : ''}`;
      list.add(`rmsNormBackward ${rows}x${dim}${flags}`, (desk) => {
        const x = desk.normal(rows * dim, 2);
        const weight = desk.normal(dim, 0.2, 1);
        const rstd = desk.output('rstd', rows);
        desk.backend.rmsNorm({ out: desk.output('out', rows * dim), x, weight, rstd, rows, dim, eps });
        desk.backend.rmsNormBackward({
          dx: desk.output('dx', rows * dim, accumulate ? desk.addend(rows * dim) : undefined),
          dWeight: withWeight ? desk.output('dWeight', dim, desk.addend(dim)) : undefined,
          dOut: desk.normal(rows * dim),
          x,
          weight,
          rstd,
          rows,
          dim,
          accumulate,
        });
      });
    }
  }
}

function addRope(list: CaseList): void {
  for (const [rows, heads, headDim] of [
    [1, 1, 2],
    [5, 3, 6],
    [11, 2, 16],
    [4, 1, 34],
    [20, 4, 64],
  ] as const) {
    for (const inverse of [false, true]) {
      list.add(`rope ${rows}x${heads}x${headDim}${inverse ? ' inverse' : ''}`, (desk) => {
        const positions = 50;
        const half = headDim / 2;
        const angles = Float64Array.from({ length: positions * half }, (_, i) => {
          return Math.floor(i / half) * 10000 ** (-(i % half) / half);
        });
        desk.backend.rope({
          x: desk.output('x', rows * heads * headDim, desk.numbers.normal(rows * heads * headDim)),
          cos: desk.floats(Float32Array.from(angles, Math.cos)),
          sin: desk.floats(Float32Array.from(angles, Math.sin)),
          positions: desk.ints(desk.numbers.integers(rows, 0, positions - 1)),
          rows,
          heads,
          headDim,
          inverse,
        });
      });
    }
  }
}

interface AttentionCase {
  /** Lengths of the packed sequences. */
  readonly lengths: readonly number[];
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

const ATTENTION_CASES: readonly AttentionCase[] = [
  { lengths: [1], heads: 2, kvHeads: 1, headDim: 20 },
  { lengths: [3, 1, 9], heads: 2, kvHeads: 2, headDim: 8 },
  { lengths: [17, 2], heads: 4, kvHeads: 2, headDim: 6 },
  { lengths: [5, 40, 1, 1, 23], heads: 4, kvHeads: 1, headDim: 32 },
  { lengths: [70], heads: 3, kvHeads: 3, headDim: 5 },
  { lengths: [130, 33], heads: 2, kvHeads: 1, headDim: 64 },
];

/** Causal packed self-attention: ranges of keys for queries and of queries for keys. */
function packedRanges(lengths: readonly number[]): { start: number[]; end: number[]; queryEnd: number[] } {
  const ranges = { start: [] as number[], end: [] as number[], queryEnd: [] as number[] };
  let first = 0;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) {
      ranges.start.push(first);
      ranges.end.push(first + i + 1);
      ranges.queryEnd.push(first + length);
    }
    first += length;
  }
  return ranges;
}

function addAttention(list: CaseList): void {
  for (const { lengths, heads, kvHeads, headDim } of ATTENTION_CASES) {
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const name = `${lengths.join('+')} rows, ${heads}/${kvHeads} heads of ${headDim}`;
    list.add(`attention and its gradient, packed ${name}`, (desk) => {
      const ranges = packedRanges(lengths);
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

function addActivations(list: CaseList): void {
  for (const length of [1, 3, 64, 1001, 5000]) {
    list.add(`swiGlu and its gradient, ${length}`, (desk) => {
      const gate = desk.normal(length, 4);
      const up = desk.normal(length);
      desk.backend.swiGlu({ out: desk.output('out', length), gate, up });
      desk.backend.swiGluBackward({
        dGate: desk.output('dGate', length),
        dUp: desk.output('dUp', length),
        dOut: desk.normal(length),
        gate,
        up,
      });
    });
  }
  list.add('swiGlu far from zero', (desk) => {
    const gate = desk.floats(
      Float32Array.from([-200, -104, -88, -87, -30, -1e-30, 0, 1e-30, 30, 87, 88, 104, 200]),
    );
    const up = desk.floats(new Float32Array(13).fill(2));
    desk.backend.swiGlu({ out: desk.output('out', 13), gate, up });
  });
}

function addLogprobs(list: CaseList): void {
  for (const [rows, vocab] of [
    [1, 2],
    [3, 7],
    [6, 180],
    [5, 1023],
    [2, 2050],
  ] as const) {
    for (const temperature of [1, 0.7]) {
      for (const withEntropy of [false, true]) {
        const flags = `temperature ${temperature}${withEntropy ? ', dEntropy' : ''}`;
        list.add(`tokenLogprobs and gradient ${rows}x${vocab}, ${flags}`, (desk) => {
          // With two tokens a wide spread leaves a gradient of nothing but 1 - p, p near 1.
          const data = desk.numbers.normal(rows * vocab, vocab < 10 ? 1 : 3, 10);
          const targets = desk.ints(desk.numbers.integers(rows, 0, vocab - 1));
          const lse = desk.output('lse', rows);
          const entropy = desk.output('entropy', rows);
          const logits = desk.output('dLogits', rows * vocab, data);
          const shape = { logits, targets, lse, entropy, rows, vocab, temperature };
          desk.backend.tokenLogprobs({ ...shape, logprob: desk.output('logprob', rows) });
          desk.backend.tokenLogprobsBackward({
            ...shape,
            dLogprob: desk.normal(rows),
            dEntropy: withEntropy ? desk.normal(rows) : undefined,
          });
        });
      }
    }
    for (const temperature of [0, 0.7, 1]) {
      list.add(`sample ${rows}x${vocab}, temperature ${temperature}`, (desk) => {
        desk.backend.sample({
          ids: desk.output('ids', rows, undefined, 'i32'),
          logprob: desk.output('logprob', rows),
          entropy: desk.output('entropy', rows),
          logits: desk.normal(rows * vocab, 2),
          uniforms: desk.floats(Float32Array.from({ length: rows }, () => desk.numbers.next())),
          rows,
          vocab,
          temperature,
        });
      });
    }
  }
}

function addOptimizer(list: CaseList): void {
  for (const length of [1, 50, 777, 40_000]) {
    for (const maxNorm of [0, 0.5, 1e6]) {
      list.add(`clipFactor ${length}, limit ${maxNorm}`, (desk) => {
        desk.backend.clipFactor({ out: desk.output('out', 2), x: desk.normal(length), maxNorm });
      });
    }
    list.add(`adamW ${length}, three steps`, (desk) => {
      const param = desk.output('param', length, desk.numbers.normal(length));
      const m = desk.output('m', length, new Float32Array(length));
      const v = desk.output('v', length, new Float32Array(length));
      const clip = desk.output('clip', 2);
      for (let step = 1; step <= 3; step++) {
        const grad = desk.normal(length);
        desk.backend.clipFactor({ out: clip, x: grad, maxNorm: 1 });
        desk.backend.adamW({
          param,
          grad,
          m,
          v,
          clip,
          length,
          lr: 0.01,
          beta1: 0.9,
          beta2: 0.999,
          eps: 1e-8,
          weightDecay: 0.1,
          step,
        });
      }
    });
  }
}

/**
 * All cases for one seed. `extraMatmuls` adds that many random matrix shapes (eight cases each) to
 * the fixed ones; soak runs use many seeds and many shapes.
 */
export function parityCases(seed = 1, extraMatmuls = 4): readonly ParityCase[] {
  const list = new CaseList(seed);
  const draw = new SeededNumbers(seed);
  addMatmuls(list, draw, extraMatmuls);
  addWeightChanges(list);
  addMovement(list, draw);
  addNorms(list);
  addRope(list);
  addAttention(list);
  addActivations(list);
  addLogprobs(list);
  addOptimizer(list);
  return list.cases;
}
