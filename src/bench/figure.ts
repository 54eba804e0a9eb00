/**
 * One figure of a benchmark, and how it is taken: contestants do the same work in turn, A B A B, so that
 * a machine that slows down slows all of them; each waits for its own result before its time stops, and
 * a peer whose result differs from ours does not count.
 */
import { type Counts, GpuCounter } from './gpu-counter';

export type BenchBackend = 'webgpu' | 'wasm';

/** A line of output. Null: not measured or not applicable. */
export interface Figure {
  readonly bench: string;
  /** `agemem` is ours. */
  readonly engine: string;
  readonly backend: BenchBackend;
  /** The device in words. */
  readonly device: string;
  /** What was done, e.g. `512x512x512`. */
  readonly size: string;
  readonly median_ms: number | null;
  readonly min_ms: number | null;
  readonly max_ms: number | null;
  /** 10^9 operations a second, by the analytic count of `flops.ts` and the median. */
  readonly gflops: number | null;
  /** Of one run; on WebAssembly only ours are known. */
  readonly dispatches: number | null;
  readonly submits: number | null;
  readonly readbacks: number | null;
  /** Relative error against ours; 0 for ours. */
  readonly error_vs_ours: number | null;
  readonly runs: number;
  /** Median of the ratios ours / peer of the same round; below 1 we are faster. Null for ours. */
  readonly ratio: number | null;
  /** Why there is no time, or what is special. */
  readonly note?: string;
  readonly [extra: string]: unknown;
}

/** Somebody who does the work. */
export interface Contestant {
  readonly engine: string;
  /** Does the work once and waits for it. */
  run(): Promise<void>;
  /** What the work gives, or a part of it that does not hang on chance, for comparison. */
  result(): Promise<ArrayLike<number>>;
  /** Token ids of the same work without chance; those of a peer are compared with ours. */
  tokens?(): Promise<readonly number[]>;
  /** Our own counts, where the device is not WebGPU. */
  counts?(): Counts;
  dispose?(): void;
}

export interface Race {
  readonly bench: string;
  readonly backend: BenchBackend;
  readonly device: string;
  readonly size: string;
  /** Operations of one run. */
  readonly flops: number | null;
  /** Largest relative error at which a peer's result counts as ours. */
  readonly tolerance: number;
  readonly runs: number;
}

/** A peer that cannot do the work, or did another: a figure with the reason. */
export function refusal(race: Race, engine: string, note: string, error: number | null = null): Figure {
  const { bench, backend, device, size, runs } = race;
  return {
    bench,
    engine,
    backend,
    device,
    size,
    median_ms: null,
    min_ms: null,
    max_ms: null,
    gflops: null,
    dispatches: null,
    submits: null,
    readbacks: null,
    error_vs_ours: error,
    runs,
    ratio: null,
    note,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** ||a - b|| / ||b||; infinite where lengths differ or a number is not finite. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let apart = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    apart += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  const error = apart === 0 ? 0 : Math.sqrt(apart / size);
  return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
}

/**
 * Share of token ids that differ which is still the same work: two logits may be nearer to each other than two
 * engines are, and every later token of the row is then another.
 */
const MOST_STRANGERS = 0.1;

/** Share of the ids that differ; all where the counts do, or where only one side tells. */
function apart(ids: readonly number[] | undefined, ours: readonly number[] | undefined): number {
  if (!ids && !ours) return 0;
  if (!ids || !ours || ids.length !== ours.length) return 1;
  return ids.filter((id, i) => id !== ours[i]).length / Math.max(1, ids.length);
}

interface Measured {
  readonly contestant: Contestant;
  readonly times: number[];
  /** The first run of all: what a visitor waits for, compilation included. */
  readonly firstMs: number;
  counts: Counts | null;
}

/** One run with its time, told on the error stream: a software GPU may take minutes, and silence looks like death. */
async function firstRun({ bench, backend, size }: Race, contestant: Contestant): Promise<number> {
  const start = performance.now();
  await contestant.run();
  const ms = performance.now() - start;
  console.error(`${bench} ${backend} ${size}: first run of ${contestant.engine} took ${ms.toFixed(0)} ms`);
  return ms;
}

/**
 * Warms everybody up, compares results, then takes `runs` rounds.
 * @param ours comes first; its result is what the peers' are compared with
 */
export async function race(
  settings: Race,
  ours: Contestant,
  peers: readonly Contestant[],
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const firstMs = await firstRun(settings, ours);
  const expected = Float64Array.from(await ours.result());
  const expectedTokens = await ours.tokens?.();
  await ours.run();
  const errors = new Map<string, number>([[ours.engine, 0]]);
  const field: Measured[] = [{ contestant: ours, times: [], firstMs, counts: null }];
  for (const peer of peers) {
    try {
      const first = await firstRun(settings, peer);
      const error = difference(await peer.result(), expected);
      if (error > settings.tolerance) {
        const words = `its result differs from ours by ${error.toExponential(1)}, allowed ${settings.tolerance}`;
        figures.push(refusal(settings, peer.engine, words, Number.isFinite(error) ? error : null));
        continue;
      }
      const strangers = apart(await peer.tokens?.(), expectedTokens);
      if (strangers > MOST_STRANGERS) {
        const words = `${(100 * strangers).toFixed(0)}% of its tokens are not ours, allowed ${100 * MOST_STRANGERS}%`;
        figures.push(refusal(settings, peer.engine, words, error));
        continue;
      }
      errors.set(peer.engine, error);
      await peer.run();
      field.push({ contestant: peer, times: [], firstMs: first, counts: null });
    } catch (problem) {
      figures.push(refusal(settings, peer.engine, `it failed: ${words(problem)}`));
    }
  }
  for (let round = 0; round < settings.runs; round++) {
    for (const entry of field) await measureOnce(entry, settings.backend);
  }
  const own = field[0].times;
  const measured = field.map(({ contestant, times, firstMs: first_ms, counts }, place): Figure => {
    const middle = median(times);
    return {
      ...refusal(settings, contestant.engine, ''),
      median_ms: middle,
      min_ms: Math.min(...times),
      max_ms: Math.max(...times),
      first_ms,
      gflops: settings.flops === null ? null : settings.flops / middle / 1e6,
      dispatches: counts?.dispatches ?? null,
      submits: counts?.submits ?? null,
      readbacks: counts?.readbacks ?? null,
      error_vs_ours: errors.get(contestant.engine) ?? null,
      ratio: place === 0 ? null : median(own.map((time, i) => time / times[i])),
      note: undefined,
    };
  });
  for (const contestant of [ours, ...peers]) contestant.dispose?.();
  return [...measured, ...figures];
}

async function measureOnce(entry: Measured, backend: BenchBackend): Promise<void> {
  const { contestant } = entry;
  const counter = backend === 'webgpu' ? GpuCounter.start() : null;
  const before = contestant.counts?.();
  const start = performance.now();
  await contestant.run();
  entry.times.push(performance.now() - start);
  const gpu = counter?.stop() ?? null;
  const after = contestant.counts?.();
  entry.counts =
    gpu ??
    (before && after
      ? {
          dispatches: after.dispatches - before.dispatches,
          submits: after.submits - before.submits,
          readbacks: after.readbacks - before.readbacks,
        }
      : null);
}

/** An error in one line. */
export function words(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split('\n')[0].slice(0, 200);
}
