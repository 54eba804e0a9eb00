import { afterEach, describe, expect, test } from 'vitest';
import { phrase, speak } from './language';
import { retell } from './retell';

const FORMS = [
  phrase('{n} malformed steps: max({floor}, {each} x {n}) = {value}'),
  phrase('not retrieved: {fact}'),
  phrase('missing: {items}'),
];

afterEach(() => speak('en'));

describe('a text made elsewhere', () => {
  test.each([
    '3 malformed steps: max(-0.5, -0.1 x 3) = -0.3',
    'not retrieved: Rosa has boss Hana',
    'missing: a {value}\nin two lines, (with) [signs] $& and a missing: inside',
    'missing: ',
  ])('is itself in English: %s', (text) => {
    expect(retell(text, FORMS)).toBe(text);
  });

  test('has its values in the words of another language', async () => {
    await speak('zh');
    expect(retell('not retrieved: Rosa has boss Hana', FORMS)).toBe('未检索到：Rosa has boss Hana');
    expect(retell('missing: {fact}', FORMS)).toBe('缺少：{fact}');
  });

  test('of no known form is not retold; nor is one whose equal values differ', () => {
    expect(retell('something else', FORMS)).toBeNull();
    expect(retell('it says: missing: a', FORMS)).toBeNull();
    expect(retell('3 malformed steps: max(-0.5, -0.1 x 2) = -0.2', FORMS)).toBeNull();
  });

  test('is told by the first form that fits', () => {
    const general = phrase('missing: {items}');
    expect(retell('missing: nothing', [phrase('not retrieved: {fact}'), general])).toBe('missing: nothing');
  });

  test('has values in words of their own', async () => {
    const parts = { fact: [phrase('missing: {items}')] };
    expect(retell('not retrieved: missing: Hana', FORMS, parts)).toBe('not retrieved: missing: Hana');
    await speak('zh');
    expect(retell('not retrieved: missing: Hana', FORMS, parts)).toBe('未检索到：缺少：Hana');
    expect(retell('not retrieved: Hana', FORMS, parts)).toBe('未检索到：Hana');
  });
});
