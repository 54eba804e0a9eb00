import { expect, test } from 'vitest';
import { type Address, DEFAULT_ADDRESS } from '../state/address';
import { givenBack, lend, NOTHING_LENT } from './lent-settings';

const mine: Address = { ...DEFAULT_ADDRESS, steps: 40, lr: 0.01 };
const setup = { steps: 1, tasks: 2, evaluate: 0, adapter: 'shipped' } as const;

test('what a lesson set goes back to what it was, a task and a player do not', () => {
  const lent = lend(NOTHING_LENT, mine, setup);
  expect(givenBack(lent, { ...mine, ...setup })).toEqual({ steps: 40, tasks: null, evaluate: null });
});

test('the second time a lesson sets the same, the first value before still counts', () => {
  const once = lend(NOTHING_LENT, mine, { steps: 1 });
  const twice = lend(once, { ...mine, steps: 1 }, { steps: 5 });
  expect(givenBack(twice, { ...mine, steps: 5 })).toEqual({ steps: 40 });
});

test('what the reader changed since stays', () => {
  const lent = lend(NOTHING_LENT, mine, setup);
  expect(givenBack(lent, { ...mine, ...setup, steps: 7 })).toEqual({ tasks: null, evaluate: null });
});
