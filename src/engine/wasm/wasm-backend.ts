/**
 * The WebAssembly back end: every operation of the seam in float32 SIMD, on one or more threads.
 *
 * Operations run when they are called; only the reads and `flush` are asynchronous, because the seam
 * is. Results depend on the inputs alone: not on the number of threads, and a row of a matrix product
 * not on the batch it is in. Sums that feed a loss, a norm or an update are double precision. With relaxed SIMD
 * the same holds on one machine, but the bits are the machine's own, so it is off unless asked for.
 */

import type {
  AdamWArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  Backend,
  BackendCounts,
  BackendInfo,
  BufferUse,
  CopyColumnsArgs,
  DequantiseArgs,
  ElementType,
  FastPath,
  FloatArray,
  GatherRowsArgs,
  KernelProfile,
  LinearArgs,
  LinearBackwardArgs,
  MatmulArgs,
  PolicyLossArgs,
  RmsNormArgs,
  RmsNormBackwardArgs,
  RopeArgs,
  SampleArgs,
  Tensor,
  TokenLogprobsArgs,
  TokenLogprobsBackwardArgs,
} from '../backend';
import { composedLinear, composedLinearBackward } from '../composed-operations';
import { TensorMisuseError } from '../errors';
import { HostProfile } from '../host-profile';
import { CREDIT_WIDTH, policyLossOnHost, SUMS_WIDTH } from '../training/policy-loss';
import { attention, attentionBackward } from './attention-calls';
import { CHUNK, Device } from './device';
import { DeviceStorage } from './device-storage';
import { bindKernels, compileKernels, compileRelaxedKernels } from './kernels';
import { LinearMemory } from './linear-memory';
import { matrixProduct } from './matrix-product';
import { RELAXED_SIMD, type RelaxedSimd, relaxedSimdTrouble } from './relaxed-simd';
import { ThreadPool } from './thread-pool';
import { addressOf, own } from './wasm-tensor';

export interface WasmBackendOptions {
  /**
   * Threads that compute, the caller's included. Default: one for each core, at most MOST_THREADS. More than
   * one needs shared memory: a page that is not cross-origin isolated runs on one, whatever is asked.
   */
  readonly threads?: number;
  /** Upper limit of the linear memory in bytes. Default and most: 4 GiB. */
  readonly maximumBytes?: number;
  /** Products with fused multiply-add (`relaxed-simd.ts`). Default `off`: the same seed, the same curve everywhere. */
  readonly relaxedSimd?: RelaxedSimd;
  /** What relaxed kernels must pass: null, or what is wrong with them. Default: `relaxedSimdTrouble`. */
  readonly check?: (candidate: Backend, plain: Backend) => Promise<string | null>;
}

