/**
 * How long work took, without the time in which nothing ran: a laptop asleep, a frozen tab, a debugger's pause.
 * The system's clock may go on meanwhile, and eight hours of sleep are no slow training step.
 *
 * Nothing tells a worker that it was stopped. But work gives signs of life (a timer between two pieces of it, a
 * report of progress), and a stop is a gap between two of them that is out of all proportion to the others. How
 * long they usually are is asked by time, not by number: the length below which half of the other time
 * lies. A device that is slow throughout has long gaps throughout, and all of them count as work.
 *
 * Where one stop follows another each would make the other look usual, so a gap of a minute is a stop whatever the others
 * are: no piece of work of a policy that trains in a tab goes so long without a sign.
 *
 * Limits: a stop shorter than two seconds is counted as work, and so are several shorter than a minute that together make
 * up most of a measured time.
 */

/** How often the timer gives a sign of life, as far as the work lets it. */
const BEAT_MS = 250;
/** A shorter gap is never taken for a stop. */
const LEAST_STOP_MS = 2000;
/** A longer gap always is one. */
const LONG_STOP_MS = 60_000;
/** A stop is longer than what is usual by this factor. */
const OUT_OF_PROPORTION = 5;

export interface WorkTime {
  /** Milliseconds in which the work went on. */
  readonly working: number;
  /** Milliseconds in which nothing ran. */
  readonly away: number;
}

export class WorkClock {
  readonly #gaps: number[] = [];
  #last: number;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Begins to measure. @param now milliseconds; default the system's monotonic clock */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#last = now();
    this.#timer = setInterval(() => this.beat(), BEAT_MS);
  }

  /** A sign of life. */
  beat(): void {
    const now = this.now();
    this.#gaps.push(now - this.#last);
    this.#last = now;
  }

  /** The place of this moment, for `between`. */
  mark(): number {
    this.beat();
    return this.#gaps.length;
  }

  /** The time between two marks; 0 is the beginning. Gaps are judged by all that was measured until now. */
  between(from: number, to: number): WorkTime {
    const stops = stopsAmong(this.#gaps);
    let working = 0;
    let away = 0;
    for (let i = from; i < to; i++) {
      if (stops.has(i)) away += this.#gaps[i];
      else working += this.#gaps[i];
    }
    return { working, away };
  }

  /** Ends the timer. What was measured can still be read. */
  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Places of the gaps, in milliseconds, in which nothing can have run. */
export function stopsAmong(gaps: readonly number[]): ReadonlySet<number> {
  const ascending = [...gaps].sort((a, b) => a - b);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const stops = new Set<number>();
  gaps.forEach((gap, i) => {
    const out = gap > OUT_OF_PROPORTION * usual(ascending, total, gap);
    if (gap >= LONG_STOP_MS || (gap >= LEAST_STOP_MS && out)) stops.add(i);
  });
  return stops;
}

/** The length below which half of the time lies that is not in this gap. */
function usual(ascending: readonly number[], total: number, without: number): number {
  const half = (total - without) / 2;
  let passed = 0;
  for (const gap of ascending) {
    passed += gap;
    if (passed >= half) return gap;
  }
  return 0;
}
