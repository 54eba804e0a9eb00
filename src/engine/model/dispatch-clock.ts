/**
 * How long each of a row of dispatches took, though several are under way at once: a dispatch begins when it
 * is enqueued or when the one before it has ended, whichever is later. Ends are heard of when the event loop
 * gets to them; a measurement is too long, or the next too short, by what it was late.
 */
import type { DispatchMeasure } from './token-pace';

export class DispatchClock {
  readonly #measures: DispatchMeasure[] = [];
  #lastEnd = 0;
  #context: number;

  /** @param context keys of the longest row before the first dispatch */
  constructor(
    private readonly rows: number,
    context: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#context = context;
  }

  /** Keys of the longest row after all dispatches so far. */
  get context(): number {
    return this.#context;
  }

  /** Of the dispatches that have ended, in order. */
  get measures(): readonly DispatchMeasure[] {
    return this.#measures;
  }

  /** @param ended settles when the work before the first dispatch has ended */
  prefilled(ended: Promise<void>): void {
    ended.then(() => {
      this.#lastEnd = Math.max(this.#lastEnd, this.now());
    }, nothing);
  }

  /**
   * @param ended settles with the dispatch
   * @returns the same, after the measurement; nobody has to wait for it
   */
  dispatched(tokens: number, ended: Promise<void>): Promise<void> {
    const enqueued = this.now();
    this.#context += tokens;
    const { rows } = this;
    const context = this.#context;
    const measured = ended.then(() => {
      const end = this.now();
      const milliseconds = end - Math.max(enqueued, this.#lastEnd);
      this.#lastEnd = end;
      this.#measures.push({ rows, tokens, context, milliseconds });
    });
    measured.catch(nothing);
    return measured;
  }
}

/** Whoever waits for the work hears of its failure. */
function nothing(): void {}
