/** From lines of JSON to the table and the figure. */
import { expect, test } from 'vitest';
import { type Figure, refusal } from './figure';
import { goalOf } from './goals';
import { contests, figuresIn, tableOf, textOf } from './report';
import { scaleFigure } from './scale-figure';

function figure(bench: string, engine: string, size: string, ms: number | null, extra: object = {}): Figure {
  const race = {
    bench,
    backend: 'wasm',
    device: 'two cores',
    size,
    flops: null,
    tolerance: 0,
    runs: 5,
  } as const;
  const times = { median_ms: ms, min_ms: ms, max_ms: ms, runtime: 'browser', date: '2026-01-02T03:04:05Z' };
  return { ...refusal(race, engine, ms === null ? 'no such kernel' : ''), ...times, ...extra };
}

const STEP = '32 sequences';
const ALL = [
  figure('lora-step', 'agemem', STEP, 100, { dispatches: 7, submits: 1, readbacks: 1 }),
  figure('lora-step', 'slow', STEP, 400, { ratio: 0.25 }),
  figure('lora-step', 'fast', STEP, 200, { ratio: 0.5 }),
  figure('lora-step', 'unable', STEP, null),
];

test('lines of an evidence file become figures; its head is passed over', () => {
  const text = `{"command":"npm run bench","commit":"abc"}\n${ALL.map((f) => JSON.stringify(f)).join('\n')}\n`;
  expect(figuresIn(text)).toHaveLength(ALL.length);
});

test('the best peer is the fastest whose result counted', () => {
  const [contest] = contests(ALL);
  expect(contest.best?.engine).toBe('fast');
  expect(contest.speedup).toBe(2);
  expect(contest.refused.map(({ engine }) => engine)).toEqual(['unable']);
});

test('another device or runtime is another contest', () => {
  const elsewhere = ALL.map((f): Figure => ({ ...f, runtime: 'node' }));
  expect(contests([...ALL, ...elsewhere])).toHaveLength(2);
});

test('the table names peer, ratio, goal, counts, device and date', () => {
  const table = tableOf(ALL);
  const row = table.split('\n').find((line) => line.startsWith('| lora-step'));
  expect(row).toContain('fast 200');
  expect(row).toContain('2.00x');
  expect(row).toContain('1.5x: met');
  expect(row).toContain('7 / 1 / 1');
  expect(table).toContain('- wasm, browser: two cores (2026-01-02)');
  expect(
    new Set(
      table
        .split('\n')
        .filter((l) => l.startsWith('|'))
        .map((l) => l.split('|').length),
    ).size,
  ).toBe(1);
});

test('a goal missed, and a goal without a peer to measure, are said to be missed', () => {
  expect(goalOf(ALL[0], 1.4)).toEqual({ words: '1.5x', met: false });
  expect(goalOf(ALL[0], null)?.met).toBe(false);
  expect(goalOf(figure('load', 'agemem', 'first generated token', 1999), null)?.met).toBe(true);
  expect(goalOf(figure('load', 'agemem', 'first finished episode', 5000), null)?.met).toBe(false);
  expect(
    goalOf(figure('grpo-step', 'agemem', '4 tasks x 8 rollouts', 9, { share_of_square: 0.36 }), null)?.met,
  ).toBe(true);
  expect(goalOf(figure('scale', 'agemem', 'context 64', 9), null)).toBeNull();
});

test('a quick run is marked, is a contest of its own and has no goal; nor has another size', () => {
  const quick = ALL.map((f): Figure => ({ ...f, quick: true }));
  expect(contests([...ALL, ...quick])).toHaveLength(2);
  expect(goalOf(quick[0], 9)).toBeNull();
  expect(goalOf(figure('lora-step', 'agemem', '4 sequences, 191 tokens', 9), 9)).toBeNull();
  expect(goalOf(figure('decode', 'agemem', '8 rows, 16 prompt, 8 new tokens', 9), 9)).toBeNull();
  const row = tableOf(quick)
    .split('\n')
    .find((line) => line.startsWith('| lora-step'));
  expect(row).toContain('32 sequences (quick)');
  expect(row).not.toContain('met');
  expect(textOf(quick[0])).toContain('quick');
});

test('the shapes of the policy are one row with geometric mean and worst', () => {
  const shapes = [4, 1].flatMap((speedup, i) => {
    const size = `32x${i}x8 NT (q_proj)`;
    return [
      figure('matmul', 'agemem', size, 1, { gflops: 10 + i }),
      figure('matmul', 'peer', size, speedup, { ratio: 1 / speedup }),
    ];
  });
  const row = tableOf(shapes)
    .split('\n')
    .find((line) => line.includes("policy's 2 shapes"));
  expect(row).toContain('2.00x (geometric mean; worst 1.00x');
});

test('a line of text tells the time or the reason', () => {
  expect(textOf(ALL[1])).toContain('ours takes 0.25 of it');
  expect(textOf(ALL[3])).toContain('no such kernel');
});

test('the figure has a curve for each back end and panel measured, and says what is missing', () => {
  const points = ['wasm', 'webgpu'].flatMap((backend) =>
    [1, 2, 4].map((value) =>
      figure('scale', 'agemem', `rollouts ${value}`, 10 * value, { backend, axis: 'rollouts', value }),
    ),
  );
  const svg = scaleFigure(points);
  expect(svg.match(/<polyline class="(wasm|webgpu)"/g)).toHaveLength(2);
  expect(svg.match(/not measured/g)).toHaveLength(3);
  expect(svg).toContain('rollouts at once');
  // Cost in proportion lies on the dashed line: equal steps of a logarithmic scale.
  const curve = /<polyline class="wasm" points="([^"]+)"/
    .exec(svg)?.[1]
    .split(' ')
    .map((p) => p.split(',').map(Number));
  const [a, b, c] = curve ?? [];
  expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0], 0);
  expect(a[1] - b[1]).toBeCloseTo(b[1] - c[1], 0);
  expect(a[1]).toBeGreaterThan(b[1]);
});
