/**
 * How many tokens one dispatch should draw: about a tenth of a second of work, whatever the device. Longer
 * dispatches freeze the screen and can trip a driver's watchdog.
 *
 * Every dispatch that somebody waits for is measured. What a token costs depends on how many rows are decoded
 * together, in a way that differs by device (a GPU takes 32 rows in the time of one, a software adapter in 32
 * times that), and on how far back attention looks. So costs are kept by row count, in steps of two; for a
 * count not seen yet the bound that holds on any device is taken: more rows cost at most in proportion,
 * fewer rows at most the same. A longer context costs at most in proportion to weights read plus keys read.
 *
 * One late clock must not decide: of the last three measurements of a wave of requests the middle one counts,
 * and a wave hands on its middle one. Measurements in which rows were done already are not handed on: the
 * next wave starts with all its rows.
 */
const TARGET_MS = 100;
const MOST_TOKENS = 64;
/** Before anything is known. */
const FIRST_TOKENS = 1;
const LEAST_MS = 1e-6;
const RECENT = 3;

export interface DispatchMeasure {
  readonly rows: number;
  readonly tokens: number;
  /** Keys that the longest row looked back at, at the end of the dispatch. */
  readonly context: number;
  readonly milliseconds: number;
}

/** What a token of so many rows costs at context 0. */
interface Cost {
  readonly rows: number;
  readonly milliseconds: number;
}

export class TokenPace {
  readonly #known = new Map<number, Cost>();

  /** @param evenContext context at which reading keys and values costs as much as reading the weights; see `evenContextOf` */
  constructor(private readonly evenContext: number) {}

  /**
   * Tokens of the next dispatch.
   * @param rows decoded together
   * @param context keys of the longest row before it
   * @param own measurements of this wave so far, in order; those of the same rows
   */
  tokens(rows: number, context: number, own: readonly DispatchMeasure[] = []): number {
    const cost = this.costOf(rows, own);
    if (cost === undefined) return FIRST_TOKENS;
    // The context grows by the tokens that are drawn.
    const first = this.fitting(cost, context);
    return Math.min(first, this.fitting(cost, context + first));
  }

  /** Whether so many rows were measured: if not, the next dispatch is to be waited for. */
  knows(rows: number): boolean {
    return this.#known.has(bucketOf(rows));
  }

  /**
   * Hands on what a wave measured.
   * @param drawn tokens that the row which ended first has drawn
   */
  learn(measures: readonly DispatchMeasure[], drawn: number): void {
    let done = 0;
    const full: DispatchMeasure[] = [];
    for (const measure of measures) {
      done += measure.tokens;
      if (done <= drawn) full.push(measure);
    }
    // The very first dispatch has all its rows, whatever came of them.
    const used = full.length > 0 ? full : measures.slice(0, 1);
    if (used.length === 0) return;
    const { rows } = used[0];
    this.#known.set(bucketOf(rows), { rows, milliseconds: this.middle(used) });
  }

  private fitting(cost: number, context: number): number {
    const fitting = Math.floor(TARGET_MS / Math.max(LEAST_MS, cost * this.growth(context)));
    return Math.min(MOST_TOKENS, Math.max(FIRST_TOKENS, fitting));
  }

  private growth(context: number): number {
    return 1 + context / this.evenContext;
  }

  /** Of one token at context 0; undefined where nothing was measured at all. */
  private costOf(rows: number, own: readonly DispatchMeasure[]): number | undefined {
    if (own.length > 0) return this.middle(own.slice(-RECENT));
    const bound = (known: Cost) => known.milliseconds * Math.max(1, rows / known.rows);
    const same = this.#known.get(bucketOf(rows));
    if (same) return bound(same);
    const bounds = [...this.#known.values()].map(bound);
    return bounds.length > 0 ? Math.min(...bounds) : undefined;
  }

  /** The middle one, of two the dearer. */
  private middle(measures: readonly DispatchMeasure[]): number {
    const costs = measures.map(
      ({ tokens, context, milliseconds }) => milliseconds / (tokens * this.growth(context)),
    );
    costs.sort((a, b) => a - b);
    return costs[costs.length >> 1];
  }
}

/** Row counts that share a measurement: 1, 2, 3-4, 5-8, ... */
function bucketOf(rows: number): number {
  return Math.ceil(Math.log2(Math.max(1, rows)));
}

/** Multiply-adds of a token by weights, against those by each key and value before it. */
export function evenContextOf(
  parameterCount: number,
  { layers, heads, headDim }: { readonly layers: number; readonly heads: number; readonly headDim: number },
): number {
  return parameterCount / (2 * layers * heads * headDim);
}
