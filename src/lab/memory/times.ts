/** Moments and spans as the memory page writes them: local time, with words relative to now where that helps. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "3 minutes ago", "yesterday", "in 2 weeks". Times in milliseconds since the epoch. */
export function ago(at: number, now: number): string {
  const away = at - now;
  const found = UNITS.find(([, length]) => Math.abs(away) >= length);
  if (!found) return 'just now';
  const [unit, length] = found;
  return relative.format(Math.trunc(away / length), unit);
}

/** The clock's time, with the date unless it is today's: "10:32", "26 Nov, 10:32", "26 Nov 2025, 10:32". */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === today.toDateString()) return time;
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year })}, ${time}`;
}

/** To the second, for titles: "26 November 2026 at 10:32:05". */
export function exactly(at: number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
}

/** "90 days", "12 hours": a span as the ageing rules use it. */
export function span(milliseconds: number): string {
  const [value, unit] = milliseconds >= DAY ? [milliseconds / DAY, 'day'] : [milliseconds / HOUR, 'hour'];
  const rounded = Number(value.toFixed(1));
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}

/** The first moment of a day as a date field writes it ("2026-11-26"), local time; null if it is empty. */
export function dayBegins(day: string): number | null {
  const [year, month, date] = day.split('-').map(Number);
  return day === '' || !date ? null : new Date(year, month - 1, date).getTime();
}

/** The first moment of the day after. */
export function dayEnds(day: string): number | null {
  const [year, month, date] = day.split('-').map(Number);
  return day === '' || !date ? null : new Date(year, month - 1, date + 1).getTime();
}
