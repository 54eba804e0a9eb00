import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askForPromise, askOnce } from './storage-promise';

let kept: Map<string, string>;
let answer: boolean;
const persist = vi.fn(async () => answer);
const persisted = vi.fn(async () => false);

beforeEach(() => {
  kept = new Map();
  answer = false;
  persist.mockClear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  vi.stubGlobal('navigator', { storage: { persist, persisted } });
});

afterEach(() => vi.unstubAllGlobals());

test('a refusal is an answer: it is not asked again by itself, but it is when the user wants it', async () => {
  expect(await askOnce()).toBe(false);
  expect(await askOnce()).toBeNull();
  expect(persist).toHaveBeenCalledTimes(1);
  answer = true;
  expect(await askForPromise()).toBe(true);
  expect(persist).toHaveBeenCalledTimes(2);
});

test('asked for by the user before, it is not asked for by itself', async () => {
  await askForPromise();
  expect(await askOnce()).toBeNull();
  expect(persist).toHaveBeenCalledTimes(1);
});

test('two acts at once are one question', async () => {
  answer = true;
  expect(await Promise.all([askOnce(), askOnce()])).toEqual([true, null]);
  expect(persist).toHaveBeenCalledTimes(1);
});

test('what is promised already is not asked for', async () => {
  persisted.mockResolvedValueOnce(true);
  expect(await askOnce()).toBeNull();
  expect(persist).not.toHaveBeenCalled();
});

test('where nothing can be kept nobody is asked', async () => {
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new DOMException('opaque', 'SecurityError');
    },
  });
  expect(await askOnce()).toBeNull();
  vi.stubGlobal('navigator', {});
  expect(await askOnce()).toBeNull();
  expect(await askForPromise()).toBe(false);
  expect(persist).not.toHaveBeenCalled();
});
