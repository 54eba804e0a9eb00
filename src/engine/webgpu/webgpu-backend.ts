/**
 * The WebGPU back end: every operation of the seam as WGSL kernels, in float32.
 *
 * Operations only record; `Recorder` submits them when somebody reads or flushes. No atomics on
 * floats and no sum whose order depends on scheduling: the same calls on the same device give the
 * same bits. It needs no optional feature and at most eight storage buffers for a kernel, so every WebGPU
 * device runs it; what a device offers beside that is used after a check (`kernel-ways.ts`).
 *
 * Limits: attention heads of at most 256 entries; one tensor is one buffer binding, so at most what
 * the adapter binds (128 MiB on the smallest devices); the engine keeps larger tables in parts. Indices outside their table read as zero or
 * are dropped, since a kernel cannot throw.
 */
import type {
  AdamWArgs,
  AttentionArgs,
  AttentionBackwardArgs,
  Backend,
  BackendCounts,
  BackendInfo,
  CopyColumnsArgs,
  DecodeTokensArgs,
  DequantiseArgs,
  ElementType,
  FloatArray,
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
import { DeviceMemoryError, DeviceUnavailableError, TensorMisuseError } from '../errors';
import { type AdapterDescription, browserGpu, describeAdapter, requestAdapter } from './adapter';
import { attention, attentionBackward } from './attention-operations';
import { decodeTokens } from './decode-tokens';
import { DeviceHealth } from './device-health';
import { floats, GpuTensor, ints, own } from './gpu-tensor';
import { type KernelSource, KernelStore } from './kernel';
import { kernelSources } from './kernel-catalogue';
import {
  type KernelChoices,
  type KernelWays,
  proposedWays,
  unproven,
  wantedFeatures,
  waysWithout,
} from './kernel-ways';
import { rmsNorm, rmsNormBackward, rope, swiGlu, swiGluBackward } from './layer-operations';
import { linear, linearBackward } from './linear-operations';
import { adamW, clipFactor } from './optimiser';
import { dequantise } from './packed-matrices';
import { policyLoss } from './policy-loss';
import { matmul, sumRows } from './products';
import { Readback } from './readback';
import { Recorder } from './recorder';
import {
  addScaled,
  copy,
  copyColumns,
  fill,
  gatherRows,
  scatterAddRows,
  scatterRows,
  sumPicked,
} from './row-movement';
import { type Checked, selfCheckTrouble } from './self-checks';
import { sample, tokenLogprobs, tokenLogprobsBackward } from './token-operations';

export interface WebGpuBackendOptions extends KernelChoices {
  /** Default: the page's or worker's `navigator.gpu`; in Node the object of `nodeGpu()`. */
  readonly gpu?: GPU;
  /** Default: high performance. */
  readonly adapterOptions?: GPURequestAdapterOptions;
  /**
   * Compile all kernels before returning, rather than each at its first use. Default: true on a GPU,
   * where that takes a second; false on a software adapter, which takes half a second for one large kernel.
   */
  readonly precompile?: boolean;
  /** Bytes of one buffer at most, below what the device grants: for tests, and for devices that promise too much. */
  readonly bufferBytes?: number;
  /** For tests: another text in the place of a kernel's, to see that its check finds what is wrong with it. */
  readonly replaceKernel?: (source: KernelSource) => KernelSource;
  /** Called as kernels compile ahead, for a progress bar. */
  readonly onProgress?: (compiled: number, total: number) => void;
}

/** Floating-point operations of one submit: about a tenth of a second on a small GPU, two seconds without one. */
const SUBMIT_FLOPS = 2e10;
const SUBMIT_FLOPS_IN_SOFTWARE = 4e9;
/** A recording that grows to so many times that is cut: whoever plans by it is off by attention at most. */
const CUT_AT = 2;

const NOTHING_COUNTED: BackendCounts = {
  dispatches: 0,
  submits: 0,
  readbacks: 0,
  bytesUploaded: 0,
  bytesRead: 0,
  bytesAllocated: 0,
};

type RowMoveArgs = Parameters<Backend['gatherRows']>[0];

export class WebGpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly counts: BackendCounts = { ...NOTHING_COUNTED };
  private readonly health: DeviceHealth;
  private readonly recorder: Recorder;
  private readonly readback: Readback;

  private constructor(
    /** The WebGPU device itself, for tests and measurements. */
    readonly device: GPUDevice,
    readonly adapter: AdapterDescription,
    kernels: KernelStore,
    { products, paths }: KernelWays,
    private readonly bufferBytes: number,
  ) {
    const { words, software } = adapter;
    const workgroupBytes = device.limits.maxComputeWorkgroupStorageSize;
    const submitFlops = software ? SUBMIT_FLOPS_IN_SOFTWARE : SUBMIT_FLOPS;
    this.info = {
      name: 'webgpu',
      device: `WebGPU, ${words}`,
      threads: 1,
      software,
      submitFlops,
      workgroupBytes,
      fastPaths: Object.values(paths),
      bufferBytes,
    };
    this.health = new DeviceHealth(device);
    this.recorder = new Recorder(device, kernels, this.health, this.counts, CUT_AT * submitFlops, products);
    this.readback = new Readback(device, this.recorder, this.health, this.counts);
  }

  /**
   * Finds an adapter, opens a device, compiles the kernels ahead where that is quick, and checks those that are not
   * the plain ones. Throws `DeviceUnavailableError` in words.
   */
  static async create(options: WebGpuBackendOptions = {}): Promise<WebGpuBackend> {
    const adapter = await requestAdapter(options.gpu ?? browserGpu(), options.adapterOptions);
    const description = describeAdapter(adapter.info);
    let ways = proposedWays(options, description.software, adapter.features);
    const device = await openDevice(adapter, wantedFeatures(ways));
    const bufferBytes = grantedBytes(device, options.bufferBytes);
    const precompile = options.precompile ?? !description.software;
    try {
      for (;;) {
        const kernels = new KernelStore(device, kernelSources(ways.products, ways), options.replaceKernel);
        const backend = new WebGpuBackend(device, description, kernels, ways, bufferBytes);
        const failed =
          (await backend.firstTrouble(ways)) ??
          (precompile ? await refusedBy(kernels, ways, options.onProgress) : null);
        if (failed === null) return backend;
        backend.recorder.dispose();
        ways = waysWithout(ways, failed.checked, failed.trouble);
      }
    } catch (error) {
      device.destroy();
      throw error;
    }
  }

  /** The first of these ways that gives wrong numbers, or none; as if nothing had been counted. */
  private async firstTrouble(ways: KernelWays): Promise<Failure | null> {
    for (const checked of unproven(ways)) {
      const trouble = await selfCheckTrouble(this, checked);
      if (trouble !== null) return { checked, trouble };
    }
    Object.assign(this.counts, NOTHING_COUNTED);
    return null;
  }

  /**
   * A zero-filled tensor. Throws `DeviceMemoryError` at once where it exceeds what the device binds;
   * memory that turns out to be short is reported by the next read or flush.
   */
  alloc(type: ElementType, length: number, label: string): Tensor {
    const most = this.bufferBytes;
    if (length * 4 > most) {
      throw new DeviceMemoryError(
        'device-memory',
        `"${label}" needs ${Math.ceil((length * 4) / 1048576)} MiB in one buffer; this GPU allows ` +
          `${Math.floor(most / 1048576)}. Use a smaller model or batch, or ?backend=wasm.`,
        { bufferBytes: most, totalBytes: null },
      );
    }
    const { allocation, fresh } = this.recorder.pool.acquire(length * 4, label);
    const tensor = new GpuTensor(type, label, 0, length, { allocation, freed: false }, this.recorder);
    if (!fresh && length > 0) this.recorder.clear(tensor);
    this.counts.bytesAllocated += length * 4;
    return tensor;
  }

  view(tensor: Tensor, offset: number, length: number, label = tensor.label): Tensor {
    return own(this.recorder, tensor).view(offset, length, label);
  }

  free(tensor: Tensor): void {
    const { ownership } = own(this.recorder, tensor);
    ownership.freed = true;
    this.recorder.release(ownership.allocation);
  }

  write(tensor: Tensor, data: FloatArray | Int32Array, offset = 0): void {
    const to = own(this.recorder, tensor);
    if (data instanceof Int32Array !== (to.type === 'i32')) {
      throw new TensorMisuseError(tensor, 'written with data of the other type');
    }
    if (offset < 0 || offset + data.length > to.length) {
      throw new TensorMisuseError(tensor, `write ${offset} .. ${offset + data.length} is outside`);
    }
    this.recorder.upload(to, offset, uploadable(data));
  }

  async readFloats(tensor: Tensor): Promise<FloatArray> {
    return new Float32Array(await this.readback.bytes(floats(this.recorder, tensor, 0)));
  }

  async readInts(tensor: Tensor): Promise<Int32Array> {
    return new Int32Array(await this.readback.bytes(ints(this.recorder, tensor, 0)));
  }

  async flush(): Promise<void> {
    this.recorder.submit();
    await this.health.wait(() => this.device.queue.onSubmittedWorkDone());
  }

  /** Destroys the device and with it every buffer; later waits throw `DeviceLostError`. */
  dispose(): void {
    this.health.markDisposed();
    this.device.destroy();
  }

  startProfile(): void {
    // What is recorded so far belongs to nobody's profile.
    this.recorder.submit();
    this.recorder.clock.start();
  }

  async stopProfile(): Promise<readonly KernelProfile[]> {
    await this.flush();
    return this.health.wait(() => this.recorder.clock.stop());
  }

  fill(out: Tensor, value: number): void {
    fill(this.recorder, out, value);
  }

  copy(out: Tensor, x: Tensor): void {
    copy(this.recorder, out, x);
  }

  addScaled(out: Tensor, x: Tensor, alpha: number): void {
    addScaled(this.recorder, out, x, alpha);
  }

  copyColumns(args: CopyColumnsArgs): void {
    copyColumns(this.recorder, args);
  }

  gatherRows(args: RowMoveArgs): void {
    gatherRows(this.recorder, args);
  }

  scatterRows(args: RowMoveArgs): void {
    scatterRows(this.recorder, args);
  }

  scatterAddRows(args: RowMoveArgs & { outRows: number }): void {
    scatterAddRows(this.recorder, args);
  }

  sumPicked(args: RowMoveArgs & { starts: Tensor }): void {
    sumPicked(this.recorder, args);
  }

  dequantise(args: DequantiseArgs): void {
    dequantise(this.recorder, args);
  }

  matmul(args: MatmulArgs): void {
    matmul(this.recorder, args);
  }

  linear(args: LinearArgs): void {
    linear(this.recorder, args);
  }

  linearBackward(args: LinearBackwardArgs): void {
    linearBackward(this.recorder, args);
  }

  sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void {
    sumRows(this.recorder, args);
  }

  rmsNorm(args: RmsNormArgs): void {
    rmsNorm(this.recorder, args);
  }

  rmsNormBackward(args: RmsNormBackwardArgs): void {
    rmsNormBackward(this.recorder, args);
  }

  rope(args: RopeArgs): void {
    rope(this.recorder, args);
  }

  attention(args: AttentionArgs): void {
    attention(this.recorder, args);
  }

  attentionBackward(args: AttentionBackwardArgs): void {
    attentionBackward(this.recorder, args);
  }

  swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void {
    swiGlu(this.recorder, args);
  }

  swiGluBackward(args: { dGate: Tensor; dUp: Tensor; dOut: Tensor; gate: Tensor; up: Tensor }): void {
    swiGluBackward(this.recorder, args);
  }

  tokenLogprobs(args: TokenLogprobsArgs): void {
    tokenLogprobs(this.recorder, args);
  }

  tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void {
    tokenLogprobsBackward(this.recorder, args);
  }

  policyLoss(args: PolicyLossArgs): void {
    policyLoss(this.recorder, args);
  }

  sample(args: SampleArgs): void {
    sample(this.recorder, args);
  }

  decodeTokens(args: DecodeTokensArgs): void {
    decodeTokens(this.recorder, args, this.info.software);
  }

  clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void {
    clipFactor(this.recorder, args);
  }

  adamW(args: AdamWArgs): void {
    adamW(this.recorder, args);
  }
}

