import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { IndexUnavailableError } from '../../memory/errors';
import { indexInWords } from '../../memory/index/choose-index';
import { decodingWords, loadingWords, storageWords } from './worker-words';

const source = (path: string) => readFileSync(new URL(`../../worker/${path}`, import.meta.url), 'utf8');

test('all that the worker says while it opens is known', () => {
  const said = ['lab-session.ts', 'acting/site-actor.ts'].flatMap((path) =>
    [...source(path).matchAll(/\bsay\('[\w-]+', (['"])(.+?)\1\)/g)].map(([, , text]) => text),
  );
  expect(said).toHaveLength(5);
  for (const text of said) expect(loadingWords(text)).toBe(text);
  expect(loadingWords('Reading something else')).toBeNull();
});

test('the usual ways of decoding are known', () => {
  const engine = readFileSync(new URL('../../engine/model/decode-choice.ts', import.meta.url), 'utf8');
  const many = /const MANY_TOKENS = '(.+)';/.exec(engine)?.[1];
  expect(engine).toMatch(/decoding: `\$\{MANY_TOKENS\}, one workgroup a rollout`/);
  for (const text of [`${many}, one workgroup a rollout`, 'one pass a token'])
    expect(decodingWords(text)).toBe(text);
  expect(engine).toContain("decoding: 'one pass a token'");
  expect(decodingWords('one pass a token, because the base is packed (int8)')).toBeNull();
});

test('how a kept memory is searched is known, whatever index there is', () => {
  expect(source('memories.ts')).toMatch(/`Memory is kept in IndexedDB and searched by \$\{search\}\.`/);
  const none = new IndexUnavailableError('none', 'There is none here.');
  // What the words are made of is only whether there is one.
  const some = {} as never;
  for (const voy of [none, some]) {
    for (const scan of [none, some]) {
      const text = `Memory is kept in IndexedDB and searched by ${indexInWords({ voy, scan })}.`;
      expect(storageWords(text)).toBe(text);
    }
  }
});
