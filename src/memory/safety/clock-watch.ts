/**
 * Whether the computer's clock can be right. Nothing here knows the time better than it, but what was kept earlier has
 * times too: a clock that reads a day or more before them, or a month after all of them, is told, and nothing expires
 * by it. A month: somebody who was away for longer is told once, and entries stay one start longer than their rule says.
 *
 * When the lab was last opened is noted beside the sentinel. So a clock that was wrong once has no say in the next
 * start, and one that is right after a long absence is believed from the next start on.
 */
import type { Folder } from '../../storage/folder';
import { inWords as timeInWords } from '../ageing';
import type { NamespaceRecord } from '../rows/rows';

const DAY = 86_400_000;
const FILE = 'clock';
/** The clock reads so long before something that was kept: one of the two times is wrong. Milliseconds. */
export const BEHIND = DAY;
/** The clock reads so long after everything that was kept. Milliseconds. */
export const AHEAD = 30 * DAY;

export type ClockTrouble = 'behind' | 'ahead';

/** @param latest of all times known from before; null: none is. Milliseconds since the epoch, like `now` */
export function judgeClock(now: number, latest: number | null): ClockTrouble | null {
  if (latest === null) return null;
  if (now < latest - BEHIND) return 'behind';
  return now > latest + AHEAD ? 'ahead' : null;
}

export interface ClockSetup {
  /** Null where the page may keep no files. */
  readonly folder: Folder | null;
  readonly now: () => number;
  readonly tell: (trouble: ClockTrouble, message: string) => void;
  /** The note of the last start could not be read or written; then the times of what is kept must do. */
  readonly trouble: (error: unknown) => void;
}

export class ClockWatch {
  private readonly told = new Set<ClockTrouble>();

  private constructor(
    private readonly setup: ClockSetup,
    private latest: number | null,
    private readonly trusted: boolean,
  ) {}

  /** At the start, before anything is written. */
  static async open(setup: ClockSetup, records: readonly NamespaceRecord[]): Promise<ClockWatch> {
    const { folder, now, trouble: failed } = setup;
    const seen = await readNote(folder).catch((error: unknown) => {
      failed(error);
      return null;
    });
    const times = [...records.map(({ lastAt }) => lastAt), ...(seen === null ? [] : [seen])];
    const latest = times.length > 0 ? Math.max(...times) : null;
    const time = now();
    const trouble = judgeClock(time, latest);
    const watch = new ClockWatch(setup, latest, trouble === null);
    if (trouble) watch.tell(trouble, time, latest);
    await folder?.write(FILE, [new TextEncoder().encode(`${time}\n`)]).catch(failed);
    return watch;
  }

  /** Whether entries of this memory may expire by what the clock said at the start, and says now. */
  mayExpire({ lastAt }: NamespaceRecord): boolean {
    return this.trusted && judgeClock(this.setup.now(), lastAt) !== 'behind';
  }

  /** An act was written: the clock may have jumped since the start. */
  acted({ lastAt }: NamespaceRecord): void {
    const now = this.setup.now();
    if (judgeClock(now, lastAt) === 'behind') this.tell('behind', now, lastAt);
    else if (judgeClock(lastAt, this.latest) === 'ahead') this.tell('ahead', lastAt, this.latest);
    this.latest = Math.max(this.latest ?? lastAt, lastAt);
  }

  /** Each once in a session. */
  private tell(trouble: ClockTrouble, now: number, latest: number | null): void {
    if (latest === null || this.told.has(trouble)) return;
    this.told.add(trouble);
    const words = { ahead: aheadInWords, behind: behindInWords };
    this.setup.tell(trouble, words[trouble](now, latest));
  }
}

function aheadInWords(now: number, latest: number): string {
  return `This computer's clock reads ${dateOf(now)}, ${timeInWords(now - latest)} after anything was last kept here. Nothing expires by it before the lab is opened again. If it is wrong, set it right before you go on: the journal does not go back in time.`;
}

function behindInWords(now: number, latest: number): string {
  return `This computer's clock reads ${dateOf(now)}, but something was kept here when it read ${dateOf(latest)}, ${timeInWords(latest - now)} later. One of the two is wrong. Nothing expires meanwhile, and new records are stamped with the later time until the clock has passed it.`;
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** When the lab was last opened; null if that is not known. */
async function readNote(folder: Folder | null): Promise<number | null> {
  const bytes = await folder?.read(FILE);
  const time = bytes ? Number(new TextDecoder().decode(bytes)) : Number.NaN;
  return bytes && bytes.length > 1 && Number.isFinite(time) ? time : null;
}
