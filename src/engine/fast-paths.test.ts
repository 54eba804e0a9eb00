import { expect, it } from 'vitest';
import { FastPathChoiceError } from './errors';
import { FAST_PATH_NAMES, FAST_PATH_WORDS, type FastPathName, readFastPaths } from './fast-paths';

it.each(FAST_PATH_NAMES)(
  '%s takes each of its words, whatever their case, and names them to who has another',
  (name) => {
    for (const word of FAST_PATH_WORDS[name]) {
      expect(readFastPaths({ [name]: ` ${word.toUpperCase()}` })).toEqual({ [name]: word });
    }
    const wrong = () => readFastPaths({ [name]: 'fastest' });
    expect(wrong).toThrow(FastPathChoiceError);
    expect(wrong).toThrow(`"fastest" for ${name}. Known: ${FAST_PATH_WORDS[name].join(', ')}`);
  },
);

it('takes nothing for no choice', () => {
  const empty = Object.fromEntries(FAST_PATH_NAMES.map((name: FastPathName) => [name, '']));
  expect(readFastPaths(empty)).toEqual({});
  expect(readFastPaths({})).toEqual({});
});
