/**
 * The reference back end: every operation of the seam in float64, in loops that read like the
 * formulas. It is the oracle for WebAssembly and WebGPU and the text to read first; it is far too
 * slow to train with.
 */

import type {
  AdamWArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  Backend,
  BackendCounts,
  BackendInfo,
  CopyColumnsArgs,
  DequantiseArgs,
  ElementType,
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
import { attention, attentionBackward } from './attention';
import { elements, floats, ints, ReferenceTensor } from './buffers';
import { dequantise } from './dequantise';
import { sample, tokenLogprobs, tokenLogprobsBackward } from './loss';
import { copyColumns, gatherRows, matmul, scatterAddRows, scatterRows, sumPicked, sumRows } from './matmul';
import { rmsNorm, rmsNormBackward, swiGlu, swiGluBackward } from './norm';
import { adamW, clipFactor } from './optimiser';
import { rope } from './rope';

export class ReferenceBackend implements Backend {
  readonly info: BackendInfo = {
    name: 'reference',
    device: 'TypeScript float64',
    threads: 1,
    software: false,
  };
  readonly counts: BackendCounts = {
    dispatches: 0,
    submits: 0,
    readbacks: 0,
    bytesUploaded: 0,
    bytesRead: 0,
    bytesAllocated: 0,
  };
  private readonly profile = new HostProfile(this);

  alloc(type: ElementType, length: number, label: string): Tensor {
    const tensor = ReferenceTensor.allocate(type, length, label);
    this.counts.bytesAllocated += tensor.storage.data.byteLength;
    return tensor;
  }

  view(tensor: Tensor, offset: number, length: number, label = tensor.label): Tensor {
    elements(tensor);
    return (tensor as ReferenceTensor).view(offset, length, label);
  }

  free(tensor: Tensor): void {
    elements(tensor);
    (tensor as ReferenceTensor).storage.freed = true;
  }

  write(tensor: Tensor, data: FloatArray | Int32Array, offset = 0): void {
    const target = tensor.type === 'f32' ? floats(tensor) : ints(tensor);
    if (data instanceof Int32Array !== target instanceof Int32Array) {
      throw new TensorMisuseError(tensor, 'written with data of the other type');
    }
    if (offset + data.length > target.length) {
      throw new TensorMisuseError(tensor, `write ${offset} .. ${offset + data.length} is outside`);
    }
    target.set(data, offset);
    this.counts.bytesUploaded += data.byteLength;
  }

  async readFloats(tensor: Tensor): Promise<FloatArray> {
    const data = floats(tensor).slice();
    this.counts.readbacks++;
    this.counts.bytesRead += data.byteLength;
    return data;
  }

  async readInts(tensor: Tensor): Promise<Int32Array> {
    const data = ints(tensor).slice();
    this.counts.readbacks++;
    this.counts.bytesRead += data.byteLength;
    return data;
  }

  async flush(): Promise<void> {}

  dispose(): void {}

  startProfile(): void {
    this.profile.start();
  }

  async stopProfile(): Promise<readonly KernelProfile[]> {
    return this.profile.stop();
  }

  fill(out: Tensor, value: number): void {
    this.counts.dispatches++;
    elements(out).fill(value);
  }

  copy(out: Tensor, x: Tensor): void {
    this.counts.dispatches++;
    if (out.length !== x.length) throw new TensorMisuseError(out, `copied from ${x.length} elements`);
    elements(out).set(elements(x));
  }

  addScaled(out: Tensor, x: Tensor, alpha: number): void {
    this.counts.dispatches++;
    const sum = floats(out);
    const term = floats(x, out.length);
    for (let i = 0; i < sum.length; i++) sum[i] += alpha * term[i];
  }

  copyColumns(args: CopyColumnsArgs): void {
    this.counts.dispatches++;
    copyColumns(args);
  }

  gatherRows(args: GatherRowsArgs): void {
    this.counts.dispatches++;
    gatherRows(args);
  }

  scatterRows(args: { out: Tensor; x: Tensor; index: Tensor; rows: number; dim: number }): void {
    this.counts.dispatches++;
    scatterRows(args);
  }

  scatterAddRows(args: {
    out: Tensor;
    x: Tensor;
    index: Tensor;
    rows: number;
    outRows: number;
    dim: number;
  }): void {
    this.counts.dispatches++;
    scatterAddRows(args);
  }

  sumPicked(args: {
    out: Tensor;
    x: Tensor;
    starts: Tensor;
    index: Tensor;
    rows: number;
    dim: number;
  }): void {
    this.counts.dispatches++;
    sumPicked(args);
  }

  dequantise(args: DequantiseArgs): void {
    this.counts.dispatches++;
    dequantise(args);
  }

  matmul(args: MatmulArgs): void {
    this.counts.dispatches++;
    matmul(args);
  }

  linear(args: LinearArgs): void {
    composedLinear(this, args);
  }

  linearBackward(args: LinearBackwardArgs): void {
    composedLinearBackward(this, args);
  }

  sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void {
    this.counts.dispatches++;
    sumRows(args);
  }

  rmsNorm(args: RmsNormArgs): void {
    this.counts.dispatches++;
    rmsNorm(args);
  }

  rmsNormBackward(args: RmsNormBackwardArgs): void {
    this.counts.dispatches++;
    rmsNormBackward(args);
  }

  rope(args: RopeArgs): void {
    this.counts.dispatches++;
    rope(args);
  }

  attention(args: AttentionArgs): void {
    this.counts.dispatches++;
    attention(args);
  }

  attentionBackward(args: AttentionBackwardArgs): void {
    this.counts.dispatches++;
    attentionBackward(args);
  }

  swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void {
    this.counts.dispatches++;
    swiGlu(args);
  }

  swiGluBackward(args: { dGate: Tensor; dUp: Tensor; dOut: Tensor; gate: Tensor; up: Tensor }): void {
    this.counts.dispatches++;
    swiGluBackward(args);
  }

  tokenLogprobs(args: TokenLogprobsArgs): void {
    this.counts.dispatches++;
    tokenLogprobs(args);
  }

  tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void {
    this.counts.dispatches++;
    tokenLogprobsBackward(args);
  }

  policyLoss(args: PolicyLossArgs): void {
    this.counts.dispatches++;
    policyLossOnHost({
      ...args,
      gradients: floats(args.gradients, args.entropyOffset + args.rows),
      sums: floats(args.sums, args.sequences * SUMS_WIDTH),
      measures: floats(args.measures, args.entropyOffset + args.rows),
      sampled: floats(args.sampled, 2 * args.rows),
      reference: args.reference && floats(args.reference, args.rows),
      credits: floats(args.credits, args.sequences * CREDIT_WIDTH),
    });
  }

  sample(args: SampleArgs): void {
    this.counts.dispatches++;
    sample(args);
  }

  clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void {
    this.counts.dispatches++;
    clipFactor(args);
  }

  adamW(args: AdamWArgs): void {
    this.counts.dispatches++;
    adamW(args);
  }
}
