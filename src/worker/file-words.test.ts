import { expect, test } from 'vitest';
import { fileWords } from './file-words';

test.each([
  ['Kestrels of 2026', 'kestrels-of-2026'],
  ['  ../a/b: c  ', 'a-b-c'],
  ['任务 一', '任务-一'],
  ['…', 'tasks'],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
])('%j becomes %j', (name, words) => {
  expect(fileWords(name, 'tasks')).toBe(words);
});
