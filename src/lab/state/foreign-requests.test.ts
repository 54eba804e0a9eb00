import { expect, test } from 'vitest';
import { type ForeignRequest, withRequest } from './foreign-requests';

const told = (file: string, why = 'The weights of a model.') => ({
  kind: 'foreign-request' as const,
  host: 'huggingface.co',
  address: `https://huggingface.co/a/b/resolve/main/${file}`,
  why,
});
const all = (files: readonly string[]) =>
  files.reduce<readonly ForeignRequest[]>((list, file, at) => withRequest(list, told(file), at), []);

test('the newest comes first, and the same address is counted', () => {
  const list = all(['config.json', 'model.safetensors', 'config.json']);
  expect(list.map(({ address, times, at }) => [address.split('/').pop(), times, at])).toEqual([
    ['config.json', 2, 2],
    ['model.safetensors', 1, 1],
  ]);
});

test('another reason is another line', () => {
  const list = withRequest(all(['config.json']), told('config.json', 'What the repository holds.'), 9);
  expect(list.map(({ times }) => times)).toEqual([1, 1]);
});

test('a long visit forgets its oldest addresses', () => {
  const list = all(Array.from({ length: 400 }, (_, index) => `part-${index}`));
  expect(list).toHaveLength(300);
  expect(list[0].address).toContain('part-399');
});
