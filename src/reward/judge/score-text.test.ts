/** The reader of judgements: what it takes, what it refuses and why, and that no text makes it do anything else. */
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { MOST_CHARACTERS, readScore, type ScoreFailure } from './score-text';

describe('readable', () => {
  test.each([
    ['<score>0</score>', 0, ''],
    ['<score>1</score>', 1, ''],
    ['<score>0.7</score>', 0.7, ''],
    ['<score>0.25</score>', 0.25, ''],
    ['<score>1.00</score>', 1, ''],
    [' \n<score>0.0</score>\n', 0, ''],
    ['<reason>Same city.</reason><score>1.0</score>', 1, 'Same city.'],
    ['<reason> 0.3 of it </reason>\n<score>0.9</score>', 0.9, '0.3 of it'],
    ['<think>maybe <score>0.1</score>?</think>\n\n<reason>no</reason> <score>0.4</score>', 0.4, 'no'],
  ])('%j', (text, score, reason) => {
    expect(readScore(text, false)).toEqual({ ok: true, score, reason });
  });

  test('a judgement that is whole when the limit of tokens is reached counts', () => {
    expect(readScore('<score>0.5</score>', true)).toMatchObject({ ok: true, score: 0.5 });
  });
});

describe('a failure with its reason', () => {
  test.each<[string, boolean, ScoreFailure]>([
    ['', false, 'empty'],
    [' \n', false, 'empty'],
    ['', true, 'cut-off'],
    ['<reason>It is', true, 'cut-off'],
    ['<score>0.5', true, 'cut-off'],
    ['0.5', false, 'no-score'],
    ['The score is 0.5.', false, 'no-score'],
    ['<answer>0.5</answer>', false, 'no-score'],
    ['<think>hm', false, 'no-score'],
    ['Score: <score>0.5</score>', false, 'other-text'],
    ['<score>0.5</score>.', false, 'other-text'],
    ['<score>0.5</score><score>0.6</score>', false, 'other-text'],
    ['<score>0.5</score><reason>late</reason>', false, 'other-text'],
    ['<reason>a</reason><reason>b</reason><score>0.5</score>', false, 'other-text'],
    ['<score></score>', false, 'no-number'],
    ['<score>N</score>', false, 'no-number'],
    ['<score> 0.5 </score>', false, 'no-number'],
    ['<score>0,5</score>', false, 'no-number'],
    ['<score>.5</score>', false, 'no-number'],
    ['<score>0.500</score>', false, 'no-number'],
    ['<score>1/2</score>', false, 'no-number'],
    ['<score>5e-1</score>', false, 'no-number'],
    ['<score>NaN</score>', false, 'no-number'],
    ['<score>50%</score>', false, 'no-number'],
    ['<score>1.1</score>', false, 'out-of-range'],
    ['<score>7</score>', false, 'out-of-range'],
    ['<score>-0.5</score>', false, 'out-of-range'],
  ])('%j', (text, cut, failure) => {
    expect(readScore(text, cut)).toEqual({ ok: false, failure });
  });
});

test('texts of every kind: a score in [0, 1] that stands there to the letter, or a failure', () => {
  const pieces = [
    '<score>',
    '</score>',
    '<reason>',
    '</reason>',
    '<think>',
    '</think>',
    '0',
    '1',
    '.',
    '5',
    '-',
    ' ',
  ];
  const cases = process.env.SOAK ? 200_000 : 5_000;
  let read = 0;
  for (let seed = 0; seed < cases; seed++) {
    const random = createRandom('score-text', seed);
    const body = Array.from({ length: random.int(9) }, () =>
      random.chance(0.9) ? random.pick(pieces) : String.fromCharCode(random.int(0xffff)),
    ).join('');
    const text = random.chance(0.5) ? `<score>0.${random.int(10)}</score>${body}` : body;
    const result = readScore(text, random.chance(0.3));
    if (!result.ok) continue;
    read++;
    expect(result.score).toBeGreaterThanOrEqual(0);
    expect(result.score).toBeLessThanOrEqual(1);
    const [, number] = text.trim().match(/<score>([0-9.]+)<\/score>$/) ?? [];
    expect(Number(number), text).toBe(result.score);
  }
  expect(read).toBeGreaterThan(cases / 100);
});

test('a huge text is refused at once', () => {
  const huge = `${'<reason>'.repeat(100_000)}<score>0.5</score>`;
  const start = performance.now();
  expect(readScore(huge, false)).toEqual({ ok: false, failure: 'other-text' });
  expect(readScore('x'.repeat(MOST_CHARACTERS + 1), false).ok).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
});
