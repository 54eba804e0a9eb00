/** The folders that are there to be read: each file opens with its formula, and the guide leaves none out. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = (name: string) => new URL(`./${name}/`, import.meta.url);
const sources = (name: string) =>
  readdirSync(folder(name)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
const opening = (name: string, file: string) =>
  /^\/\*\*[\s\S]*?\*\//.exec(readFileSync(new URL(file, folder(name)), 'utf8'))?.[0] ?? '';

/** Tensors on arrays, the seam, and the list of what the host calls: nothing is computed there. */
const PLUMBING = ['buffers.ts', 'reference-backend.ts', 'index.ts', 'numbers.ts'];

describe.each(['reference', 'wasm/assembly'])('%s', (name) => {
  it.each(sources(name))('%s opens with what it does, and with its formula if it computes', (file) => {
    const essay = opening(name, file);
    expect(essay.length).toBeGreaterThan(40);
    if (!PLUMBING.includes(file)) expect(essay).toMatch(/\S \+?= \S/);
  });
});

it('the guide of the reference leads to every file of it', () => {
  const guide = readFileSync(new URL('README.md', folder('reference')), 'utf8');
  const missing = sources('reference').filter((file) => !guide.includes(`(${file})`));
  expect(missing).toEqual([]);
});

it('the guide of the reference leads nowhere that is not', () => {
  const guide = readFileSync(new URL('README.md', folder('reference')), 'utf8');
  const links = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) {
    expect(() => readFileSync(new URL(link, folder('reference'))), link).not.toThrow();
  }
});
