/**
 * `ltm`: what a user of long-term memory waits for at some sizes of memory, with each index: a search (the question's
 * embedding, the index, the texts of what was found), an insert and a delete (row, vector, journal and counters on disk,
 * the index followed), and the start (database, WebAssembly, vectors from the saved index, a first search). Fields
 * that begin with `index_` are of the index alone. Runs in a page; the work is done in workers (ltm-worker.ts).
 *
 * `memory_mb` is what the worker takes with the memory open beyond what it took before: as the browser measures it, and
 * the memories of WebAssembly, which the browser leaves out. Vectors, codes, ids, embedder. Goals at 50,000: search
 * under 10 ms, start under 1000 ms.
 */
import type { IndexName, LtmAnswer, LtmJob } from './ltm-worker';

export interface LtmRequest {
  readonly sizes: readonly number[];
  readonly indices: readonly IndexName[];
  /** Searches, inserts and deletes; starts are a fifth of it, at least three. */
  readonly runs: number;
  readonly seed: number;
}

/** A line of output. Milliseconds are medians. */
export interface LtmLine {
  readonly bench: 'ltm';
  readonly index: IndexName;
  readonly n: number;
  readonly dim: number;
  readonly search_ms: number | null;
  readonly insert_ms: number | null;
  readonly delete_ms: number | null;
  readonly start_ms: number | null;
  readonly memory_mb: number | null;
  readonly [extra: string]: unknown;
}

const DIMENSION = 512;

/** One worker, one job after the other. */
class JobWorker {
  readonly #worker = new Worker(new URL('./ltm-worker.ts', import.meta.url), { type: 'module' });

  /** Throws what the worker says when it fails. */
  ask(job: LtmJob): Promise<LtmAnswer> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<{ answer?: LtmAnswer; problem?: string }>) =>
        data.answer ? resolve(data.answer) : reject(new Error(data.problem));
      this.#worker.onerror = (event) => reject(new Error(event.message));
      this.#worker.postMessage(job);
    });
  }

  end(): void {
    this.#worker.terminate();
  }
}

async function inWorker<Result>(work: (worker: JobWorker) => Promise<Result>): Promise<Result> {
  const worker = new JobWorker();
  try {
    return await work(worker);
  } finally {
    worker.end();
  }
}

export async function ltm(request: LtmRequest, emit: (line: LtmLine) => void): Promise<void> {
  const { sizes, indices, seed } = request;
  for (const n of sizes) {
    await inWorker((worker) => worker.ask({ kind: 'fill', n, seed }));
    for (const index of indices) emit(await lineOf(index, n, request));
  }
}

async function lineOf(index: IndexName, n: number, { runs, seed }: LtmRequest): Promise<LtmLine> {
  const stamp = { bench: 'ltm', index, n, dim: DIMENSION } as const;
  const about = { runs, seed, date: new Date().toISOString() };
  const started = (worker: JobWorker, file: boolean) => worker.ask({ kind: 'start', index, file, seed });
  try {
    const fromRows = await inWorker(async (worker) => {
      const first = await started(worker, false);
      return { ...first, ...(await worker.ask({ kind: 'save' })) };
    });
    const starts: LtmAnswer[] = [];
    for (let i = 1; i < Math.max(3, runs / 5); i++) {
      starts.push(await inWorker((worker) => started(worker, true)));
    }
    const used = await inWorker(async (worker) => {
      await worker.ask({ kind: 'boot' });
      const before = await bytesInUse();
      starts.push(await started(worker, true));
      const { bytes } = await worker.ask({ kind: 'webassembly' });
      const memory: LtmAnswer = { bytes: (await bytesInUse()) - before + Number(bytes) };
      return { ...(await worker.ask({ kind: 'use', runs, seed })), ...memory };
    });
    const alone = await inWorker((worker) => worker.ask({ kind: 'alone', index, runs, seed }));
    return {
      ...stamp,
      search_ms: Number(used.search_ms),
      insert_ms: Number(used.insert_ms),
      delete_ms: Number(used.delete_ms),
      start_ms: middle(starts, 'start_ms'),
      memory_mb: Number(used.bytes) / 1e6,
      answers: starts[0].kind,
      ...(starts[0].degraded && { degraded: starts[0].degraded }),
      start_first_search_ms: middle(starts, 'first_search_ms'),
      start_origin: starts[0].origin,
      start_from_rows_ms: fromRows.start_ms,
      save_ms: fromRows.save_ms,
      saved_mb: Number(fromRows.bytes) / 1e6,
      saved_in: fromRows.where,
      search_after_insert_ms: used.after_insert_ms,
      scores_of_all_ms: used.scores_ms,
      first_filter_ms: used.first_filter_ms,
      filter_ms: used.filter_ms,
      index_build_ms: alone.build_ms,
      index_search_ms: alone.search_ms,
      index_insert_ms: alone.insert_ms,
      index_delete_ms: alone.delete_ms,
      ...about,
    };
  } catch (problem) {
    const none = { search_ms: null, insert_ms: null, delete_ms: null, start_ms: null, memory_mb: null };
    return {
      ...stamp,
      ...none,
      note: problem instanceof Error ? problem.message : String(problem),
      ...about,
    };
  }
}

function middle(answers: readonly LtmAnswer[], key: string): number {
  const values = answers.map((answer) => Number(answer[key])).sort((a, b) => a - b);
  return values[values.length >> 1];
}

/** Of this page and its workers. Bytes; NaN where the browser does not measure. */
async function bytesInUse(): Promise<number> {
  const measuring = performance as Performance & {
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
  };
  return (await measuring.measureUserAgentSpecificMemory?.())?.bytes ?? Number.NaN;
}
