/**
 * What a helper thread does: wait for a job, take chunks of its items until none are left, wait again.
 * Plain JavaScript, because Node starts this file without Vite.
 *
 * The mailbox is one SharedArrayBuffer, written by the main thread while no helper is inside a job:
 * `GENERATION` counts jobs, `STATE` is OPEN while helpers may enter plus the number of those inside.
 * A helper that wakes too late finds the job closed and goes back to sleep, so the main thread never
 * waits for a thread the system has not scheduled yet.
 */

/** Indices into the mailbox's Int32Array. */
export const SLOT = Object.freeze({
  GENERATION: 0,
  STATE: 1,
  NEXT: 2,
  ITEMS: 3,
  CHUNK: 4,
  KERNEL: 5,
  ARGUMENTS: 6,
  FAILED: 7,
});
export const OPEN = 1 << 16;
/** `GENERATION` of a mailbox whose threads shall end. */
export const STOPPED = -1;
/** Byte offset of the arguments (float64) in the mailbox. */
export const ARGUMENT_OFFSET = 64;
export const MOST_ARGUMENTS = 32;
export const MAILBOX_BYTES = ARGUMENT_OFFSET + 8 * MOST_ARGUMENTS;

/** Looks before sleeping: some ten microseconds, about as long as waking a sleeping thread takes. */
const SPINS = 5000;

/**
 * Takes chunks until the job has none left. Used by helpers and by the main thread alike.
 * @param {(...args: number[]) => void} kernel
 * @param {number[]} args
 * @param {Int32Array} mail
 * @param {number} thread
 */
export function work(kernel, args, mail, thread) {
  const items = mail[SLOT.ITEMS];
  const chunk = mail[SLOT.CHUNK];
  for (;;) {
    const start = Atomics.add(mail, SLOT.NEXT, chunk);
    if (start >= items) return;
    kernel(...args, start, Math.min(start + chunk, items), thread);
  }
}

/** @param {Int32Array} mail */
function enter(mail) {
  for (;;) {
    const state = Atomics.load(mail, SLOT.STATE);
    if ((state & OPEN) === 0) return false;
    if (Atomics.compareExchange(mail, SLOT.STATE, state, state + 1) === state) return true;
  }
}

/** @param {Int32Array} mail */
function leave(mail) {
  if (Atomics.sub(mail, SLOT.STATE, 1) === 1) Atomics.notify(mail, SLOT.STATE);
}

/**
 * Serves jobs until the mailbox is stopped.
 * @param {{ module: WebAssembly.Module, memory: WebAssembly.Memory, mailbox: SharedArrayBuffer,
 *   thread: number, names: readonly string[], ready: () => void }} start
 */
export function serve({ module, memory, mailbox, thread, names, ready }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const mail = new Int32Array(mailbox, 0, ARGUMENT_OFFSET / 4);
  const values = new Float64Array(mailbox, ARGUMENT_OFFSET, MOST_ARGUMENTS);
  const kernels = names.map((name) => /** @type {(...args: number[]) => void} */ (exports[name]));
  let seen = Atomics.load(mail, SLOT.GENERATION);
  ready();
  for (;;) {
    for (let i = 0; i < SPINS && Atomics.load(mail, SLOT.GENERATION) === seen; i++);
    Atomics.wait(mail, SLOT.GENERATION, seen);
    seen = Atomics.load(mail, SLOT.GENERATION);
    if (seen === STOPPED) return;
    if (!enter(mail)) continue;
    try {
      const args = Array.from(values.subarray(0, mail[SLOT.ARGUMENTS]));
      work(kernels[mail[SLOT.KERNEL]], args, mail, thread);
    } catch {
      Atomics.store(mail, SLOT.FAILED, 1);
    } finally {
      leave(mail);
    }
  }
}
