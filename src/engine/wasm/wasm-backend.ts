/**
 * The WebAssembly back end: every operation of the seam in float32 SIMD, on one or more threads.
 *
 * Operations run when they are called; only the reads and `flush` are asynchronous, because the seam
 * is. Results depend on the inputs alone: not on the number of threads, and a row of a matrix product
 * not on the batch it is in. Sums that feed a loss, a norm or an update are double precision.
 */
import type {
  AdamWArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  AttentionShape,
  Backend,
  BackendCounts,
  BackendInfo,
  BufferUse,
  ElementType,
  FloatArray,
  MatmulArgs,
  RmsNormArgs,
  RmsNormBackwardArgs,
  RopeArgs,
  SampleArgs,
  Tensor,
  TokenLogprobsArgs,
  TokenLogprobsBackwardArgs,
} from '../backend';
import { TensorMisuseError } from '../reference/buffers';
import { type AttentionPlan, planAttention } from './attention-plan';
import { DeviceStorage } from './device-storage';
import { bindKernels, compileKernels } from './kernels';
import { LinearMemory } from './linear-memory';
import { matrixProduct } from './matrix-product';
import { ThreadPool } from './thread-pool';
import { addressOf, checkRange, own, type WasmTensor } from './wasm-tensor';

export interface WasmBackendOptions {
  /**
   * Threads that compute, the caller's included. Default: one for each core, at most MOST_THREADS. More than
   * one needs shared memory: a page that is not cross-origin isolated runs on one, whatever is asked.
   */
  readonly threads?: number;
  /** Upper limit of the linear memory in bytes. Default and most: 4 GiB. */
  readonly maximumBytes?: number;
}

const MOST_THREADS = 8;
/** Elements of a work item of the elementwise kernels; CHUNK in assembly/elementwise.ts. */
const CHUNK = 4096;
/** Columns of a work item that walks down the rows; COLUMNS in assembly/rows.ts. */
const COLUMNS = 16;
/** Rough operations for one exponential, for deciding whether to share work. */
const EXP_COST = 20;

/** Scratch of a panel of attention: STATS_BYTES in assembly/attention.ts, then arrays of eight lanes. */
const PANEL_STATS = 256;
const PANEL_BYTES = 32;

function paddedHead(headDim: number): number {
  return 8 * Math.ceil(headDim / 8);
}

const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return inNode || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

async function availableCores(): Promise<number> {
  if (!inNode) return navigator.hardwareConcurrency || 1;
  const name = 'node:os';
  const { availableParallelism } = (await import(/* @vite-ignore */ name)) as typeof import('node:os');
  return availableParallelism();
}

export class WasmBackend implements Backend {
  readonly info: BackendInfo;
  readonly counts: BackendCounts = {
    dispatches: 0,
    submits: 0,
    readbacks: 0,
    bytesUploaded: 0,
    bytesRead: 0,
    bytesAllocated: 0,
  };

