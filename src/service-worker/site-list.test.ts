import { describe, expect, test } from 'vitest';
import { addressesOf, cachePrefix, fileFor, keyOf, type SiteFile, type SiteList } from './site-list';

const SCOPE = 'https://host.example/some/lab/';
const file = (path: string, integrity = `sha256-${path}`): SiteFile => ({
  path,
  integrity,
  bytes: 1,
  late: false,
});
const LIST: SiteList = {
  version: 'v1',
  files: ['index.html', 'assets/main-1.js', 'policy/config.json', 'a b.json'].map((path) => file(path)),
  headers: {},
};
const asked = (address: string, method = 'GET') => fileFor(LIST, SCOPE, method, address)?.path;

describe('what a request means', () => {
  test('the folder is the page, whatever is asked in the query', () => {
    expect(asked(SCOPE)).toBe('index.html');
    expect(asked(`${SCOPE}?seed=4&view=group`)).toBe('index.html');
    expect(asked(`${SCOPE}index.html?x`)).toBe('index.html');
  });

  test('a listed file, by its whole path', () => {
    expect(asked(`${SCOPE}assets/main-1.js`)).toBe('assets/main-1.js');
    expect(asked(`${SCOPE}a%20b.json`)).toBe('a b.json');
  });

  test('everything else passes by', () => {
    for (const address of [
      'https://huggingface.co/some/lab/policy/config.json',
      'https://host.example/policy/config.json',
      'https://host.example/some/labyrinth/',
      `${SCOPE}assets/main-2.js`,
      `${SCOPE}assets/`,
      `${SCOPE}%E0%A4%A`,
    ]) {
      expect(asked(address), address).toBeUndefined();
    }
    expect(asked(SCOPE, 'POST')).toBeUndefined();
    expect(asked(`${SCOPE}policy/config.json`, 'HEAD')).toBeUndefined();
  });
});

test('keys differ where contents differ, and only there', () => {
  const one = keyOf(SCOPE, file('policy/config.json', 'sha256-A+/='));
  expect(keyOf(SCOPE, file('policy/config.json', 'sha256-A+/='))).toBe(one);
  expect(keyOf(SCOPE, file('policy/config.json', 'sha256-B+/='))).not.toBe(one);
});

test('labs in other folders of a host have caches of their own', () => {
  expect(`${cachePrefix('https://host.example/')}v1`.startsWith(cachePrefix(SCOPE))).toBe(false);
  expect(`${cachePrefix(SCOPE)}v1`.startsWith(cachePrefix('https://host.example/'))).toBe(false);
});

test('the page is asked for at its folder first, as visitors do', () => {
  expect(addressesOf(SCOPE, file('index.html'))).toEqual([SCOPE, `${SCOPE}index.html`]);
  expect(addressesOf(SCOPE, file('assets/main-1.js'))).toEqual([`${SCOPE}assets/main-1.js`]);
});