const MOST_THREADS = 8;
/** Columns of a work item that walks down the rows; COLUMNS in assembly/rows.ts. */
const COLUMNS = 16;
/** Rough operations for one exponential, for deciding whether to share work. */
const EXP_COST = 20;

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
  readonly counts: BackendCounts;
  private readonly profile = new HostProfile(this);

  private constructor(
    private readonly device: Device,
    path: FastPath,
  ) {
    this.counts = device.counts;
    const { threads } = device.pool;
    const words = `WebAssembly ${path.state === 'on' ? 'relaxed ' : ''}SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    this.info = {
      name: 'wasm',
      device: words,
      threads,
      software: false,
      fastPaths: [path],
      memoryBytes: device.memory.mostBytes,
    };
  }

  /** Throws `DeviceUnavailableError` when kernels, memory or threads cannot be had. */
  static async create(options: WasmBackendOptions = {}): Promise<WasmBackend> {
    const wanted = options.threads ?? Math.min(MOST_THREADS, await availableCores());
    const threads = canShareMemory() ? Math.max(1, Math.floor(wanted)) : 1;
    const relaxedSimd = options.relaxedSimd ?? 'off';
    const open = async (module: WebAssembly.Module, path: Omit<FastPath, 'name'>): Promise<WasmBackend> => {
      const memory = new LinearMemory(threads > 1, options.maximumBytes);
      const kernels = bindKernels(module, memory.memory);
      const pool = await ThreadPool.create(kernels, module, memory.memory, threads);
      return new WasmBackend(new Device(memory, new DeviceStorage(memory), pool), {
        name: RELAXED_SIMD,
        ...path,
      });
    };
    const plain = async (path: Omit<FastPath, 'name'>) => open(await compileKernels(threads > 1), path);
    if (relaxedSimd === 'off') {
      return plain({ state: 'off', why: 'Not asked for: results are the same on every machine.' });
    }
    const module = await compileRelaxedKernels(threads > 1).catch(() => null);
    if (!module)
      return plain({
        state: 'refused',
        why: 'This WebAssembly engine does not take the module, or it could not be loaded.',
      });
    if (relaxedSimd === 'on') return open(module, { state: 'on', why: 'Asked for without a check.' });
    const candidate = await open(module, { state: 'on', why: 'Its products agree with the plain kernels.' });
    const oracle = await WasmBackend.create({ threads: 1 });
    const check = options.check ?? relaxedSimdTrouble;
    const trouble = await check(candidate, oracle)
      .catch((error: unknown) => `Its self-check could not run: ${error}`)
      .finally(() => oracle.dispose());
    if (trouble === null) return candidate;
    candidate.dispose();
    return plain({ state: 'refused', why: trouble });
  }

  alloc(type: ElementType, length: number, label: string, use: BufferUse = 'activation'): Tensor {
    const tensor = this.device.storage.tensor(type, length, label, use === 'weight');
    this.counts.bytesAllocated += 4 * length;
    return tensor;
  }

  view(tensor: Tensor, offset: number, length: number, label = tensor.label): Tensor {
    return own(tensor).view(offset, length, label);
  }

  free(tensor: Tensor): void {
    this.device.storage.free(tensor);
  }

  write(tensor: Tensor, data: FloatArray | Int32Array, offset = 0): void {
    const target = this.device.changed(tensor);
    if (data instanceof Int32Array !== (target.type === 'i32')) {
      throw new TensorMisuseError(tensor, 'written with data of the other type');
    }
    if (offset < 0 || offset + data.length > target.length) {
      throw new TensorMisuseError(tensor, `write ${offset} .. ${offset + data.length} is outside`);
    }
    this.device.elements(target).set(data, offset);
    this.counts.bytesUploaded += 4 * data.length;
  }

  async readFloats(tensor: Tensor): Promise<FloatArray> {
    addressOf(tensor, 'f32', 0);
    return this.read(tensor) as Float32Array;
  }

  async readInts(tensor: Tensor): Promise<Int32Array> {
    addressOf(tensor, 'i32', 0);
    return this.read(tensor) as Int32Array;
  }

  async flush(): Promise<void> {}

  dispose(): void {
    this.device.pool.dispose();
  }

  startProfile(): void {
    this.profile.start();
  }

  async stopProfile(): Promise<readonly KernelProfile[]> {
    return this.profile.stop();
  }

  fill(out: Tensor, value: number): void {
    this.counts.dispatches++;
    this.device.elements(this.device.changed(out)).fill(value);
  }

  copy(out: Tensor, x: Tensor): void {
    this.counts.dispatches++;
    if (out.length !== x.length) throw new TensorMisuseError(out, `copied from ${x.length} elements`);
    addressOf(x, out.type, 0);
    this.device.elements(this.device.changed(out)).set(this.device.elements(own(x)));
  }

  addScaled(out: Tensor, x: Tensor, alpha: number): void {
    const { length } = out;
    this.device.elementwise('addScaled', length, 1, [
      this.device.output(out, length),
      this.device.input(x, length),
      alpha,
      length,
    ]);
  }

  gatherRows(args: GatherRowsArgs): void {
    const { out, x, index, rows, dim, firstRow } = args;
    const sources = Math.floor(x.length / dim);
    const indices = this.device.indices(index, rows, 0, firstRow === undefined ? sources : 2 ** 31);
    this.device.launch('gatherRows', rows, rows * dim, [
      this.device.output(out, rows * dim),
      this.device.input(x, 0),
      indices,
      dim,
      firstRow ?? 0,
      sources,
    ]);
  }

  copyColumns(args: CopyColumnsArgs): void {
    const { out, outDim, outColumn, x, xDim, xColumn, rows, columns } = args;
    if (outColumn + columns > outDim)
      throw new TensorMisuseError(out, `has no columns up to ${outColumn + columns}`);
    if (xColumn + columns > xDim) throw new TensorMisuseError(x, `has no columns up to ${xColumn + columns}`);
    this.device.launch('copyColumns', rows, rows * columns, [
      this.device.output(out, rows * outDim) + 4 * outColumn,
      outDim,
      this.device.input(x, rows * xDim) + 4 * xColumn,
      xDim,
      columns,
    ]);
  }

  scatterRows(args: { out: Tensor; x: Tensor; index: Tensor; rows: number; dim: number }): void {
    const { out, x, index, rows, dim } = args;
    const indices = this.device.indices(index, rows, 0, Math.floor(out.length / dim));
    this.device.launch('scatterRows', rows, rows * dim, [
      this.device.output(out, 0),
      this.device.input(x, rows * dim),
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
    const indices = this.device.indices(index, rows, 0, outRows);
    this.device.launch('scatterAddRows', Math.ceil(dim / COLUMNS), rows * dim, [
      this.device.output(out, outRows * dim),
      this.device.input(x, rows * dim),
      indices,
      rows,
      dim,
    ]);
  }

  sumPicked(args: {
    out: Tensor;
    x: Tensor;
    starts: Tensor;
    index: Tensor;
    rows: number;
    dim: number;
  }): void {
    const { out, x, starts, index, rows, dim } = args;
    const entries = this.device.indices(starts, rows + 1, 0, index.length + 1);
    this.device.launch('sumPicked', rows, index.length * dim, [
      this.device.output(out, rows * dim),
      this.device.input(x, 0),
      entries,
      this.device.indices(index, index.length, 0, Math.floor(x.length / dim)),
      dim,
    ]);
  }

  dequantise(args: DequantiseArgs): void {
    const { rows, dim } = args;
    const words = Math.ceil(dim / (args.format === 'int8' ? 4 : 2));
    const packed = addressOf(args.packed, 'i32', rows * words);
    const out = this.device.output(args.out, rows * dim);
    if (args.format === 'int8') {
      const scales = this.device.input(args.scales, rows);
      this.device.launch('dequantiseInt8', rows, rows * dim, [out, packed, scales, words, dim]);
    } else {
      this.device.launch('dequantiseHalf', rows, rows * dim, [out, packed, words, dim]);
    }
  }

  matmul(args: MatmulArgs): void {
    matrixProduct(this.device, args);
  }

  linear(args: LinearArgs): void {
    composedLinear(this, args);
  }

  linearBackward(args: LinearBackwardArgs): void {
    composedLinearBackward(this, args);
  }

  sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void {
    const { out, x, rows, dim } = args;
    this.device.launch('sumRows', Math.ceil(dim / COLUMNS), 2 * rows * dim, [
      this.device.output(out, dim),
      this.device.input(x, rows * dim),
      0,
      0,
      rows,
      dim,
    ]);
  }

  rmsNorm(args: RmsNormArgs): void {
    const { rows, dim } = args;
    this.device.launch('rmsNorm', rows, 5 * rows * dim, [
      this.device.output(args.out, rows * dim),
      this.device.input(args.x, rows * dim),
      this.device.input(args.weight, dim),
      this.device.output(args.rstd, rows),
      dim,
      args.eps,
    ]);
  }

  rmsNormBackward(args: RmsNormBackwardArgs): void {
    const { rows, dim } = args;
    const dOut = this.device.input(args.dOut, rows * dim);
    const x = this.device.input(args.x, rows * dim);
    const rstd = this.device.input(args.rstd, rows);
    if (args.dWeight) {
      this.device.launch('sumRows', Math.ceil(dim / COLUMNS), 6 * rows * dim, [
        this.device.output(args.dWeight, dim),
        dOut,
        x,
        rstd,
        rows,
        dim,
      ]);
    }
    this.device.launch('rmsNormBackward', rows, 10 * rows * dim, [
      this.device.output(args.dx, rows * dim),
      dOut,
      x,
      this.device.input(args.weight, dim),
      rstd,
      dim,
      Number(args.accumulate ?? false),
    ]);
  }

  rope(args: RopeArgs): void {
    const { rows, heads, headDim } = args;
    const size = rows * heads * headDim;
    const maxPositions = Math.floor((2 * Math.min(args.cos.length, args.sin.length)) / headDim);
    this.device.launch('rope', rows, 3 * size, [
      this.device.output(args.x, size),
      this.device.input(args.cos, 0),
      this.device.input(args.sin, 0),
      this.device.indices(args.positions, rows, 0, maxPositions),
      heads,
      headDim,
      args.inverse ? -1 : 1,
    ]);
  }

  attention(args: AttentionArgs): void {
    attention(this.device, args);
  }

  attentionBackward(args: AttentionBackwardArgs): void {
    attentionBackward(this.device, args);
  }

  swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void {
    const { length } = args.out;
    this.device.elementwise('swiGlu', length, EXP_COST, [
      this.device.output(args.out, length),
      this.device.input(args.gate, length),
      this.device.input(args.up, length),
      length,
    ]);
  }

  swiGluBackward(args: { dGate: Tensor; dUp: Tensor; dOut: Tensor; gate: Tensor; up: Tensor }): void {
    const { length } = args.dOut;
    this.device.elementwise('swiGluBackward', length, EXP_COST, [
      this.device.output(args.dGate, length),
      this.device.output(args.dUp, length),
      this.device.input(args.dOut, length),
      this.device.input(args.gate, length),
      this.device.input(args.up, length),
      length,
    ]);
  }

  tokenLogprobs(args: TokenLogprobsArgs): void {
    const { rows, vocab, temperature } = args;
    this.device.launch('tokenLogprobs', rows, 2 * EXP_COST * rows * vocab, [
      this.device.output(args.logprob, rows),
      this.device.output(args.entropy, rows),
      this.device.output(args.lse, rows),
      this.device.input(args.logits, rows * vocab),
      this.device.indices(args.targets, rows, 0, vocab),
      vocab,
      temperature,
    ]);
  }

  tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void {
    const { rows, vocab, temperature } = args;
    this.device.launch('tokenLogprobsBackward', rows, 2 * EXP_COST * rows * vocab, [
      this.device.output(args.logits, rows * vocab),
      this.device.indices(args.targets, rows, 0, vocab),
      this.device.input(args.entropy, rows),
      this.device.input(args.dLogprob, rows),
      args.dEntropy ? this.device.input(args.dEntropy, rows) : 0,
      vocab,
      temperature,
    ]);
  }

  /** On the host, in float64: a few operations a token, and the memory is shared. */
  policyLoss(args: PolicyLossArgs): void {
    const { rows, sequences, entropyOffset, reference } = args;
    this.counts.dispatches++;
    const input = (tensor: Tensor, length: number) =>
      this.device.memory.floats(this.device.input(tensor, length), length);
    const output = (tensor: Tensor, length: number) =>
      this.device.memory.floats(this.device.output(tensor, length), length);
    policyLossOnHost({
      ...args,
      gradients: output(args.gradients, entropyOffset + rows),
      sums: output(args.sums, sequences * SUMS_WIDTH),
      measures: input(args.measures, entropyOffset + rows),
      sampled: input(args.sampled, 2 * rows),
      reference: reference && input(reference, rows),
      credits: input(args.credits, sequences * CREDIT_WIDTH),
    });
  }

  sample(args: SampleArgs): void {
    const { rows, vocab, temperature } = args;
    addressOf(args.ids, 'i32', rows);
    this.device.launch('sample', rows, 3 * EXP_COST * rows * vocab, [
      this.device.changed(args.ids).address,
      this.device.output(args.logprob, rows),
      this.device.output(args.entropy, rows),
      this.device.input(args.logits, rows * vocab),
      this.device.input(args.uniforms, rows),
      vocab,
      temperature,
    ]);
  }

  clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void {
    const { length } = args.x;
    const out = this.device.output(args.out, 2);
    const chunks = Math.ceil(length / CHUNK);
    const partials = this.device.storage.scratchAddress('sums of squares', 8 * chunks);
    this.device.elementwise('sumSquares', length, 2, [partials, this.device.input(args.x, length), length]);
    let total = 0;
    for (const partial of this.device.memory.doubles(partials, chunks)) total += partial;
    const norm = Math.sqrt(total);
    const wanted = args.maxNorm <= 0 ? 1 : Math.min(1, args.maxNorm / (norm + 1e-6));
    // Fits float32 too: a norm that does not is as useless as one that is infinite.
    const factor = Number.isFinite(Math.fround(norm)) ? wanted : -1;
    this.device.memory.floats(out, 2).set([norm, factor]);
  }

  adamW(args: AdamWArgs): void {
    if (this.device.memory.floats(this.device.input(args.clip, 2), 2)[1] < 0) return;
    const { length, lr, beta1, beta2, eps, weightDecay, step } = args;
    this.device.elementwise('adamW', length, 12, [
      this.device.output(args.param, length),
      this.device.input(args.grad, length),
      this.device.output(args.m, length),
      this.device.output(args.v, length),
      this.device.input(args.clip, 2) + 4,
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

  private read(tensor: Tensor): Float32Array | Int32Array {
    const data = this.device.elements(own(tensor)).slice();
    this.counts.readbacks++;
    this.counts.bytesRead += data.byteLength;
    return data;
  }
}
