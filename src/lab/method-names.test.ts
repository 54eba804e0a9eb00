import { afterEach, expect, test } from 'vitest';
import { ARM_IDS } from '../evidence/ablation-lines';
import { UNTRAINED_IDS } from '../rl/reproduce/arms';
import { METHOD_IDS } from './baselines/method-words';
import { speak } from './language/language';
import { AGEMEM, methodName } from './method-names';

afterEach(() => speak('en'));

test('every memory and every variant that is measured has a name of its own', () => {
  const ids = [...new Set([...METHOD_IDS, ...UNTRAINED_IDS, ...ARM_IDS])];
  const names = ids.map(methodName);
  expect(names.filter((name, i) => name === ids[i])).toEqual([]);
  expect(new Set(names).size).toBe(ids.length);
  expect(methodName('agemem')).toBe(AGEMEM);
});

test('names are the same in every language, descriptions are not', async () => {
  const named = () => [methodName('a-mem'), methodName('no-memory')];
  expect(named()).toEqual(['A-Mem', 'no memory']);
  await speak('zh');
  expect(named()).toEqual(['A-Mem', '无记忆']);
});

test('a method that is not known is called by its id', () => {
  expect([methodName('next-year'), methodName('constructor')]).toEqual(['next-year', 'constructor']);
});
