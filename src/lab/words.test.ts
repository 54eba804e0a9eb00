import { afterEach, expect, test } from 'vitest';
import { taskFamilyIds } from '../tasks/registry';
import { speak } from './language/language';
import { ENDS, type EpisodeEnd, endWords, FAMILIES, familiesBeside, whyCutOff } from './words';

const ends = Object.keys(ENDS) as readonly EpisodeEnd[];

afterEach(() => speak('en'));

test('every end has words of its own, in both languages', async () => {
  const english = ends.map(endWords);
  expect(new Set(english).size).toBe(ends.length);
  await speak('zh');
  const chinese = ends.map(endWords);
  expect(new Set(chinese).size).toBe(ends.length);
  for (const words of chinese) expect(words).toMatch(/[\u4e00-\u9fff]/);
});

test('an end of another version is told by its id', () => {
  expect(endWords('struck-by-lightning')).toBe('struck-by-lightning');
  expect(endWords('toString')).toBe('toString');
});

test('why there is no score is told of every end but those that come to one', () => {
  expect(ends.filter((end) => whyCutOff(end) === null)).toEqual(['answered', 'environment-done']);
  expect(whyCutOff('hard-context')).toBe(endWords('hard-context'));
});

test('every family of tasks has a name, and the long day is offered only where it was chosen', () => {
  expect(Object.keys(FAMILIES).sort()).toEqual([...taskFamilyIds()].sort());
  expect(familiesBeside('qa')).not.toContain('errands');
  expect(familiesBeside('errands')).toContain('errands');
  expect(familiesBeside('qa')).toContain('scienceworld');
});
