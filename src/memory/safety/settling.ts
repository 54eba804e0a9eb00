/**
 * Work that follows changes without following each of them: it starts when they have settled for a while, at
 * the latest a while after the first, and never twice at once. Work that fails is told and tried again with
 * the next change; once stopped, nothing is told.
 */
export interface SettlingTimes {
  /** So long after the last change. Milliseconds. */
  readonly quiet: number;
  /** So long after the first change that is not covered yet, however busy it is. Milliseconds. */
  readonly patience: number;
  /** So long at least between the end of one and the start of the next. Milliseconds. Default 0. */
  readonly rest?: number;
  /** What takes long rests longer, so that it takes no more than this share of the time. Default: all of it. */
  readonly share?: number;
}

export class Settling {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first change came that no work has covered; undefined if there is none. */
  private since: number | undefined;
  private running: Promise<void> | undefined;
  /** The next one starts no earlier. */
  private restsUntil = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly times: SettlingTimes,
    private readonly failed: (error: unknown) => void,
    /** Milliseconds; never goes back. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Something changed. */
  poke(): void {
    if (this.stopped) return;
    this.since ??= this.clock();
    if (!this.running) this.schedule();
  }

  /** Does the work now, after one that is running. What it throws is thrown here and not told. */
  async now(): Promise<void> {
    while (this.running) await this.running;
    clearTimeout(this.timer);
    await this.start(() => undefined);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.since === undefined) return;
    clearTimeout(this.timer);
    const now = this.clock();
    const { quiet, patience } = this.times;
    const due = Math.max(Math.min(now + quiet, this.since + patience), this.restsUntil);
    this.timer = setTimeout(() => this.start(this.failed).catch(() => undefined), Math.max(0, due - now));
  }

  private start(failed: (error: unknown) => void): Promise<void> {
    const run = this.run();
    // Where it ends nobody waits for what was under way: the place it wrote to may be gone already.
    const told = (error: unknown) => {
      if (!this.stopped) failed(error);
    };
    this.running = run.catch(told).finally(() => {
      this.running = undefined;
      if (!this.stopped) this.schedule();
    });
    return run;
  }

  private async run(): Promise<void> {
    this.since = undefined;
    const started = this.clock();
    try {
      await this.work();
    } finally {
      const ended = this.clock();
      const { rest = 0, share = 1 } = this.times;
      this.restsUntil = ended + Math.max(rest, (ended - started) * (1 / share - 1));
    }
  }
}
