/**
 * How far a large act is: making the vectors of what it puts, then storing the rows. One bar for both, in steps that
 * stand for time: storing an entry takes about four times as long as its vector by letters.
 */

/** Told now and then: steps done, of so many. */
export type Progress = (done: number, total: number) => void;

const STORING = 4;

export class ActProgress {
  constructor(
    /** Entries to be put, each with a vector. */
    private readonly puts: number,
    private readonly tell: Progress = () => undefined,
  ) {}

  readonly embedded = (done: number): void => this.tell(done, this.puts * (1 + STORING));

  readonly written: Progress = (done, total) => {
    const all = Math.max(1, this.puts);
    this.tell(this.puts + (STORING * all * done) / total, this.puts + STORING * all);
  };
}
