import { expect, test } from 'vitest';
import type { InsideToken } from '../../worker/protocol';
import { attendedWords, mostAttended } from './attended-words';

const context = ['<|user|>', 'R', 'osa', "'s", ' boss', ' is', ' Bot', 'or', '.', '<|end|>'];
const look = {
  context,
  attention: [
    [0, 0.1, 0.1, 0, 0.2, 0, 0.3, 0.1, 0.1, 0.1],
    [0.4, 0, 0, 0, 0, 0, 0.1, 0.3, 0.2, 0],
  ],
  written: { id: 1, text: ' Bot', logit: 0, probability: 0.5 },
} as unknown as InsideToken;

test('tokens become words, and no attention is lost', () => {
  const words = attendedWords(look);
  expect(words.map(({ text }) => text)).toEqual(['<|user|>', "Rosa's", ' boss', ' is', ' Botor.', '<|end|>']);
  expect(words.map(({ text }) => text).join('')).toBe(context.join(''));
  expect(words.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
});

test('the word that holds what was written is marked, and the most attended come first', () => {
  const words = attendedWords(look);
  expect(words.filter(({ same }) => same).map(({ text }) => text)).toEqual([' Botor.']);
  const [first, second] = mostAttended(words, 2);
  expect(first.text).toBe(' Botor.');
  expect(first.share).toBeCloseTo(0.55, 12);
  expect(second.text).toBe('<|user|>');
});
