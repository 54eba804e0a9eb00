/**
 * Runs a kernel over a range of items on the calling thread and, when it pays, on helper threads.
 *
 * Kernels give each item its own output and a fixed order of summation, so who computes which item
 * changes nothing but the time. Threads take chunks from a shared counter. The call returns when all
 * items are done: operations of the back end are finished when they return.
 */
import { DeviceUnavailableError, EngineError } from '../errors';
import { KERNEL_NAMES, type KernelName, type Kernels } from './kernels';
import { ARGUMENT_OFFSET, MAILBOX_BYTES, MOST_ARGUMENTS, OPEN, SLOT, STOPPED, work } from './thread-loop.mjs';

/** Below this many floating-point operations waking a thread costs more than it saves. */
const WORTH_SHARING = 200_000;
/** Chunks for each thread: enough to even out a core that others use too. */
const CHUNKS_PER_THREAD = 8;
const SPINS = 20_000;

const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

interface Helper {
  end(): void;
}

interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly mailbox: SharedArrayBuffer;
  readonly thread: number;
  readonly names: readonly string[];
}

async function startInNode(start: Start): Promise<Helper> {
  // A name in a variable keeps bundlers for the browser from looking for Node's module.
  const name = 'node:worker_threads';
  const { Worker } = (await import(/* @vite-ignore */ name)) as typeof import('node:worker_threads');
  // In two steps, so that bundlers do not take Node's script for one of the browser's.
  const here = import.meta.url;
  const worker = new Worker(new URL('./thread.mjs', here), { workerData: start });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  // A sleeping helper must not keep the process alive.
  worker.unref();
  return { end: () => void worker.terminate() };
}

async function startInBrowser(start: Start): Promise<Helper> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message || 'the worker script could not be loaded'));
    worker.postMessage(start);
  });
  return { end: () => worker.terminate() };
}

export class ThreadPool {
  private readonly mail: Int32Array;
  private readonly values: Float64Array;

  private constructor(
    private readonly kernels: Kernels,
    mailbox: ArrayBufferLike,
    private readonly helpers: readonly Helper[],
  ) {
    this.mail = new Int32Array(mailbox, 0, ARGUMENT_OFFSET / 4);
    this.values = new Float64Array(mailbox, ARGUMENT_OFFSET, MOST_ARGUMENTS);
  }

  /** Starts `threads - 1` helpers; more than one thread needs shared memory. Throws `DeviceUnavailableError`. */
  static async create(
    kernels: Kernels,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    threads: number,
  ): Promise<ThreadPool> {
    if (threads === 1) return new ThreadPool(kernels, new ArrayBuffer(MAILBOX_BYTES), []);
    const mailbox = new SharedArrayBuffer(MAILBOX_BYTES);
    const starts = Array.from({ length: threads - 1 }, (_, i) => {
      const start = { module, memory, mailbox, thread: i + 1, names: KERNEL_NAMES };
      return inNode ? startInNode(start) : startInBrowser(start);
    });
    const settled = await Promise.allSettled(starts);
    const helpers = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = settled.find((result) => result.status === 'rejected');
    const pool = new ThreadPool(kernels, mailbox, helpers);
    if (failure) {
      pool.dispose();
      throw new DeviceUnavailableError(
        'wasm-threads',
        'Helper threads could not be started. Use one thread instead.',
        { cause: failure.reason },
      );
    }
    return pool;
  }

  /** The calling thread included. */
  get threads(): number {
    return this.helpers.length + 1;
  }

  /** Runs items 0 .. items - 1 of `name`; `operations` is the rough cost of all of them. */
  run(name: KernelName, items: number, operations: number, args: readonly number[]): void {
    const kernel = this.kernels[name];
    if (this.helpers.length === 0 || items < 2 || operations < WORTH_SHARING) {
      if (items > 0) kernel(...args, 0, items, 0);
      return;
    }
    const { mail } = this;
    this.values.set(args);
    mail[SLOT.ARGUMENTS] = args.length;
    mail[SLOT.KERNEL] = KERNEL_NAMES.indexOf(name);
    mail[SLOT.ITEMS] = items;
    mail[SLOT.CHUNK] = Math.max(1, Math.floor(items / (this.threads * CHUNKS_PER_THREAD)));
    mail[SLOT.NEXT] = 0;
    Atomics.store(mail, SLOT.STATE, OPEN);
    Atomics.store(mail, SLOT.GENERATION, (mail[SLOT.GENERATION] + 1) & 0x3fffffff);
    Atomics.notify(mail, SLOT.GENERATION);
    try {
      work(kernel, args as number[], mail, 0);
    } finally {
      this.close();
    }
    if (mail[SLOT.FAILED] !== 0) {
      mail[SLOT.FAILED] = 0;
      throw new EngineError(
        'wasm-thread-failed',
        `A helper thread failed in "${name}". Use one thread instead.`,
      );
    }
  }

  /** Lets no helper in any more and waits for those inside. */
  private close(): void {
    const { mail } = this;
    Atomics.and(mail, SLOT.STATE, ~OPEN);
    for (let i = 0; ; i++) {
      const inside = Atomics.load(mail, SLOT.STATE);
      if (inside === 0) return;
      if (i < SPINS) continue;
      try {
        Atomics.wait(mail, SLOT.STATE, inside, 10);
      } catch {
        // A page's main thread may not sleep; it keeps looking.
        i = 0;
      }
    }
  }

  dispose(): void {
    if (this.helpers.length === 0) return;
    Atomics.store(this.mail, SLOT.GENERATION, STOPPED);
    Atomics.notify(this.mail, SLOT.GENERATION);
    for (const helper of this.helpers) helper.end();
  }
}
