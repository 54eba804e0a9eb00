import {
  type Language,
  say,
  spoken,
} from '../language/language'; /** Moments and spans as the memory page writes them: local time, with words relative to now where that helps. */

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

/** Day before month, hours to 24. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };

const locale = () => LOCALES[spoken()];

/** "3 minutes ago", "yesterday", "in 2 weeks". Times in milliseconds since the epoch. */
export function ago(at: number, now: number): string {
  const away = at - now;
  const found = UNITS.find(([, length]) => Math.abs(away) >= length);
  if (!found) return say('just now');
  const [unit, length] = found;
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.trunc(away / length), unit);
}

/** The clock's time, with the date unless it is today's: "10:32", "26 Nov, 10:32", "26 Nov 2025, 10:32". */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const time = date.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === today.toDateString()) return time;
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  const day = date.toLocaleDateString(locale(), { day: 'numeric', month: 'short', year });
  return say('{day}, {time}', { day, time });
}

/** To the second, for titles: "26 November 2026 at 10:32:05". */
export function exactly(at: number): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: 'long', timeStyle: 'medium' });
}

/** "90 days", "12 hours": a span as the ageing rules use it. */
export function span(milliseconds: number): string {
  const days = milliseconds >= DAY;
  const n = Number((milliseconds / (days ? DAY : HOUR)).toFixed(1));
  if (days) return n === 1 ? say('{n} day', { n }) : say('{n} days', { n });
  return n === 1 ? say('{n} hour', { n }) : say('{n} hours', { n });
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
