import { afterEach, expect, test } from 'vitest';
import { Tabs } from './tabs';

const open: Tabs[] = [];
const tab = (scope = 'tabs-test') => {
  const tabs = Tabs.open(scope);
  open.push(tabs);
  return tabs;
};

afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
  Reflect.deleteProperty(navigator, 'locks');
});

/** Reads, waits, writes: loses counts unless one at a time does so. */
async function count(tabs: readonly Tabs[], what: (i: number) => `memory/${string}`): Promise<number> {
  let value = 0;
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      tabs[i % tabs.length].exclusive(what(i), async () => {
        const before = value;
        await new Promise((resolve) => setTimeout(resolve, 1));
        value = before + 1;
      }),
    ),
  );
  return value;
}

test('one at a time works at the same memory, here and elsewhere', async () => {
  expect(await count([tab(), tab()], () => 'memory/a')).toBe(40);
});

test('different memories, and those of another database, do not wait for one another', async () => {
  expect(await count([tab()], (i) => `memory/${i}`)).toBeLessThan(40);
  expect(await count([tab(), tab('another')], () => 'memory/a')).toBeLessThan(40);
});

test('the result and the error are those of the body, and the lock is given back', async () => {
  const tabs = tab();
  expect(await tabs.exclusive('sentinel', async () => 7)).toBe(7);
  await expect(tabs.exclusive('sentinel', () => Promise.reject(new RangeError('mine')))).rejects.toThrow(
    RangeError,
  );
  expect(await tabs.exclusive('sentinel', async () => undefined)).toBeUndefined();
});

test.each([
  ['there are no locks', undefined],
  ['locks are refused', { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
])('where %s the body runs all the same, once', async (_, locks) => {
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true });
  let runs = 0;
  expect(await tab().exclusive('backups', async () => ++runs)).toBe(1);
  await expect(tab().exclusive('backups', () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  expect(runs).toBe(1);
});
