/**
 * Whose turn it is at the model. Calls of the page and training come first; what plays in the background gets the turns
 * between them, one short slice at a time. A call that comes in the middle of a slice ends it: whoever was cut off asks for
 * the same again later, which gives the same, since draws depend on seeds alone.
 */
export class Turns {
  private slice: { readonly abort: AbortController; readonly over: Promise<void> } | null = null;
  private waiting: (() => void)[] = [];

  /** @param free whether nobody else uses the model, now */
  constructor(readonly free: () => boolean) {}

  /** Somebody else wants the model: the slice under way is given up. Resolves when it is over. */
  async clear(): Promise<void> {
    const { slice } = this;
    slice?.abort.abort();
    await slice?.over;
  }

  /** Whoever had the model may have let go of it. */
  changed(): void {
    if (!this.free()) return;
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when nobody else has the model, or when `signal` fires. */
  async idle(signal: AbortSignal): Promise<void> {
    while (!this.free() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /**
   * One slice, to be begun while the model is free; `work` ends soon after its signal fires, and what it throws is thrown.
   */
  async take<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const running = work(abort.signal);
    const over = running.then(
      () => undefined,
      () => undefined,
    );
    this.slice = { abort, over };
    try {
      return await running;
    } finally {
      this.slice = null;
    }
  }
}