  private constructor(
    private readonly memory: LinearMemory,
    private readonly storage: DeviceStorage,
    private readonly pool: ThreadPool,
  ) {
    const { threads } = pool;
    const device = `WebAssembly SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    this.info = { name: 'wasm', device, threads, software: false };
  }

  /** Throws `DeviceUnavailableError` when kernels, memory or threads cannot be had. */
  static async create(options: WasmBackendOptions = {}): Promise<WasmBackend> {
    const wanted = options.threads ?? Math.min(MOST_THREADS, await availableCores());
    const threads = canShareMemory() ? Math.max(1, Math.floor(wanted)) : 1;
    const shared = threads > 1;
    const module = await compileKernels(shared);
    const memory = new LinearMemory(shared, options.maximumBytes);
    const kernels = bindKernels(module, memory.memory);
    const pool = await ThreadPool.create(kernels, module, memory.memory, threads);
    return new WasmBackend(memory, new DeviceStorage(memory), pool);
  }

  alloc(type: ElementType, length: number, label: string, use: BufferUse = 'activation'): Tensor {
    const tensor = this.storage.tensor(type, length, label, use === 'weight');
    this.counts.bytesAllocated += 4 * length;
    return tensor;
  }

  view(tensor: Tensor, offset: number, length: number, label = tensor.label): Tensor {
    return own(tensor).view(offset, length, label);
  }

  free(tensor: Tensor): void {
    this.storage.free(tensor);
  }

  write(tensor: Tensor, data: FloatArray | Int32Array, offset = 0): void {
    const target = this.changed(tensor);
    if (data instanceof Int32Array !== (target.type === 'i32')) {
      throw new TensorMisuseError(tensor, 'written with data of the other type');
    }
    if (offset < 0 || offset + data.length > target.length) {
      throw new TensorMisuseError(tensor, `write ${offset} .. ${offset + data.length} is outside`);
    }
    this.elements(target).set(data, offset);
    this.counts.bytesUploaded += 4 * data.length;
  }

  async readFloats(tensor: Tensor): Promise<FloatArray> {
    addressOf(tensor, 'f32', 0);
    return this.read(own(tensor)) as Float32Array;
  }

  async readInts(tensor: Tensor): Promise<Int32Array> {
    addressOf(tensor, 'i32', 0);
    return this.read(own(tensor)) as Int32Array;
  }

  async flush(): Promise<void> {}

  dispose(): void {
    this.pool.dispose();
  }

  fill(out: Tensor, value: number): void {
    this.counts.dispatches++;
    this.elements(this.changed(out)).fill(value);
  }

  copy(out: Tensor, x: Tensor): void {
    this.counts.dispatches++;
    if (out.length !== x.length) throw new TensorMisuseError(out, `copied from ${x.length} elements`);
    addressOf(x, out.type, 0);
    this.elements(this.changed(out)).set(this.elements(own(x)));
  }

  addScaled(out: Tensor, x: Tensor, alpha: number): void {
    const { length } = out;
    this.elementwise('addScaled', length, 1, [
      this.output(out, length),
      this.input(x, length),
      alpha,
      length,
    ]);
  }

  gatherRows(args: { out: Tensor; x: Tensor; index: Tensor; rows: number; dim: number }): void {
    const { out, x, index, rows, dim } = args;
    const indices = this.indices(index, rows, 0, Math.floor(x.length / dim));
    this.launch('gatherRows', rows, rows * dim, [
      this.output(out, rows * dim),
      this.input(x, 0),
      indices,
      dim,
    ]);
  }

  scatterRows(args: { out: Tensor; x: Tensor; index: Tensor; rows: number; dim: number }): void {
    const { out, x, index, rows, dim } = args;
    const indices = this.indices(index, rows, 0, Math.floor(out.length / dim));
    this.launch('scatterRows', rows, rows * dim, [
      this.output(out, 0),
      this.input(x, rows * dim),
      indices,
      dim,
    ]);
  }

  scatterAddRows(args: {
    out: Tensor;
    x: Tensor;
    index: Tensor;
    rows: number;
    outRows: number;
    dim: number;
  }): void {
    const { out, x, index, rows, outRows, dim } = args;
    const indices = this.indices(index, rows, 0, outRows);
    this.launch('scatterAddRows', Math.ceil(dim / COLUMNS), rows * dim, [
      this.output(out, outRows * dim),
      this.input(x, rows * dim),
      indices,
      rows,
      dim,
    ]);
  }

  matmul(args: MatmulArgs): void {
    this.counts.dispatches++;
    this.changed(args.out);
    matrixProduct(this.storage, this.pool, args);
  }

  sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void {
    const { out, x, rows, dim } = args;
    this.launch('sumRows', Math.ceil(dim / COLUMNS), 2 * rows * dim, [
      this.output(out, dim),
      this.input(x, rows * dim),
      0,
      0,
      rows,
      dim,
    ]);
  }

  rmsNorm(args: RmsNormArgs): void {
    const { rows, dim } = args;
    this.launch('rmsNorm', rows, 5 * rows * dim, [
      this.output(args.out, rows * dim),
      this.input(args.x, rows * dim),
      this.input(args.weight, dim),
      this.output(args.rstd, rows),
      dim,
      args.eps,
    ]);
  }

  rmsNormBackward(args: RmsNormBackwardArgs): void {
    const { rows, dim } = args;
    const dOut = this.input(args.dOut, rows * dim);
    const x = this.input(args.x, rows * dim);
    const rstd = this.input(args.rstd, rows);
    if (args.dWeight) {
      this.launch('sumRows', Math.ceil(dim / COLUMNS), 6 * rows * dim, [
        this.output(args.dWeight, dim),
        dOut,
        x,
        rstd,
        rows,
        dim,
      ]);
    }
    this.launch('rmsNormBackward', rows, 10 * rows * dim, [
      this.output(args.dx, rows * dim),
      dOut,
      x,
      this.input(args.weight, dim),
      rstd,
      dim,
      Number(args.accumulate ?? false),
    ]);
  }

  rope(args: RopeArgs): void {
    const { rows, heads, headDim } = args;
    const size = rows * heads * headDim;
    const maxPositions = Math.floor((2 * Math.min(args.cos.length, args.sin.length)) / headDim);
    this.launch('rope', rows, 3 * size, [
      this.output(args.x, size),
      this.input(args.cos, 0),
      this.input(args.sin, 0),
      this.indices(args.positions, rows, 0, maxPositions),
      heads,
      headDim,
      args.inverse ? -1 : 1,
    ]);
  }

  attention(args: AttentionArgs): void {
    const { rows, heads, kvHeads, headDim, scale } = args;
    const plan = this.planAttention(args, Math.min(args.k.length, args.v.length), false);
    const shared = [
      this.output(args.out, rows * heads * headDim),
      this.output(args.lse, rows * heads),
      this.input(args.q, rows * heads * headDim),
      this.input(args.k, 0),
      this.input(args.v, 0),
      own(args.keyStart).address,
      own(args.keyEnd).address,
    ];
    const work = plan.pairs * heads * (4 * headDim + EXP_COST);
    if (plan.panels.length > 0) {
      const stride = PANEL_STATS + PANEL_BYTES * (2 * paddedHead(headDim) + plan.longestRow);
      this.launch('attention', (plan.panels.length / 3) * kvHeads, work, [
        ...shared,
        this.integers('attention panels', plan.panels),
        heads,
        kvHeads,
        headDim,
        scale,
        this.storage.scratchAddress('attention', stride * this.pool.threads),
        stride,
      ]);
    }
    if (plan.thinRows.length > 0) {
      const stride = 16 * Math.ceil(plan.longestRow / 4);
      this.launch('attentionRows', plan.thinRows.length, work, [
        ...shared,
        this.integers('attention rows', plan.thinRows),
        heads,
        kvHeads,
        headDim,
        scale,
        this.storage.scratchAddress('attention', stride * this.pool.threads),
        stride,
      ]);
    }
  }

  attentionBackward(args: AttentionBackwardArgs): void {
    const { rows, heads, kvHeads, headDim, scale } = args;
    const size = rows * heads * headDim;
    const kvSize = rows * kvHeads * headDim;
    const plan = this.planAttention(args, kvSize, true);
    const dOut = this.input(args.dOut, size);
    const delta = this.output(args.delta, rows * heads);
    const out = this.input(args.out, size);
    this.launch('attentionDelta', rows * heads, 2 * size, [delta, dOut, out, headDim]);
    const dq = this.output(args.dq, size);
    const dk = this.output(args.dk, kvSize);
    const dv = this.output(args.dv, kvSize);
    if (plan.segmentKeys < rows) {
      for (const unread of [dk, dv]) this.memory.floats(unread, kvSize).fill(0);
    }
    const padded = paddedHead(headDim);
    const keys = plan.longestSegment;
    const stride = PANEL_STATS + PANEL_BYTES * (5 * padded + 2 * keys) + 2 * 4 * keys * padded;
    const work = plan.pairs * heads * (10 * headDim + EXP_COST);
    this.launch('attentionBackward', (plan.segments.length / 4) * kvHeads, work, [
      dq,
      dk,
      dv,
      dOut,
      this.input(args.q, size),
      this.input(args.k, kvSize),
      this.input(args.v, kvSize),
      this.input(args.lse, rows * heads),
      delta,
      own(args.keyStart).address,
      own(args.keyEnd).address,
      this.integers('attention panels', plan.panels),
      this.integers('attention segments', plan.segments),
      heads,
      kvHeads,
      headDim,
      scale,
      keys,
      this.storage.scratchAddress('attention', stride * this.pool.threads),
      stride,
    ]);
  }

  swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void {
    const { length } = args.out;
    this.elementwise('swiGlu', length, EXP_COST, [
      this.output(args.out, length),
      this.input(args.gate, length),
      this.input(args.up, length),
      length,
    ]);
  }

  swiGluBackward(args: { dGate: Tensor; dUp: Tensor; dOut: Tensor; gate: Tensor; up: Tensor }): void {
    const { length } = args.dOut;
    this.elementwise('swiGluBackward', length, EXP_COST, [
      this.output(args.dGate, length),
      this.output(args.dUp, length),
      this.input(args.dOut, length),
      this.input(args.gate, length),
      this.input(args.up, length),
      length,
    ]);
  }

  tokenLogprobs(args: TokenLogprobsArgs): void {
    const { rows, vocab, temperature } = args;
    this.launch('tokenLogprobs', rows, 2 * EXP_COST * rows * vocab, [
      this.output(args.logprob, rows),
      this.output(args.entropy, rows),
      this.output(args.lse, rows),
      this.input(args.logits, rows * vocab),
      this.indices(args.targets, rows, 0, vocab),
      vocab,
      temperature,
    ]);
  }

  tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void {
    const { rows, vocab, temperature } = args;
    this.launch('tokenLogprobsBackward', rows, 2 * EXP_COST * rows * vocab, [
      this.output(args.logits, rows * vocab),
      this.indices(args.targets, rows, 0, vocab),
      this.input(args.entropy, rows),
      this.input(args.dLogprob, rows),
      args.dEntropy ? this.input(args.dEntropy, rows) : 0,
      vocab,
      temperature,
    ]);
  }

  sample(args: SampleArgs): void {
    const { rows, vocab, temperature } = args;
    addressOf(args.ids, 'i32', rows);
    this.launch('sample', rows, 3 * EXP_COST * rows * vocab, [
      this.changed(args.ids).address,
      this.output(args.logprob, rows),
      this.output(args.entropy, rows),
      this.input(args.logits, rows * vocab),
      this.input(args.uniforms, rows),
      vocab,
      temperature,
    ]);
  }

  clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void {
    const { length } = args.x;
    const out = this.output(args.out, 2);
    const chunks = Math.ceil(length / CHUNK);
    const partials = this.storage.scratchAddress('sums of squares', 8 * chunks);
    this.elementwise('sumSquares', length, 2, [partials, this.input(args.x, length), length]);
    let total = 0;
    for (const partial of this.memory.doubles(partials, chunks)) total += partial;
    const norm = Math.sqrt(total);
    // Written so that a norm that is not a number gives a factor that is not one either.
    const factor = args.maxNorm <= 0 ? 1 : Math.min(1, args.maxNorm / (norm + 1e-6));
    this.memory.floats(out, 2).set([norm, factor]);
  }

  adamW(args: AdamWArgs): void {
    const { length, lr, beta1, beta2, eps, weightDecay, step } = args;
    this.elementwise('adamW', length, 12, [
      this.output(args.param, length),
      this.input(args.grad, length),
      this.output(args.m, length),
      this.output(args.v, length),
      this.input(args.clip, 2) + 4,
      length,
      1 - lr * weightDecay,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      lr / (1 - beta1 ** step),
      Math.sqrt(1 - beta2 ** step),
      eps,
    ]);
  }

  private input(tensor: Tensor, length: number): number {
    return addressOf(tensor, 'f32', length);
  }

  /** Address of a tensor that the operation writes; copies packed from it are dropped. */
  private output(tensor: Tensor, length: number): number {
    const address = addressOf(tensor, 'f32', length);
    this.changed(tensor);
    return address;
  }

  private changed(tensor: Tensor): WasmTensor {
    const mine = own(tensor);
    if (mine.buffer.packed.size > 0) this.storage.dropPacked(mine.buffer);
    return mine;
  }

  /** Address of `rows` integers, each in low .. high - 1. */
  private indices(tensor: Tensor, rows: number, low: number, high: number): number {
    const address = addressOf(tensor, 'i32', rows);
    checkRange(tensor, this.memory.ints(address, rows), low, high);
    return address;
  }

  /** Plans attention over `kvLength` elements of keys, whose ranges are checked here. */
  private planAttention(shape: AttentionShape, kvLength: number, allPanels: boolean): AttentionPlan {
    const { rows, heads, kvHeads, headDim } = shape;
    const keyRows = Math.floor(kvLength / (kvHeads * headDim));
    const starts = this.memory.ints(this.indices(shape.keyStart, rows, 0, keyRows), rows);
    const ends = this.memory.ints(this.indices(shape.keyEnd, rows, 1, keyRows + 1), rows);
    const empty = ends.findIndex((end, r) => end <= starts[r]);
    if (empty >= 0) throw new TensorMisuseError(shape.keyEnd, `row ${empty} has no keys`);
    return planAttention(starts, ends, heads / kvHeads, allPanels);
  }

  /** Copies a list to scratch memory of its own and returns its address. */
  private integers(purpose: string, list: Int32Array): number {
    const address = this.storage.scratchAddress(purpose, list.byteLength);
    this.memory.ints(address, list.length).set(list);
    return address;
  }

  private elementwise(
    name: Parameters<ThreadPool['run']>[0],
    length: number,
    cost: number,
    args: number[],
  ): void {
    this.launch(name, Math.ceil(length / CHUNK), cost * length, args);
  }

  private launch(...[name, items, operations, args]: Parameters<ThreadPool['run']>): void {
    this.counts.dispatches++;
    this.pool.run(name, items, operations, args);
  }

  private elements(tensor: WasmTensor): Float32Array | Int32Array {
    return tensor.type === 'f32'
      ? this.memory.floats(tensor.address, tensor.length)
      : this.memory.ints(tensor.address, tensor.length);
  }

  private read(tensor: WasmTensor): Float32Array | Int32Array {
    const data = this.elements(tensor).slice();
    this.counts.readbacks++;
    this.counts.bytesRead += data.byteLength;
    return data;
  }
}
