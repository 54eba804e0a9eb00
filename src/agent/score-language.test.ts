/** The language of scores: what it lets a judge write the reader of judgements reads, and nothing else can be written. */
import { expect, test } from 'vitest';
import { readScore } from '../reward/judge/score-text';
import { readGrammar } from './grammar/ebnf-reader.fixture';
import { ScoreOpeningError, scoreGrammar, scoreStart } from './score-language';

const SCORES = Array.from({ length: 11 }, (_, i) => (i / 10).toFixed(1));

/** Every text of the language of at most this many bytes. */
function everyText(opening = '', most = 24): string[] {
  const found: string[] = [];
  const open = [{ state: scoreStart(opening), text: '' }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { state, text } = place;
    if (state.canEnd) found.push(text);
    if (text.length >= most) continue;
    for (const byte of state.nextBytes()) {
      const next = state.next(byte);
      if (next) open.push({ state: next, text: text + String.fromCharCode(byte) });
    }
  }
  return found.sort();
}

test('it has eleven texts, each read as the score it says', () => {
  expect(everyText()).toEqual(SCORES.map((number) => `<score>${number}</score>`));
  for (const text of everyText()) {
    expect(readScore(text, false)).toEqual({ ok: true, score: Number(text.slice(7, 10)), reason: '' });
  }
  expect(scoreStart().forced()).toBe('<score>');
  expect(scoreStart().afterText('<score>1')?.forced()).toBe('.0</score>');
});

test('after empty thoughts it is the same with a little white space before it', () => {
  const opening = '<think>\n\n</think>\n\n';
  const texts = everyText(opening);
  expect(new Set(texts.map((text) => text.trim()))).toEqual(new Set(everyText()));
  for (const text of texts) expect(readScore(opening + text, false).ok).toBe(true);
});

test('in thoughts anything may be thought, and a score ends it', () => {
  const state = scoreStart('<think>\n').afterText('hm, <score>7</score>?</think>\n<score>0.4</score>');
  expect(state?.canEnd).toBe(true);
  expect(state?.nextBytes()).toEqual([]);
});

test('replies share what was learned of it', () => {
  expect(scoreStart()).toBe(scoreStart());
  expect(scoreStart('<think>\n')).toBe(scoreStart('<think>'));
  expect(scoreStart('<think></think>')).not.toBe(scoreStart());
});

test('the printed grammar says the same', () => {
  const grammar = readGrammar(scoreGrammar());
  for (const text of everyText()) expect(grammar.accepts(text)).toBe(true);
  for (const text of ['', '0.5', '<score>2.0</score>', '<score>0.55</score>', '<score>0.5</score> ']) {
    expect(grammar.accepts(text)).toBe(false);
  }
});

test('an opening that is none is refused by name', () => {
  expect(() => scoreStart('Sure: ')).toThrow(ScoreOpeningError);
  expect(() => scoreGrammar('<answer>')).toThrow(/no score can come/);
});