interface Failure {
  readonly checked: Checked;
  readonly trouble: string;
}

/** A compiler that refuses what needs an optional feature refuses that way; where there is none, the back end. */
async function refusedBy(
  kernels: KernelStore,
  ways: KernelWays,
  onProgress: WebGpuBackendOptions['onProgress'],
): Promise<Failure | null> {
  try {
    await kernels.compileAll(onProgress);
    return null;
  } catch (error) {
    const suspect = (['halves', 'subgroups'] as const).find((checked) => ways[checked]);
    if (!suspect || !(error instanceof DeviceUnavailableError)) throw error;
    return { checked: suspect, trouble: error.message };
  }
}

/** Bytes of one tensor at most: one buffer, bound as a whole. */
function grantedBytes(device: GPUDevice, most = Number.POSITIVE_INFINITY): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  return Math.min(most, maxStorageBufferBindingSize, maxBufferSize);
}

/** A device with the largest buffers the adapter offers; everything else stays at the portable defaults. */
async function openDevice(adapter: GPUAdapter, wanted: readonly GPUFeatureName[]): Promise<GPUDevice> {
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  // Nothing needs them: the first is for the profile, the second for `kernel-ways.ts`.
  const welcome: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups'];
  try {
    return await adapter.requestDevice({
      label: 'engine',
      requiredFeatures: [...wanted, ...welcome.filter((feature) => adapter.features.has(feature))],
      requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize },
    });
  } catch (cause) {
    throw new DeviceUnavailableError(
      'webgpu-no-device',
      `The GPU was found but gave no device (${cause instanceof Error ? cause.message : String(cause)}). ` +
        'Reload the page, restart the browser, or use ?backend=wasm.',
      { cause },
    );
  }
}

/** Host data as the queue takes it: 32-bit values in memory that is not shared. */
function uploadable(data: FloatArray | Int32Array): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (data instanceof Float64Array) return Float32Array.from(data);
  return data.buffer instanceof ArrayBuffer ? (data as Float32Array<ArrayBuffer>) : data.slice();
}
