import { expect, test } from 'vitest';
import { Latest } from './latest';

test('what is wished while an answer is under way is asked once, in its newest form', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const latest = new Latest<string>((wish) => {
    asked.push(wish);
    return new Promise((resolve) => answers.push(resolve));
  });
  for (const wish of ['r', 'ro', 'ros', 'rosa']) latest.want(wish);
  expect(asked).toEqual(['r']);
  answers[0]();
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toEqual(['r', 'rosa']);
  answers[1]();
  await new Promise((resolve) => setTimeout(resolve));
  expect(asked).toEqual(['r', 'rosa']);
  latest.want('rosa b');
  expect(asked).toEqual(['r', 'rosa', 'rosa b']);
});
