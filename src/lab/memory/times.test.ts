import { expect, test } from 'vitest';
import { ago, clock, DAY, dayBegins, dayEnds, span } from './times';

const NOW = new Date(2026, 10, 26, 18, 0).getTime();

test.each([
  [0, 'just now'],
  [59_000, 'just now'],
  [-61_000, 'in 1 minute'],
  [3 * 60_000, '3 minutes ago'],
  [5 * 3_600_000, '5 hours ago'],
  [DAY, 'yesterday'],
  [13 * DAY, 'last week'],
  [70 * DAY, '2 months ago'],
  [800 * DAY, '2 years ago'],
])('%d ms ago is “%s”', (away, words) => {
  expect(ago(NOW - away, NOW)).toBe(words);
});

test('the date is told unless it is today, the year unless it is this one', () => {
  expect(clock(new Date(2026, 10, 26, 10, 32).getTime(), NOW)).toBe('10:32');
  expect(clock(new Date(2026, 10, 25, 10, 32).getTime(), NOW)).toBe('25 Nov, 10:32');
  expect(clock(new Date(2025, 0, 5, 0, 2).getTime(), NOW)).toBe('5 Jan 2025, 00:02');
});

test('spans are days, or hours below one', () => {
  expect([span(90 * DAY), span(DAY), span(1.5 * DAY), span(DAY / 2)]).toEqual([
    '90 days',
    '1 day',
    '1.5 days',
    '12 hours',
  ]);
});

test('a day of a date field begins and ends at local midnight', () => {
  expect(dayBegins('2026-11-26')).toBe(new Date(2026, 10, 26).getTime());
  expect(dayEnds('2026-11-30')).toBe(new Date(2026, 11, 1).getTime());
  expect([dayBegins(''), dayEnds('2026-11')]).toEqual([null, null]);
});
