import { expect, it } from 'vitest';
import { type DispatchMeasure, evenContextOf, TokenPace } from './token-pace';

/** Milliseconds of a token for so many rows, with so many keys before it. */
type Device = (rows: number, context: number) => number;
const serial: Device = (rows, context) => 2 * rows * (1 + context / 800);
const parallel: Device = (rows, context) => 2 * Math.ceil(rows / 256) * (1 + context / 800);

interface Played {
  readonly dispatches: readonly { readonly tokens: number; readonly milliseconds: number }[];
}

/** A wave of requests on a device: each dispatch is timed by its clock; `slow` multiplies single ones. */
function wave(
  pace: TokenPace,
  device: Device,
  rows: number,
  total: number,
  { prompt = 64, slow = {} as Readonly<Record<number, number>>, drawn = total } = {},
): Played {
  const measures: DispatchMeasure[] = [];
  const dispatches = [];
  for (let done = 0; done < total; ) {
    const tokens = Math.min(pace.tokens(rows, prompt + done, measures), total - done);
    let milliseconds = 0;
    for (let i = 0; i < tokens; i++) milliseconds += device(rows, prompt + done + i);
    milliseconds *= slow[dispatches.length] ?? 1;
    done += tokens;
    dispatches.push({ tokens, milliseconds });
    measures.push({ rows, tokens, context: prompt + done, milliseconds });
  }
  pace.learn(measures, drawn);
  return { dispatches };
}

const longest = ({ dispatches }: Played) => Math.max(...dispatches.map(({ milliseconds }) => milliseconds));
const most = ({ dispatches }: Played) => Math.max(...dispatches.map(({ tokens }) => tokens));

it('begins with one token and then takes about a tenth of a second', () => {
  const { dispatches } = wave(new TokenPace(800), serial, 8, 64);
  expect(dispatches[0].tokens).toBe(1);
  for (const { tokens, milliseconds } of dispatches.slice(1, -1)) {
    expect(milliseconds).toBeLessThanOrEqual(100);
    expect(milliseconds * ((tokens + 1) / tokens)).toBeGreaterThan(85);
  }
});

it('one row first, then 32: on a device that takes them side by side the tokens come many at a time', () => {
  const pace = new TokenPace(800);
  expect(most(wave(pace, parallel, 1, 64))).toBeGreaterThan(30);
  expect(pace.knows(32)).toBe(false);
  // Not known yet whether rows add up: the bound that holds on any device.
  const first = wave(pace, parallel, 32, 64);
  expect(first.dispatches[0].tokens).toBe(1);
  expect(most(first)).toBeGreaterThan(30);
  expect(pace.knows(32)).toBe(true);
  expect(wave(pace, parallel, 32, 64).dispatches[0].tokens).toBeGreaterThan(30);
});

it.each([
  ['serial', serial],
  ['parallel', parallel],
])(
  '128 rows and one, in either order: no dispatch takes longer than a tenth of a second (%s)',
  (_, device) => {
    for (const order of [
      [128, 1, 128, 1],
      [1, 128, 1, 128],
      [128, 32, 1, 20],
    ]) {
      const pace = new TokenPace(800);
      for (const rows of order) {
        // A single token may take longer; it cannot be cut.
        const bound = Math.max(100, 1.5 * device(rows, 128));
        expect(longest(wave(pace, device, rows, 64))).toBeLessThanOrEqual(bound);
      }
    }
  },
);

it('a short context first, then a long one: the bound holds as keys are added', () => {
  const pace = new TokenPace(800);
  wave(pace, serial, 4, 32, { prompt: 1 });
  const long = wave(pace, serial, 4, 300, { prompt: 2000 });
  expect(longest(long)).toBeLessThanOrEqual(100);
  expect(most(long)).toBeLessThan(most(wave(pace, serial, 4, 32, { prompt: 1 })));
});

it('a machine that stood still in a dispatch draws as many tokens as before soon after, and in the next wave', () => {
  const usual = most(wave(new TokenPace(800), serial, 8, 60));
  for (const at of [0, 1, 3]) {
    const pace = new TokenPace(800);
    const { dispatches } = wave(pace, serial, 8, 60, { slow: { [at]: 600 } });
    const single = dispatches.filter(({ tokens }) => tokens === 1).length;
    expect(single).toBeLessThanOrEqual(4);
    expect(wave(pace, serial, 8, 60).dispatches[0].tokens).toBeGreaterThanOrEqual(usual - 1);
  }
});

it('a device that has become slower is noticed within a wave', () => {
  const pace = new TokenPace(800);
  wave(pace, serial, 8, 60);
  const slower: Device = (rows, context) => 4 * serial(rows, context);
  wave(pace, slower, 8, 60);
  expect(longest(wave(pace, slower, 8, 60))).toBeLessThanOrEqual(100);
});

it('dispatches in which rows were done already say nothing about a wave that starts with all its rows', () => {
  const pace = new TokenPace(800);
  // Of 32 rows 31 end after 4 tokens.
  wave(pace, (rows, context) => serial(context > 68 ? 1 : rows, context), 32, 64, { drawn: 4 });
  expect(longest(wave(pace, serial, 32, 64))).toBeLessThanOrEqual(100);
});

it('attention costs as much as the weights where a token meets as many numbers of either', () => {
  expect(evenContextOf(1_024_000, { layers: 4, heads: 4, headDim: 32 })).toBe(1000);
});
