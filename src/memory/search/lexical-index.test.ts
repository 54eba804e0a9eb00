/** Search by words against the formula written out, and against an index built anew after any changes. */
import { describe, expect, test } from 'vitest';
import { mix } from '../hashing';
import { LexicalIndex } from './lexical-index';

const RUNS = process.env.SOAK ? 400 : 40;

function indexOf(texts: Readonly<Record<string, string>>): LexicalIndex {
  const index = new LexicalIndex();
  for (const [id, text] of Object.entries(texts)) index.upsert(id, text);
  return index;
}

const ids = (index: LexicalIndex, query: string) => index.search(query, 10).map(({ id }) => id);

describe('LexicalIndex', () => {
  test('scores by the formula', () => {
    const index = indexOf({ m1: 'Rolf lives in Kiel', m2: 'Mira lives in Oslo Oslo', m3: 'tea' });
    const mean = (4 + 5 + 1) / 3;
    const gain = (f: number, n: number, length: number) => {
      const idf = Math.log(1 + (3 - n + 0.5) / (n + 0.5));
      return (idf * f * 2.2) / (f + 1.2 * (1 - 0.75 + (0.75 * length) / mean));
    };
    const scores = index.scores('Who lives in oslo?');
    expect(scores.get('m1')).toBeCloseTo(gain(1, 2, 4) + gain(1, 2, 4), 12);
    expect(scores.get('m2')).toBeCloseTo(gain(1, 2, 5) * 2 + gain(2, 1, 5), 12);
    expect(scores.has('m3')).toBe(false);
  });

  test('finds the rare word before the frequent ones, whatever its case', () => {
    const index = indexOf({
      m1: 'Rolf lives in Kiel',
      m2: 'Mira lives in Oslo',
      m3: 'Ada lives in Perth',
      m4: 'The code is 48213',
    });
    expect(ids(index, 'where does MIRA live')[0]).toBe('m2');
    expect(ids(index, 'What was 48213?')).toEqual(['m4']);
  });

  test('finds in scripts without spaces, with diacritics and ß', () => {
    const index = indexOf({
      m1: '罗夫住在南京。',
      m2: '米拉住在成都。',
      m3: 'Straße nach Zürich',
      m4: 'สมชายอาศัยอยู่ที่ภูเก็ต',
    });
    expect(ids(index, '米拉住在哪里?')[0]).toBe('m2');
    expect(ids(index, 'STRASSE')).toEqual(['m3']);
    expect(ids(index, 'zürich')).toEqual(['m3']);
    expect(ids(index, 'สมชาย')).toEqual(['m4']);
  });

  test('has nothing to say without a common word, about nothing, and when empty', () => {
    expect(new LexicalIndex().search('anything', 3)).toEqual([]);
    const index = indexOf({ m1: 'Rolf lives in Kiel', m2: '' });
    expect(index.search('zebra', 3)).toEqual([]);
    expect(() => index.search('Rolf', 0)).toThrow(/k is a whole number/);
  });

  test('orders equal scores by id, short ids first', () => {
    const index = indexOf({ m10: 'blue tea', m2: 'blue tea', m1: 'blue tea' });
    expect(ids(index, 'tea')).toEqual(['m1', 'm2', 'm10']);
  });

  test('is after any changes what an index built anew is', () => {
    const words = ['tea', 'Rolf', 'Mira', 'lives', 'in', 'Oslo', '南京', 'blue'];
    for (let run = 0; run < RUNS; run++) {
      let draw = mix(run + 1);
      const next = (bound: number) => {
        draw = mix(draw + 0x9e3779b9);
        return draw % bound;
      };
      const text = () => Array.from({ length: next(6) }, () => words[next(words.length)]).join(' ');
      const changed = new LexicalIndex();
      const kept = new Map<string, string>();
      for (let step = 0; step < 60; step++) {
        const id = `m${next(12)}`;
        if (next(3) === 0) {
          changed.remove(id);
          kept.delete(id);
        } else {
          const content = text();
          changed.upsert(id, content);
          kept.set(id, content);
        }
      }
      const anew = indexOf(Object.fromEntries(kept));
      const query = text();
      expect(changed.size).toBe(kept.size);
      expect(new Map([...changed.scores(query)].sort())).toEqual(new Map([...anew.scores(query)].sort()));
    }
  });
});
