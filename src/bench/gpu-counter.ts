/**
 * Counts dispatches, submits and readbacks of everybody on the page alike, by wrapping the methods of
 * WebGPU's prototypes while a run is measured. Peers keep no such counts; ours must not count itself.
 */

export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  readonly readbacks: number;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

export class GpuCounter {
  private dispatches = 0;
  private submits = 0;
  private readbacks = 0;
  private readonly restore: (() => void)[] = [];

  private constructor() {
    this.wrap(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => this.dispatches++);
    this.wrap(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => this.dispatches++);
    this.wrap(GPUQueue.prototype, 'submit', () => this.submits++);
    this.wrap(GPUBuffer.prototype, 'mapAsync', () => this.readbacks++);
  }

  /** Null where there is no WebGPU. */
  static start(): GpuCounter | null {
    return typeof GPUQueue === 'undefined' ? null : new GpuCounter();
  }

  stop(): Counts {
    for (const back of this.restore) back();
    const { dispatches, submits, readbacks } = this;
    return { dispatches, submits, readbacks };
  }

  private wrap(prototype: object, name: string, seen: () => void): void {
    const original = Reflect.get(prototype, name) as Method;
    Reflect.set(prototype, name, function wrapped(this: unknown, ...args: unknown[]) {
      seen();
      return original.apply(this, args);
    });
    this.restore.push(() => {
      Reflect.set(prototype, name, original);
    });
  }
}
