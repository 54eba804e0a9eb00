/**
 * Entries that grow old: expiry, which removes, and decay, which lets newer entries pass in a search. Both
 * are off unless the user sets them for a namespace, and both are seen where they work: an expiry is an act
 * in the journal that can be undone, and a decayed score is shown beside the cosine it comes from.
 *
 * A clock that was set back makes nothing older: an entry from the future has age 0.
 */
import { MemoryArgumentError } from './errors';
import type { EntryUse, JournalUse } from './history/use';
import type { EntryText } from './memory';
import type { Ageing } from './rows/rows';

export const NO_AGEING: Ageing = { expireAfter: null, halfLife: null };

/** Milliseconds. */
export const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Throws `MemoryArgumentError` unless both rules are off or whole minutes at least; shorter ones are slips. */
export function checkAgeing({ expireAfter, halfLife }: Ageing): void {
  for (const [what, value] of [
    ['Expiry', expireAfter],
    ['The half-life', halfLife],
  ] as const) {
    if (value !== null && !(Number.isFinite(value) && value >= MINUTE)) {
      throw new MemoryArgumentError(
        'ageing',
        `${what} of ${value} ms is no rule. Give a minute at least, or turn it off.`,
      );
    }
  }
}

/**
 * When the entry expires unless it is used before; null: never. Milliseconds since the epoch. Being written, imported,
 * brought back or retrieved is use: who undoes an expiry wants the entry for longer than till the next start.
 */
export function expiresAt(entry: EntryText, use: EntryUse, { expireAfter }: Ageing): number | null {
  return expireAfter === null ? null : lastUse(entry, use) + expireAfter;
}

/** Milliseconds since the epoch. */
export function lastUse(entry: EntryText, { lastRetrieved, lastWritten }: EntryUse): number {
  return Math.max(entry.updated, lastRetrieved ?? 0, lastWritten ?? 0);
}

/** Factor on the cosine, in (0, 1]: halved with each half-life since the entry was written. */
export function decayAt(entry: EntryText, { halfLife }: Ageing, now: number): number {
  return halfLife === null ? 1 : 2 ** -(Math.max(0, now - entry.updated) / halfLife);
}

/** What a search orders by. Decay lets newer entries pass; what is opposite to the query must not gain by it. */
export function decayedScore(cosine: number, decay: number): number {
  return cosine > 0 ? cosine * decay : cosine;
}

/** The entries that have expired by now, in order. */
export function expiredEntries(
  entries: readonly EntryText[],
  use: JournalUse,
  ageing: Ageing,
  now: number,
): readonly EntryText[] {
  return entries.filter((entry) => {
    const end = expiresAt(entry, use.of(entry.id), ageing);
    return end !== null && end <= now;
  });
}

/** A time in words, for reasons and findings: "3 days", "2 hours". */
export function inWords(milliseconds: number): string {
  const [count, unit] =
    milliseconds >= 2 * DAY
      ? [milliseconds / DAY, 'day']
      : milliseconds >= 120 * MINUTE
        ? [milliseconds / (60 * MINUTE), 'hour']
        : [milliseconds / MINUTE, 'minute'];
  const whole = Math.floor(count);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
