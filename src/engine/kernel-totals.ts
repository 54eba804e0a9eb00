/** Adds up what single calls of kernels cost, by kernel. */
import type { KernelProfile } from './backend';

interface Total {
  calls: number;
  ms: number | null;
  bytes: number;
  flops: number;
}

export class KernelTotals {
  readonly #totals = new Map<string, Total>();

  /** @param ms null where no clock ran */
  add(kernel: string, bytes: number, flops: number, ms: number | null): void {
    const total = this.#totals.get(kernel) ?? { calls: 0, ms: ms === null ? null : 0, bytes: 0, flops: 0 };
    this.#totals.set(kernel, total);
    total.calls++;
    total.bytes += bytes;
    total.flops += flops;
    total.ms = total.ms === null || ms === null ? null : total.ms + ms;
  }

  /** Dearest first: by time where it is known, else by calls. */
  profile(): readonly KernelProfile[] {
    const list = [...this.#totals].map(([kernel, total]): KernelProfile => ({ kernel, ...total }));
    return list.sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0) || b.calls - a.calls);
  }
}
