import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BudgetError, checkBudget, initialScripts } from './budget.mjs';

const chunk = (fileName: string, imports: readonly string[] = [], code = 'x') => ({
  type: 'chunk',
  fileName,
  imports,
  code,
});
const HTML = {
  type: 'asset',
  fileName: 'index.html',
  source:
    '<script type="module" crossorigin src="./assets/index-1.js"></script><link rel="modulepreload" crossorigin href="./assets/main-2.js">',
};
const WORKER = {
  type: 'asset',
  fileName: 'assets/lab-worker-3.js',
  source: 'import{a}from"./shared-7.js";import"./deep-8.js";const later=()=>import("./late-9.js");',
};
/** What the worker imports at once, and what that does. */
const WORKERS_OWN = [
  { type: 'asset', fileName: 'assets/shared-7.js', source: 'export{b}from"./deep-8.js"' },
  { type: 'asset', fileName: 'assets/deep-8.js', source: 'deep' },
];

describe('what index.html loads at once', () => {
  test('its scripts, what it preloads and what these import, each once; not what is imported later', () => {
    const { page, worker } = initialScripts([
      HTML,
      WORKER,
      ...WORKERS_OWN,
      chunk('assets/index-1.js', ['assets/shared-4.js']),
      chunk('assets/main-2.js', ['assets/shared-4.js']),
      chunk('assets/shared-4.js', ['assets/deep-5.js']),
      chunk('assets/deep-5.js'),
      chunk('assets/late-6.js'),
    ]);
    expect(page.names).toEqual([
      'assets/deep-5.js',
      'assets/index-1.js',
      'assets/main-2.js',
      'assets/shared-4.js',
    ]);
    expect(worker.names).toEqual(['assets/deep-8.js', 'assets/lab-worker-3.js', 'assets/shared-7.js']);
  });

  test('a build that is built otherwise is an error, not a weight of nothing', () => {
    expect(() => initialScripts([WORKER])).toThrow(BudgetError);
    expect(() => initialScripts([{ ...HTML, source: '' }, WORKER])).toThrow(/no longer fits/);
    expect(() => initialScripts([HTML, chunk('assets/index-1.js'), chunk('assets/main-2.js')])).toThrow(
      /no longer fits/,
    );
  });
});

test('a byte more than the budget fails, naming the part and its files', () => {
  const code = randomBytes(20_000).toString('base64');
  const scripts = initialScripts([
    HTML,
    WORKER,
    ...WORKERS_OWN,
    chunk('assets/index-1.js'),
    chunk('assets/main-2.js', [], code),
  ]);
  const most = scripts.page.bytes / 1000;
  expect(checkBudget(scripts, { page: most, worker: 1 })).toMatch(/page 20\.1 kB of 20\.1/);
  expect(() => checkBudget(scripts, { page: most - 0.001, worker: 1 })).toThrow(/main-2\.js/);
});
