/**
 * Records operations into one open command encoder and submits them together.
 *
 * A submit costs tens of microseconds on a real GPU and a small decoder step has a hundred
 * operations, so nothing is submitted before somebody waits, or before a bound on the recorded work
 * (long command buffers freeze the screen and can trip the driver's watchdog). What makes this safe:
 *
 * - Parameters lie in a ring of 256-byte slots, uploaded once before the submit; kernels reach their
 *   slot by a dynamic offset, so bind groups depend on buffers only and are cached.
 * - The queue's own uploads overtake what is recorded but not submitted. So an upload into a buffer
 *   that the open recording uses goes through a staging buffer and is copied in its place in the order.
 * - WebGPU forbids a buffer to be read and written by one dispatch, even in disjoint ranges; an
 *   operand that shares its buffer with an output is copied aside first.
 */
import type { BackendCounts } from '../backend';
import type { DeviceHealth } from './device-health';
import { type Allocation, BufferPool } from './gpu-tensor';
import { type Kernel, type KernelSource, type KernelStore, PARAMS_BYTES, packParams } from './kernel';
import { KernelClock } from './kernel-clock';
import type { ProductStyle } from './matmul-plan';

/** Dispatches of one recording at most: the size of the parameter ring. */
export const MOST_DISPATCHES = 1024;
const STAGING_BYTES = 1 << 20;
const MOST_BIND_GROUPS = 8192;
const WIDEST_DISPATCH = 65535;

/** A range of a buffer as a kernel sees it; a `GpuTensor` or scratch memory. */
export interface Operand {
  readonly allocation: Allocation;
  /** In elements. */
  readonly offset: number;
  readonly length: number;
}

export interface Dispatch {
  readonly kernel: string;
  readonly operands: Readonly<Record<string, Operand>>;
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: number;
  /** Floating-point operations, roughly; bounds the work of one submit. */
  readonly cost?: number;
}

export class Recorder {
  private encoder: GPUCommandEncoder | undefined;
  private pass: GPUComputePassEncoder | undefined;
  private recording = 0;
  private dispatches = 0;
  private cost = 0;
  private staged = 0;
  private readonly bindGroups = new Map<string, GPUBindGroup>();
  private readonly doomed: GPUBuffer[] = [];
  private readonly ring: GPUBuffer;
  private readonly hostRing = new ArrayBuffer(MOST_DISPATCHES * PARAMS_BYTES);
  private readonly hostParams = new DataView(this.hostRing);
  private readonly staging: GPUBuffer;
  readonly pool: BufferPool;
  readonly clock: KernelClock;
  /** Zeros, bound where an optional operand is left out. */
  readonly nothing: Operand;

