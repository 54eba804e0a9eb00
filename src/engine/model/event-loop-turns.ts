/**
 * Turns for the event loop during long work. The read of a back end that computes on this thread
 * resolves without the loop ever coming round, so that timers and messages, an abort among them, would
 * wait until the work is done.
 */

/** A long run gives the event loop a turn this often. */
const TURN_MILLISECONDS = 100;

/** Lets timers, messages and abort signals through now and then. */
export class EventLoopTurns {
  #last = performance.now();

  async maybe(): Promise<void> {
    if (performance.now() - this.#last < TURN_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
  }
}
