import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CellLine } from '../evidence/cell-lines';
import { main } from './reproduce';

let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const lines = (): readonly CellLine[] =>
  printed
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const EXPERT = ['--policy', 'expert', '--episodes', '2', '--seeds', '2', '--json'];

test('the chosen cells only, each with its figures', async () => {
  await main([...EXPERT, '--only', 'mem0/alfworld,/hotpotqa']);
  const cells = [...new Set(lines().map(({ method, environment }) => `${method}/${environment}`))];
  expect(cells).toEqual([
    'mem0/alfworld',
    ...['no-memory', 'rag', 'langmem', 'a-mem', 'mem0', 'mem0-graph'].map((method) => `${method}/hotpotqa`),
  ]);
  const score = lines().find(({ metric }) => metric === 'score');
  expect(score).toMatchObject({ n: 4, seeds: [1, 2], policy: 'expert-reader', backend: 'none' });
});

test('a run goes on from its file: what is there is told again and not played again', async () => {
  const file = join(folder, 'cells.jsonl');
  const args = [...EXPERT, '--only', 'rag/hotpotqa', '--file', file];
  await main(args);
  // A value that no play would give shows that it was read.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"mean":[\d.]+/, '"mean":0.123'));
  printed = [];
  await main(args);
  expect(lines()[0]).toMatchObject({ metric: 'score', mean: 0.123 });
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(lines().length);
});

test('a kept cell whose reference is played later is told against it in the file too, once', async () => {
  const file = join(folder, 'cells.jsonl');
  const args = ['--episodes', '2', '--seeds', '2', '--json', '--file', file, '--only'];
  const differences = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line): CellLine => JSON.parse(line))
      .filter(({ against }) => against !== undefined);
  await main([...args, 'rag/qa']);
  expect(lines()[0].weights).toMatch(/^[0-9a-f]{8}$/);
  expect(differences()).toEqual([]);
  await main([...args, 'rag/qa,agemem-no-rl/qa']);
  expect(differences()).toEqual([
    expect.objectContaining({ method: 'rag', metric: 'score difference', against: 'agemem-no-rl' }),
  ]);
  const whole = readFileSync(file, 'utf8');
  await main([...args, 'rag/qa,agemem-no-rl/qa']);
  await main([...args, 'rag/qa']);
  expect(readFileSync(file, 'utf8')).toBe(whole);

  // As when the folder has had other weights meanwhile: played again, and the old lines are gone.
  writeFileSync(file, whole.replaceAll(/"weights":"[0-9a-f]+"/g, '"weights":"00000000"'));
  await main([...args, 'rag/qa,agemem-no-rl/qa']);
  expect(readFileSync(file, 'utf8')).toBe(whole);
});

test.each(['mem1/qa', 'mem0/mars', '', 'mem0/qa/1'])(
  '--only %j is refused with what there is',
  async (only) => {
    await expect(main([...EXPERT, '--only', only])).rejects.toThrow(
      /^--only takes METHOD\/ENVIRONMENT of no-memory, /,
    );
  },
);
