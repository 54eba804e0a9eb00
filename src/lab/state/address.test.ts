import { expect, test } from 'vitest';
import { type Address, DEFAULT_ADDRESS, formatAddress, MAX_SEED, parseAddress } from './address';

const EXAMPLES: readonly Address[] = [
  DEFAULT_ADDRESS,
  { ...DEFAULT_ADDRESS, seed: 0, backend: 'webgpu' },
  { ...DEFAULT_ADDRESS, view: 'memory' },
  {
    seed: MAX_SEED,
    dice: 12,
    family: 'rooms',
    difficulty: 'mix',
    split: 'unseen-names',
    adapter: 'trained',
    reward: 'answer-only',
    preset: 'trl',
    group: 2,
    backend: 'reference',
    simd: 'auto',
    decode: 'plain',
    products: 'no such word',
    subgroups: 'on',
    f16: 'off',
    view: 'training',
  },
];

test.each(EXAMPLES)('an address survives the address bar: %j', (address) => {
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

test('defaults leave the address bar clean', () => {
  expect(formatAddress(DEFAULT_ADDRESS)).toBe('');
});

test.each([
  '?seed=-1&backend=cuda&difficulty=hardest&view=%3Cscript%3E',
  '?seed=1e9&dice=99999999999&family=../../x',
  '?seed=&split=&preset=',
  '?%%%',
  '?group=1',
  '?group=33',
])('what is not understood falls back to the default: %s', (search) => {
  expect(parseAddress(search)).toEqual(DEFAULT_ADDRESS);
});