  constructor(
    private readonly device: GPUDevice,
    private readonly kernels: KernelStore,
    private readonly health: DeviceHealth,
    private readonly counts: BackendCounts,
    private readonly mostCost: number,
    /** How matrix products are made on this device. */
    readonly products: ProductStyle,
  ) {
    this.clock = new KernelClock(device);
    this.ring = device.createBuffer({
      label: 'parameters',
      size: this.hostRing.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.staging = device.createBuffer({
      label: 'staging',
      size: STAGING_BYTES,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.pool = new BufferPool((size, label) => {
      health.open('out-of-memory');
      const buffer = device.createBuffer({ label, size, usage });
      // What was there before is what the device had to give.
      const granted = { bufferBytes: device.limits.maxBufferSize, totalBytes: this.pool.bytes };
      health.close(`${Math.ceil(size / 1048576)} MiB for "${label}"`, granted);
      return buffer;
    }, device.limits.maxBufferSize);
    this.nothing = { allocation: this.pool.acquire(256, 'nothing').allocation, offset: 0, length: 64 };
  }

  /** Makes a kernel known that is compiled for sizes of one model. @param source called once a label, if it costs something to make */
  define(label: string, source: () => Omit<KernelSource, 'label'>): void {
    if (!this.kernels.knows(label)) this.kernels.define({ label, ...source() });
  }

  dispatch({ kernel: name, operands, params, workgroups, cost = 0 }: Dispatch): void {
    if (workgroups === 0) return;
    if (this.dispatches === MOST_DISPATCHES || this.cost > this.mostCost) this.submit();
    // Opened first, so that whatever is refused from here on falls into this recording's error scope.
    if (!this.encoder) this.openEncoder();
    const kernel = this.kernels.named(name);
    const { bound, aside } = this.withoutConflicts(kernel, operands);
    const slot = this.dispatches * PARAMS_BYTES;
    packParams(kernel, params, this.hostParams, slot);
    const pass = this.clock.running ? this.openTimedPass(name, bound, cost) : this.openPass();
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, this.bindGroup(kernel, bound), [slot]);
    const width = Math.min(workgroups, WIDEST_DISPATCH);
    pass.dispatchWorkgroups(width, Math.ceil(workgroups / width));
    for (const { allocation } of bound) allocation.recording = this.recording;
    for (const operand of aside) this.release(operand.allocation);
    this.dispatches++;
    this.cost += cost;
    this.counts.dispatches++;
  }

  /** Uninitialised memory until `release`. */
  scratch(length: number, label: string): Operand {
    return { allocation: this.pool.acquire(length * 4, label).allocation, offset: 0, length };
  }

  /** Gives memory back; whatever was recorded with it still runs first. */
  release(allocation: Allocation): void {
    if (this.pool.release(allocation)) return;
    this.doomed.push(allocation.buffer);
    if (!this.encoder) this.destroyDoomed();
  }

  clear(operand: Operand): void {
    const encoder = this.openEncoder();
    encoder.clearBuffer(operand.allocation.buffer, operand.offset * 4, operand.length * 4);
    operand.allocation.recording = this.recording;
  }

  /** Uploads in order with what is recorded: directly, by staging, or after a submit when it is large. */
  upload(operand: Operand, elementOffset: number, data: ArrayBufferView<ArrayBuffer>): void {
    const { allocation } = operand;
    const at = (operand.offset + elementOffset) * 4;
    const bytes = data.byteLength;
    this.counts.bytesUploaded += bytes;
    if (bytes === 0) return;
    const inUse = this.encoder !== undefined && allocation.recording === this.recording;
    if (inUse && this.staged + bytes <= STAGING_BYTES) {
      this.device.queue.writeBuffer(this.staging, this.staged, data);
      this.openEncoder().copyBufferToBuffer(this.staging, this.staged, allocation.buffer, at, bytes);
      this.staged += bytes;
      return;
    }
    if (inUse) this.submit();
    this.device.queue.writeBuffer(allocation.buffer, at, data);
  }

  /** Records a copy of the operand to the start of a mappable buffer. */
  copyOut(operand: Operand, to: GPUBuffer): void {
    const { allocation, offset, length } = operand;
    this.openEncoder().copyBufferToBuffer(allocation.buffer, offset * 4, to, 0, length * 4);
    allocation.recording = this.recording;
  }

  submit(): void {
    const { encoder } = this;
    if (!encoder) return;
    this.pass?.end();
    this.pass = undefined;
    this.encoder = undefined;
    this.clock.close(encoder);
    const { queue } = this.device;
    if (this.dispatches > 0) {
      queue.writeBuffer(this.ring, 0, this.hostRing, 0, this.dispatches * PARAMS_BYTES);
    }
    queue.submit([encoder.finish()]);
    this.health.close(`recording ${this.recording}`);
    this.counts.submits++;
    this.recording++;
    this.dispatches = 0;
    this.cost = 0;
    this.staged = 0;
    this.destroyDoomed();
  }

  /** Gives back what is not a tensor; the recorder is not used again. */
  dispose(): void {
    this.submit();
    for (const buffer of [this.ring, this.staging, this.nothing.allocation.buffer]) buffer.destroy();
  }

  private openEncoder(): GPUCommandEncoder {
    this.pass?.end();
    this.pass = undefined;
    if (!this.encoder) {
      this.health.open('validation');
      this.encoder = this.device.createCommandEncoder({ label: `recording ${this.recording}` });
    }
    return this.encoder;
  }

  private openPass(): GPUComputePassEncoder {
    this.pass ??= this.openEncoder().beginComputePass();
    return this.pass;
  }

  /** A pass for one dispatch, because timestamps are taken at the borders of passes. */
  private openTimedPass(kernel: string, bound: readonly Operand[], flops: number): GPUComputePassEncoder {
    const encoder = this.openEncoder();
    const bytes = bound.reduce((sum, { length }) => sum + 4 * length, 0);
    this.pass = encoder.beginComputePass({ timestampWrites: this.clock.note({ kernel, bytes, flops }) });
    return this.pass;
  }

  /** Operands in the order of the kernel's bindings; see the last rule above. */
  private withoutConflicts(
    kernel: Kernel,
    operands: Readonly<Record<string, Operand>>,
  ): { readonly bound: readonly Operand[]; readonly aside: readonly Operand[] } {
    const written = new Set<Allocation>();
    for (const { name, writable } of kernel.bindings) {
      if (writable) written.add(operandOf(kernel, operands, name).allocation);
    }
    const aside: Operand[] = [];
    const bound = kernel.bindings.map(({ name, writable }) => {
      const operand = operandOf(kernel, operands, name);
      if (writable || !written.has(operand.allocation)) return operand;
      const copy = this.scratch(operand.length, 'operand aside');
      this.copyAside(operand, copy);
      aside.push(copy);
      return copy;
    });
    return { bound, aside };
  }

  private copyAside(from: Operand, to: Operand): void {
    const encoder = this.openEncoder();
    encoder.copyBufferToBuffer(
      from.allocation.buffer,
      from.offset * 4,
      to.allocation.buffer,
      0,
      from.length * 4,
    );
  }

  private bindGroup(kernel: Kernel, operands: readonly Operand[]): GPUBindGroup {
    let key = kernel.label;
    for (const { allocation, offset, length } of operands) key += `|${allocation.id}:${offset}:${length}`;
    const cached = this.bindGroups.get(key);
    if (cached) return cached;
    const group = this.device.createBindGroup({
      label: kernel.label,
      layout: kernel.layout,
      entries: [
        { binding: 0, resource: { buffer: this.ring, size: PARAMS_BYTES } },
        ...operands.map(({ allocation, offset, length }, i) => ({
          binding: kernel.bindings[i].binding,
          // A binding must not be empty; kernels bound themselves by their parameters.
          resource: { buffer: allocation.buffer, offset: offset * 4, size: Math.max(1, length) * 4 },
        })),
      ],
    });
    if (this.bindGroups.size >= MOST_BIND_GROUPS) this.bindGroups.clear();
    this.bindGroups.set(key, group);
    return group;
  }

  private destroyDoomed(): void {
    if (this.doomed.length === 0) return;
    for (const buffer of this.doomed.splice(0)) buffer.destroy();
    this.bindGroups.clear();
  }
}

function operandOf(kernel: Kernel, operands: Readonly<Record<string, Operand>>, name: string): Operand {
  const operand = operands[name];
  if (!operand) throw new RangeError(`kernel "${kernel.label}" wants the operand "${name}"`);
  return operand;
}
