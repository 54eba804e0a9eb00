/**
 * The layers of the house, proved on the imports themselves: who may import whom, and that nothing the
 * page loads (its worker apart) contains engine, agent, rewards, learning, policies, tasks or memory. Means and intervals
 * are anybody's, the page's too: a figure is reckoned in one way wherever it is shown.
 * Types are erased and may cross where the table of types says so. Tests may import what they like.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('.', import.meta.url));

/** Rooms of the ground floor that every room may import at run time, and that import none. */
const EVERYBODYS = ['statistics'];

/** Room: what its files may import at run time, `EVERYBODYS` apart. `storage` holds checksums and the like for anybody. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  statistics: [],
  storage: [],
  // Every host but the site's own is asked through here.
  network: [],
  memory: ['storage', 'network'],
  // Where models come from and are kept: lists, the Hugging Face hub, folders, downloads.
  hub: ['storage', 'network', 'engine/model', 'engine/errors'],
  tasks: [],
  engine: [],
  agent: ['memory', 'tasks'],
  reward: ['agent', 'tasks'],
  policies: ['engine', 'agent', 'tasks'],
  // What commands print and the page reads: the lines and their readers.
  evidence: [],
  // Memories that work beside the policy: what AgeMem is compared with.
  baselines: ['agent', 'memory', 'tasks', 'storage'],
  rl: [
    'agent',
    'baselines',
    'evidence',
    'reward',
    'policies',
    'memory',
    'tasks',
    'storage',
    'engine/model',
    'engine/training',
    'engine/errors',
  ],
  bench: ['storage', 'memory', 'tasks', 'engine', 'agent', 'reward', 'policies', 'rl', '../scripts'],
  worker: [
    'storage',
    'network',
    'memory',
    'hub',
    'tasks',
    'engine',
    'agent',
    'baselines',
    'evidence',
    'reward',
    'policies',
    'rl',
  ],
  // A command may start a browser, which scripts/browser.mjs finds.
  cli: [
    'storage',
    'memory',
    'tasks',
    'engine',
    'agent',
    'baselines',
    'evidence',
    'reward',
    'policies',
    'rl',
    'worker',
    'bench',
    '../scripts',
  ],
  // Another program of the page's: what they say to each other is types.
  'service-worker': [],
  // Recorded runs are read as text, exactly as their commands printed them.
  lab: ['worker/protocol', 'evidence', '../docs/evidence'],
  // The entries of the lab in one file: its page, its worker, and what stands in for what it leaves out.
  'single-file': [
    'lab',
    'worker',
    'engine/choose-backend',
    'memory/embedders/encoder',
    'policies/transformers',
    'policies/web-llm',
  ],
};

/** Further places from which a room may take types. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  evidence: ['baselines'],
  reward: ['memory'],
  policies: ['memory'],
  rl: ['engine/backend', 'engine/language-model'],
  lab: [
    'worker/memory-protocol',
    'worker/episode-protocol',
    'worker/group-protocol',
    'worker/runs-protocol',
    'worker/what-if-protocol',
    'worker/own-protocol',
    'worker/worlds-protocol',
    'worker/table-protocol',
    'worker/judge-protocol',
    'worker/baselines-protocol',
    'worker/models-protocol',
    'service-worker/protocol',
  ],
  'single-file': ['policies/provider'],
};

interface Import {
  readonly from: string;
  /** A path below src without extension, e.g. `engine/backend`. */
  readonly to: string;
  readonly typeOnly: boolean;
  /** `new URL('…', import.meta.url)` or `?worker`: a worker or an asset, another program. */
  readonly url: boolean;
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'assembly' || name === 'build' ? [] : files(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(?:(type)\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+)['"],\s*import\.meta\.url/g;

function importsOf(path: string): Import[] {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(IMPORT)].flatMap(([, type, named, bare, dynamic, url]) => {
    const target = named ?? bare ?? dynamic ?? url;
    if (!target.startsWith('.')) return [];
    const to = relative(SRC, resolve(dirname(path), target.replace(/\?.*$/, ''))).replace(/\.tsx?$/, '');
    const program = url !== undefined || /\?worker\b/.test(target);
    return [{ from: relative(SRC, path), to, typeOnly: type !== undefined, url: program }];
  });
}

/** Tests, and the `.fixture.ts` files that only tests import. */
const isTest = (path: string) => /\.(test|fixture)\.tsx?$/.test(path);
const sources = files(SRC).filter((path) => !isTest(path));
const imports = sources.flatMap(importsOf);
const room = (path: string) => path.split(/[\\/]/)[0];
const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function allowed({ from, to, typeOnly, url }: Import): boolean {
  const own = room(from);
  // The page may start a worker by address, and anybody may load a file from outside src; neither is an import.
  if (url && (to.startsWith('..') || (own === 'lab' && room(to) === 'worker'))) return true;
  const places = [own, ...EVERYBODYS, ...(ROOMS[own] ?? []), ...(typeOnly ? (TYPES[own] ?? []) : [])];
  return places.some((place) => within(to, place));
}

test('imports are found: the reader of import statements is not blind', () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter((edge) => edge.typeOnly).length).toBeGreaterThan(10);
  expect(imports.some((edge) => room(edge.from) !== room(edge.to))).toBe(true);
});

test('every source file lives in a room of the house', () => {
  const strangers = sources.map((path) => relative(SRC, path)).filter((path) => !(room(path) in ROOMS));
  expect(strangers).toEqual([]);
});

test('arrows point down: no room imports what stands above it', () => {
  const wrong = imports.filter((edge) => !allowed(edge)).map((edge) => `${edge.from} -> ${edge.to}`);
  expect(wrong).toEqual([]);
});

test('what is everybody’s stands on nothing', () => {
  const own = imports.filter(({ from }) => EVERYBODYS.includes(room(from)));
  expect(own.filter(({ from, to }) => room(to) !== room(from))).toEqual([]);
  expect(own.length).toBeGreaterThan(0);
});

test('only tests import fixtures', () => {
  expect(imports.filter((edge) => edge.to.endsWith('.fixture'))).toEqual([]);
});

test('the table itself has no cycle', () => {
  const visit = (name: string, path: readonly string[]): void => {
    expect(path, `cycle through ${name}`).not.toContain(name);
    for (const place of ROOMS[name] ?? []) visit(room(place), [...path, name]);
  };
  for (const name of Object.keys(ROOMS)) visit(name, []);
});

test('the page loads nothing but itself and the protocol', () => {
  const resolveModule = (to: string) =>
    [to, `${to}.ts`, `${to}.tsx`, `${to}/index.ts`].find(
      (path) => existsSync(join(SRC, path)) && statSync(join(SRC, path)).isFile(),
    );
  const reached = new Set<string>();
  const queue = ['lab/start.ts', 'lab/main.tsx'];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    if (!/\.tsx?$/.test(path)) continue;
    for (const edge of importsOf(join(SRC, path))) {
      if (edge.typeOnly || edge.url) continue;
      const next = resolveModule(edge.to);
      expect(next, `${edge.from} imports ${edge.to}, which is not there`).toBeDefined();
      if (next) queue.push(next);
    }
  }
  expect(reached.size).toBeGreaterThan(1);
  const outside = [...reached].filter(
    (path) =>
      ![...EVERYBODYS, 'evidence', 'lab'].includes(room(path)) &&
      path !== 'worker/protocol.ts' &&
      !within(path, '../docs/evidence'),
  );
  expect(outside).toEqual([]);
});
