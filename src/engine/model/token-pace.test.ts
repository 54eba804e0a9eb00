import { expect, it } from 'vitest';
import { TokenPace } from './token-pace';

/** A pace after dispatches of one token for eight rows that took so long. */
function paceAfter(milliseconds: readonly number[]): TokenPace {
  const pace = new TokenPace();
  for (const ms of milliseconds) {
    expect(pace.wantsMeasure).toBe(true);
    expect(pace.tokens(8)).toBe(1);
    pace.measured(8, 1, ms);
  }
  expect(pace.wantsMeasure).toBe(false);
  return pace;
}

it('asks for a tenth of a second of work, less for more rows, within bounds', () => {
  const pace = paceAfter([500, 10, 10]);
  expect(pace.tokens(8)).toBe(10);
  expect(pace.tokens(16)).toBe(5);
  expect(pace.tokens(8000)).toBe(1);
  expect(paceAfter([500, 1e-9, 1e-9]).tokens(8)).toBe(64);
});

it('is not slowed by a stop during one measurement', () => {
  expect(paceAfter([500, 10, 60_000]).tokens(8)).toBe(10);
  expect(paceAfter([500, 60_000, 10]).tokens(8)).toBe(10);
  expect(paceAfter([60_000, 10, 10]).tokens(8)).toBe(10);
});
