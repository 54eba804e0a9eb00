import { afterEach, expect, test } from 'vitest';
import { type StorageSource, storageUse } from './storage-use';

afterEach(() => {
  Reflect.deleteProperty(navigator, 'storage');
});

const sources: readonly StorageSource[] = [
  { kind: 'memories', loss: 'all of it', measure: async () => 12 },
  { kind: 'backups', loss: 'a safety net', measure: async () => 30, remove: async () => undefined },
];

test('each kind with its bytes, what is lost with it and whether it may be deleted; the browser’s own numbers', async () => {
  const use = await storageUse(sources);
  expect(use.kinds).toEqual([
    { kind: 'memories', loss: 'all of it', bytes: 12, deletable: false },
    { kind: 'backups', loss: 'a safety net', bytes: 30, deletable: true },
  ]);
  expect(use.quota).toBeGreaterThan(1e6);
  expect(use.used).toBeGreaterThanOrEqual(0);
  expect(use.persisted).toMatch(/^(yes|no)$/);
});

test.each([
  ['yes', { persisted: async () => true }],
  ['no', { persisted: async () => false }],
  ['unknown', { persisted: () => Promise.reject(new TypeError('opaque')) }],
  ['unknown', undefined],
])('the browser’s promise: %s', async (persisted, storage) => {
  Object.defineProperty(navigator, 'storage', { value: storage, configurable: true });
  const use = await storageUse(sources);
  expect(use).toMatchObject({ persisted, used: null, quota: null });
  expect(use.kinds).toHaveLength(2);
});
