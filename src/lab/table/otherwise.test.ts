import { afterEach, expect, test } from 'vitest';
import { speak } from '../language/language';
import { knownOtherwise, NO_DEVICE, whyOtherwise } from './otherwise';

const NOW = { version: 3, backend: 'WebAssembly SIMD, 2 threads', weights: '0123abcd+89ef4567' };
const LINE = { version: 3, backend: NOW.backend, weights: NOW.weights };

afterEach(() => speak('en'));

test('other weights under the same name are told with both fingerprints', () => {
  const line = { ...LINE, weights: '0123abcd+00000000', backend: 'another device' };
  expect(knownOtherwise(line, NOW)).toHaveLength(1);
  const why = whyOtherwise(line, NOW, false);
  expect(why).toContain('Its weights were others (0123abcd+00000000; here 0123abcd+89ef4567)');
  expect(why).not.toContain('device');
});

test('an older version of the tasks is told; a line that does not tell one is of the last that was not told', () => {
  expect(whyOtherwise({ ...LINE, version: 2 }, NOW, false)).toMatch(
    /^It was played under version 2 .* here it is 3\.$/,
  );
  expect(whyOtherwise({ ...LINE, version: undefined }, NOW, false)).toContain('version 2');
  expect(knownOtherwise({ ...LINE, version: undefined }, { ...NOW, version: 2 })).toEqual([]);
});

test('weights and version that both differ are both told', () => {
  const line = { ...LINE, weights: '00000000', version: undefined };
  expect(knownOtherwise(line, NOW)).toHaveLength(2);
  expect(whyOtherwise(line, NOW, false)).toMatch(/^Its weights .* It was played under version/);
});

test('the device is to blame where nothing else is known to differ, and untold weights may be', () => {
  expect(whyOtherwise({ ...LINE, backend: 'a GPU' }, NOW, false)).toBe(
    'It was played on a GPU, here it is WebAssembly SIMD, 2 threads: another device may round otherwise.',
  );
  expect(whyOtherwise(LINE, NOW, false)).toMatch(/^The device is of the same kind/);
  const untold = whyOtherwise({ ...LINE, weights: undefined }, NOW, false);
  expect(untold).toMatch(/^Its line does not tell its weights.* The device/);
  expect(knownOtherwise(LINE, { ...NOW, weights: null })).toEqual([]);
});

test('what was played in this browser is of the same weights and version by its name', () => {
  const line = { backend: NOW.backend, weights: undefined, version: undefined };
  expect(whyOtherwise(line, NOW, true)).toMatch(/^The device is of the same kind/);
});

test('experts compute nothing: a difference is an error', () => {
  const line = { backend: NO_DEVICE, version: 3 };
  expect(whyOtherwise(line, { ...NOW, backend: NO_DEVICE, weights: null }, false)).toContain(
    'an error of the lab',
  );
});

test('in Chinese every cause has words', async () => {
  await speak('zh');
  const lines = [
    LINE,
    { ...LINE, weights: undefined },
    { ...LINE, weights: '1' },
    { ...LINE, version: 1 },
    { ...LINE, backend: NO_DEVICE },
  ];
  const told = lines.map((line) => whyOtherwise(line, NOW, false));
  expect(new Set(told).size).toBe(lines.length);
  for (const words of told) expect(words).toMatch(/[\u4e00-\u9fff].*。$/);
});
