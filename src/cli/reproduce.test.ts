import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CellLine } from '../evidence/cell-lines';
import { main } from './reproduce';
import { TableWeightsError } from './table-players';

let folder: string;
let printed: string[];
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
  printed = [];
  said = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
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

const SMALL = ['--episodes', '1', '--seeds', '1', '--json', '--only'];
const played = () =>
  lines().flatMap(({ method, policy, metric }) => (metric === 'score' ? [`${method} ${policy}`] : []));

test('AgeMem’s variants are played with what the site has for its model', async () => {
  await main([...SMALL, 'agemem/qa,answer-only/qa,lt-rl/qa']);
  expect(played()).toEqual([
    'agemem public/adapter',
    'answer-only public/answer-only-adapter',
    'lt-rl public/long-term-adapter',
  ]);
  expect(said).toEqual([]);
});

test('another model of the site has adapters of its own; what it has none for is told and not played', async () => {
  await main([...SMALL, 'agemem/qa,answer-only/qa', '--model', './public/worlds-policy/']);
  expect(played()).toEqual(['agemem public/worlds-adapter']);
  expect(said).toEqual([
    'answer-only is not played: there are no weights for it. Give their folder with --answer-only.\n',
  ]);
});

test('a model of one’s own has none but those given, and no window but its own', async () => {
  const model = join(folder, 'policy');
  cpSync('public/worlds-policy', model, { recursive: true });
  await main([...SMALL, 'agemem-no-rl/alfworld,agemem/alfworld', '--model', model]);
  expect(played()).toEqual([`agemem-no-rl ${model}`]);
  expect(said).toEqual([
    'agemem is not played: there are no weights for it. Give their folder with --adapter.\n',
  ]);
  expect(lines().find(({ metric }) => metric === 'does-not-fit')?.mean).toBe(0);
});

test('weights that do not fit, or are not there, are told before anything is played', async () => {
  const args = [...SMALL, 'agemem-no-rl/qa,agemem/qa'];
  const wrong = main([...args, '--model', 'public/worlds-policy', '--adapter', 'public/adapter']);
  await expect(wrong).rejects.toThrow(TableWeightsError);
  await expect(wrong).rejects.toThrow(
    /^agemem cannot be played with public\/adapter on public\/worlds-policy: .* with --adapter, or /,
  );
  await expect(main([...args, '--adapter', folder])).rejects.toThrow(TableWeightsError);
  expect(printed).toEqual([]);
});

test('the expert plays no variant of AgeMem, and says why', async () => {
  await main([...EXPERT, '--only', 'agemem/qa']);
  expect(printed).toEqual([]);
  expect(said).toEqual([
    'agemem is not played: the expert reads what a baseline brings, and this is AgeMem itself. Leave --policy out.\n',
  ]);
});

test('replies by the model are told in the lines of who asks for some, and are kept apart from those by rules', async () => {
  const file = join(folder, 'cells.jsonl');
  const args = [
    '--episodes',
    '1',
    '--seeds',
    '1',
    '--only',
    'mem0/qa,agemem-no-rl/qa',
    '--json',
    '--file',
    file,
  ];
  await main(args);
  const byRules = lines();
  printed = [];
  await main([...args, '--replies', 'model']);
  const of = (all: readonly CellLine[], method: string, metric = 'score') =>
    all.find((line) => line.method === method && line.metric === metric);
  expect(of(lines(), 'mem0')?.setting).toBe('replies by the model');
  expect(of(lines(), 'mem0', 'unread-replies')?.mean).toBeGreaterThan(0);
  expect(of(lines(), 'agemem-no-rl')).toEqual(of(byRules, 'agemem-no-rl'));
  expect(of(byRules, 'mem0')).not.toHaveProperty('setting');
  const kept = readFileSync(file, 'utf8');
  for (const line of [...byRules, ...lines()]) expect(kept).toContain(JSON.stringify(line));
});

test('the expert writes no replies', async () => {
  await expect(main([...EXPERT, '--replies', 'model'])).rejects.toThrow(
    /^The expert reads and writes no replies\./,
  );
});
