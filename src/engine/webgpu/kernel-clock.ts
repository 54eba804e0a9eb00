/**
 * How long each kernel runs on the device, by timestamp queries.
 *
 * WebGPU writes timestamps at the borders of compute passes only, so while a profile is taken every
 * dispatch gets a pass of its own. Browsers round timestamps (Chromium to 100 microseconds unless
 * developer features are on) and software clocks may stand still, so a single call may read 0: the
 * sums over many calls are what to look at. Where the device lacks `timestamp-query` calls, bytes and
 * operations are still counted and the time is null.
 */
import type { KernelProfile } from '../backend';
import { KernelTotals } from '../kernel-totals';

/** Two stamps for each dispatch of a recording; WebGPU's limit on a query set. */
const MOST_STAMPS = 4096;
const NANOSECONDS = 1e6;

interface Call {
  readonly kernel: string;
  readonly bytes: number;
  readonly flops: number;
}

/** The dispatches of one recording, and where their stamps arrive. */
interface Page {
  readonly calls: Call[];
  readonly queries: GPUQuerySet | undefined;
  arrived?: GPUBuffer;
}

export class KernelClock {
  private page: Page | undefined;
  private pages: Page[] | undefined;

  constructor(private readonly device: GPUDevice) {}

  get running(): boolean {
    return this.pages !== undefined;
  }

  start(): void {
    this.discard();
    this.pages = [];
  }

  /** Notes a dispatch; returns what its pass must be opened with. */
  note(call: Call): GPUComputePassTimestampWrites | undefined {
    this.page ??= { calls: [], queries: this.querySet() };
    const { calls, queries } = this.page;
    const at = 2 * calls.length;
    calls.push(call);
    if (!queries || at + 2 > MOST_STAMPS) return undefined;
    return { querySet: queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  }

  /** At the end of a recording, before its encoder is finished. */
  close(encoder: GPUCommandEncoder): void {
    const { page } = this;
    if (!page) return;
    this.page = undefined;
    this.pages?.push(page);
    if (!page.queries) return;
    const stamps = Math.min(MOST_STAMPS, 2 * page.calls.length);
    const size = stamps * 8;
    const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
    const resolved = this.device.createBuffer({ label: 'timestamps', size, usage: QUERY_RESOLVE | COPY_SRC });
    page.arrived = this.device.createBuffer({ label: 'timestamps', size, usage: MAP_READ | COPY_DST });
    encoder.resolveQuerySet(page.queries, 0, stamps, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, page.arrived, 0, size);
  }

  /** After everything has been submitted. */
  async stop(): Promise<readonly KernelProfile[]> {
    const totals = new KernelTotals();
    const pages = this.pages ?? [];
    this.pages = undefined;
    for (const { calls, queries, arrived } of pages) {
      await arrived?.mapAsync(GPUMapMode.READ);
      const stamps = arrived && new BigUint64Array(arrived.getMappedRange());
      calls.forEach(({ kernel, bytes, flops }, i) => {
        const timed = stamps !== undefined && 2 * i + 1 < stamps.length;
        // Rounding may put an end before its beginning.
        const ms = timed ? Math.max(0, Number(stamps[2 * i + 1] - stamps[2 * i]) / NANOSECONDS) : null;
        totals.add(kernel, bytes, flops, ms);
      });
      arrived?.destroy();
      queries?.destroy();
    }
    return totals.profile();
  }

  private querySet(): GPUQuerySet | undefined {
    if (!this.device.features.has('timestamp-query')) return undefined;
    return this.device.createQuerySet({ label: 'kernel clock', type: 'timestamp', count: MOST_STAMPS });
  }

  private discard(): void {
    for (const { queries, arrived } of this.pages ?? []) {
      queries?.destroy();
      arrived?.destroy();
    }
    this.pages = undefined;
  }
}
