import { expect, test } from 'vitest';
import { type Generation, keptGenerations } from './retention';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** One a minute for so long; what is dropped stays dropped. */
function minutes(count: number): readonly Generation[] {
  let kept: Generation[] = [];
  for (let number = 1; number <= count; number++) {
    kept.push({ number, made: START + number * 60_000 });
    const numbers = keptGenerations(kept);
    kept = kept.filter((generation) => numbers.has(generation.number));
  }
  return kept;
}

test('the newest three always stay', () => {
  expect(minutes(2).map(({ number }) => number)).toEqual([1, 2]);
  for (const count of [3, 10, 61, 500]) {
    expect(
      minutes(count)
        .slice(-3)
        .map(({ number }) => number),
    ).toEqual([count - 2, count - 1, count]);
  }
});

test('after days of one a minute there is one from an hour, and one from a day ago', () => {
  for (const extra of [0, 7, 59, 60, 61, 1000]) {
    const count = 3 * 24 * 60 + extra;
    const ages = minutes(count).map(({ number }) => (count - number) * 60_000);
    expect(ages.length).toBeLessThanOrEqual(7);
    expect(ages.some((age) => age >= HOUR && age <= 2 * HOUR)).toBe(true);
    expect(ages.some((age) => age >= 24 * HOUR && age <= 48 * HOUR)).toBe(true);
  }
});

test('a clock that jumps back lets nothing newer go: the order is that of the numbers', () => {
  const generations = [
    { number: 1, made: START + 50 * HOUR },
    { number: 2, made: START + 51 * HOUR },
    { number: 3, made: START },
    { number: 4, made: START + 1 },
    { number: 5, made: START + 2 },
  ];
  const kept = keptGenerations(generations);
  expect([3, 4, 5].every((number) => kept.has(number))).toBe(true);
});
