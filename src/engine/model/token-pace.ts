/**
 * How many tokens one dispatch should draw: about a tenth of a second of work, whatever the device. Longer
 * dispatches freeze the screen and can trip a driver's watchdog; the first call measures. The faster of two
 * measurements counts: a tab that was stopped in one of them would be slow ever after.
 */
const TARGET_MS = 100;
const MOST_TOKENS = 64;
/** Before anything is known. */
const FIRST_TOKENS = 1;
/** The first dispatch also compiles; those after it are measured. */
const WARM_DISPATCHES = 1;
const MEASURED_DISPATCHES = 2;

export class TokenPace {
  #seen = 0;
  /** Of one token of one row, were rows done one after the other. */
  #milliseconds = Number.POSITIVE_INFINITY;

  /** Whether the next dispatch is to be waited for and told to `measured`. */
  get wantsMeasure(): boolean {
    return this.#seen < WARM_DISPATCHES + MEASURED_DISPATCHES;
  }

  /** Tokens of the next dispatch for so many rows. */
  tokens(rows: number): number {
    if (this.wantsMeasure) return FIRST_TOKENS;
    const fitting = Math.floor(TARGET_MS / Math.max(1e-6, this.#milliseconds * rows));
    return Math.min(MOST_TOKENS, Math.max(1, fitting));
  }

  measured(rows: number, tokens: number, milliseconds: number): void {
    if (this.#seen++ < WARM_DISPATCHES) return;
    this.#milliseconds = Math.min(this.#milliseconds, milliseconds / (rows * tokens));
  }
}
