/** The command on the bundled policy, as small as it goes: what it prints, and how it goes on. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AblationLine } from '../evidence/ablation-lines';
import type { AblationHead } from '../rl/reproduce/ablation';
import { TABLE_VERSION } from '../rl/reproduce/cells';
import { KeptAblationError } from '../rl/reproduce/kept-ablation';
import { main } from './ablation';
import { UsageError } from './arguments';

let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ablation-'));
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function lines(): readonly [AblationHead, ...AblationLine[]] {
  return JSON.parse(`[${printed.join('').trim().split('\n').join(',')}]`);
}

const SMALL = '--seeds 1 --episodes 2 --steps 1 --tasks 1 --group 2 --threads 1 --json'.split(' ');

test('untrained variants and arms play the same held-out tasks; an arm has a line a step; a run goes on from its file', async () => {
  const file = join(folder, 'kept.jsonl');
  const args = [...SMALL, '--only', 'agemem-no-rl,agemem', '--file', file];
  await main([...args, '--lr', '1e-30']);
  const [head, ...told] = lines();
  expect(head.ablation).toMatchObject({ family: 'qa', steps: 1, tasksPerStep: 1, groupSize: 2, episodes: 2 });
  expect(told.map(({ kind, method, seed }) => [kind, method, seed])).toEqual([
    ['held-out', 'agemem-no-rl', 1],
    ['step', 'agemem', 1],
    ['held-out', 'agemem', 1],
  ]);
  // With no rate to speak of, training changes nothing, and the same dice fall on the same tasks.
  expect(told[2].values).toEqual(told[0].values);
  expect(Object.keys(told[1].values)).toEqual(
    Object.keys(told[0].values).filter((key) => !/^env /.test(key)),
  );

  // A value that no play would give shows that it was read; what a kill cut off is passed over.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"score":[\d.]+/g, '"score":0.123'));
  appendFileSync(file, '{"kind":"step","meth');
  printed = [];
  await main([...args, '--lr', '1e-30']);
  expect(lines()[2]).toMatchObject({ kind: 'step', values: { score: 0.123 } });
  expect(readFileSync(file, 'utf8')).toBe(printed.join(''));

  await expect(main(args)).rejects.toThrow(KeptAblationError);
  writeFileSync(file, readFileSync(file, 'utf8').replace(`,"version":${TABLE_VERSION}`, ''));
  await expect(main([...args, '--lr', '1e-30'])).rejects.toThrow(/of version 2 of tasks and scores/);
});

test('a world more is played with the kept adapter; without it the arm is trained again, in place of its lines', async () => {
  const [file, out] = [join(folder, 'kept.jsonl'), join(folder, 'adapters')];
  const args = [...SMALL, '--only', 'lt,lt-rl', '--file', file, '--out', out, '--environments'];
  await main([...args, 'qa']);
  const [, , ...first] = lines();
  expect(first.map(({ kind }) => kind)).toEqual(['step', 'held-out']);
  const told = () => JSON.parse(`[${readFileSync(file, 'utf8').trim().split('\n').join(',')}]`).slice(1);
  const places = () =>
    told().map((line: AblationLine) => [line.method, line.kind === 'step' ? line.step : line.environment]);

  // A value that no training gives shows that the step was read and not made again.
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll(/("step":1,"values":\{"score":)[\d.]+/g, '$10.123'),
  );
  await main([...args, 'qa,hotpotqa']);
  const grown = [
    ['lt', 'qa'],
    ['lt-rl', 1],
    ['lt-rl', 'qa'],
    ['lt', 'hotpotqa'],
    ['lt-rl', 'hotpotqa'],
  ];
  expect(places()).toEqual(grown);
  expect(told()[1].values.score).toBe(0.123);
  const elsewhere = told()[4];
  expect(elsewhere.weights).toBe(first[1].kind === 'held-out' && first[1].weights);
  expect(elsewhere.weights).toMatch(/^[0-9a-f]{8}\+[0-9a-f]{8}$/);

  // No adapter any more; that of another training.
  const another = [...SMALL, '--only', 'lt-rl', '--lr', '0.1', '--out', out];
  for (const lose of [async () => rmSync(out, { recursive: true }), () => main(another)]) {
    await lose();
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !/"method":"lt-rl".*"hotpotqa"/.test(line))
        .join('\n'),
    );
    await main([...args, 'hotpotqa']);
    expect(places()).toEqual([
      ['lt', 'qa'],
      ['lt', 'hotpotqa'],
      ['lt-rl', 1],
      ['lt-rl', 'qa'],
      ['lt-rl', 'hotpotqa'],
    ]);
    expect(told()[2]).toEqual(first[0]);
    expect(told()[4]).toEqual(elsewhere);
  }

  printed = [];
  const before = readFileSync(file, 'utf8');
  await main([...args, 'qa,hotpotqa']);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(lines()).toHaveLength(6);
});

test('an arm is trained in its own episode: without the tools for short-term memory their calls fail', async () => {
  await main([...SMALL, '--only', 'agemem,lt-rl', '--group', '8']);
  const failed = (method: string) =>
    lines().flatMap((line) =>
      'kind' in line && line.kind === 'step' && line.method === method ? line.values['failed-calls'] : [],
    );
  expect(failed('lt-rl')[0]).toBeGreaterThan(0.1);
  expect(failed('agemem')[0]).toBeLessThan(0.05);
});

test('variants that are none are refused with those there are', async () => {
  await expect(main([...SMALL, '--only', 'mem0'])).rejects.toThrow(UsageError);
  await expect(main([...SMALL, '--only', 'mem0'])).rejects.toThrow(/no-tools, lt, agemem-no-rl, agemem/);
  await expect(main([...SMALL, '--environments', 'qa,mars'])).rejects.toThrow(/not "mars"/);
});
