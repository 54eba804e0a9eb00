import { expect, test } from 'vitest';
import { figure as paid } from '../reward/part';
import { aligned, compact, count, duration, figure, percent, percentages, signed, size } from './figures';

test.each([
  [figure(0.12345), '0.123'],
  [figure(-1.5), '−1.5'],
  [figure(0.5375), '0.538'],
  [aligned(0.5375, 3), '0.538'],
  [figure(-0.0001), '0'],
  [figure(Number.NaN), 'not a number'],
  [signed(0.414), '+0.41'],
  [signed(-1.2), '−1.2'],
  [signed(0), '0'],
  [signed(0.001), '0'],
  [compact(0.00001), '1e−5'],
  [compact(0), '0'],
  [compact(21000), '21000'],
  [percent(0.876), '88%'],
  [percent(0.004), '0.4%'],
  [duration(950), '950 ms'],
  [duration(999.7), '1 s'],
  [duration(1_449), '1.4 s'],
  [duration(9_949), '9.9 s'],
  [duration(9_960), '10 s'],
  [duration(185_000), '3 min 5 s'],
  [aligned(0.5), '0.50'],
  [aligned(-0.126), '−0.13'],
  [aligned(-0.001), '0.00'],
  [count(1, 'token'), '1 token'],
  [count(612864, 'parameter'), '612,864 parameters'],
  [count(2, 'entry', 'entries'), '2 entries'],
  [size(1), '1 byte'],
  [size(999), '999 bytes'],
  [size(1_234), '1.2 kB'],
  [size(999_960), '1 MB'],
  [size(2_500_000_000), '2.5 GB'],
])('writes %s', (written, expected) => {
  expect(written).toBe(expected);
});

test('a value and the formula of the reward beside it are rounded alike', () => {
  for (let tokens = -480; tokens <= 480; tokens++) {
    expect(figure(tokens / 160)).toBe(paid(tokens / 160).replace('-', '−'));
  }
});

test.each([
  [
    [29, 37, 35],
    [29, 36, 35],
  ],
  [
    [1, 1, 1],
    [34, 33, 33],
  ],
  [[5], [100]],
  [
    [0, 0],
    [0, 0],
  ],
])('shares of %j are 100 together, or nothing', (values, shares) => {
  expect(percentages(values)).toEqual(shares);
});
