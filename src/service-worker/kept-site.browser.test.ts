/** Versions of a site in the browser's own caches, their files fetched from the test's server (`public/`). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptSite, SiteFileError } from './kept-site';
import { cachePrefix, type SiteFile, type SiteList } from './site-list';

const SCOPE = new URL('/', window.location.href).href;
const PATHS = ['policy/config.json', 'policy/tokenizer_config.json', 'icon.svg'];

let asked: string[] = [];
const realm = {
  caches: window.caches,
  fetch: (input: RequestInfo | URL, init?: RequestInit) => {
    asked.push(String(input).slice(SCOPE.length));
    return fetch(input, init);
  },
};

async function listed(path: string, late = false): Promise<SiteFile> {
  const bytes = await (await fetch(SCOPE + path)).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return { path, integrity: `sha256-${btoa(String.fromCharCode(...hash))}`, bytes: bytes.byteLength, late };
}

async function list(version: string, late: readonly string[] = []): Promise<SiteList> {
  const files = await Promise.all(PATHS.map((path) => listed(path, late.includes(path))));
  return {
    version,
    files,
    headers: { 'Cross-Origin-Embedder-Policy': 'require-corp', 'X-Version': version },
  };
}

const names = async () => (await caches.keys()).filter((name) => name.startsWith(cachePrefix(SCOPE)));
async function clear(): Promise<void> {
  for (const name of await names()) await caches.delete(name);
}

beforeEach(async () => {
  await clear();
  asked = [];
});
afterEach(clear);

test('filled, it answers with the files and the headers of its version, and asks nobody', async () => {
  const site = await list('one');
  const kept = new KeptSite(realm, SCOPE, site);
  await kept.fill();
  expect([...asked].sort()).toEqual([...PATHS].sort());
  asked = [];
  for (const file of site.files) {
    const answer = await kept.answer(file);
    expect(answer.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    expect(answer.headers.get('Content-Type')).toBeTruthy();
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(
      new Uint8Array(await (await fetch(SCOPE + file.path)).arrayBuffer()),
    );
  }
  expect(asked).toEqual([]);
});

test('one file that is not the one listed: an error by name, and nothing is kept', async () => {
  const site = await list('one');
  const wrong = site.files.map((file, i) =>
    i === 1 ? { ...file, integrity: site.files[0].integrity } : file,
  );
  const filling = new KeptSite(realm, SCOPE, { ...site, files: wrong }).fill();
  await expect(filling).rejects.toThrow(SiteFileError);
  await expect(filling).rejects.toThrow(PATHS[1]);
  expect(await names()).toEqual([]);
});

test('what the version before has is not fetched again, and speaks with the headers of the new one', async () => {
  const one = await list('one');
  await new KeptSite(realm, SCOPE, { ...one, files: one.files.slice(0, 2) }).fill();
  asked = [];
  const two = await list('two');
  const kept = new KeptSite(realm, SCOPE, two);
  await kept.fill();
  expect(asked).toEqual([PATHS[2]]);
  expect(await names()).toHaveLength(2);
  await kept.dropOthers();
  expect(await names()).toEqual([`${cachePrefix(SCOPE)}two`]);
  expect((await kept.answer(two.files[0])).headers.get('X-Version')).toBe('two');
});

test('a late file is fetched when it is asked for, once, and goes along to the next version', async () => {
  const one = await list('one', ['icon.svg']);
  const kept = new KeptSite(realm, SCOPE, one);
  await kept.fill();
  expect(asked).not.toContain('icon.svg');
  asked = [];
  for (let i = 0; i < 2; i++) expect(await (await kept.answer(one.files[2])).text()).toContain('<svg');
  expect(asked).toEqual(['icon.svg']);
  asked = [];
  const two = await list('two', ['icon.svg']);
  const next = new KeptSite(realm, SCOPE, two);
  await next.fill();
  await next.dropOthers();
  expect(await (await next.answer(two.files[2])).text()).toContain('<svg');
  expect(asked).toEqual([]);
});

test('the late files of a folder are kept when its folder is wanted, and told if one cannot be had', async () => {
  const site = await list('one', ['policy/config.json', 'icon.svg']);
  const kept = new KeptSite(realm, SCOPE, site);
  await kept.fill();
  asked = [];
  expect(await kept.keep(['nowhere', 'polic'])).toBe(true);
  expect(asked).toEqual([]);
  expect(await kept.keep(['policy'])).toBe(true);
  expect(asked).toEqual(['policy/config.json']);
  asked = [];
  expect(await kept.keep(['policy'])).toBe(true);
  await kept.answer(site.files[0]);
  expect(asked).toEqual([]);
  const gone = site.files.map((file) => ({ ...file, path: file.late ? `gone/${file.path}` : file.path }));
  expect(await new KeptSite(realm, SCOPE, { ...site, files: gone }).keep(['gone'])).toBe(false);
});

test('a cache that the browser gave up is filled again, file by file, by what is listed and nothing else', async () => {
  const site = await list('one');
  const kept = new KeptSite(realm, SCOPE, site);
  await kept.fill();
  await clear();
  expect((await kept.answer(site.files[0])).ok).toBe(true);
  const other = { ...site.files[0], integrity: site.files[1].integrity };
  await expect(kept.answer(other)).rejects.toThrow(SiteFileError);
});

test('caches of another lab of the host, and of anybody else, stay', async () => {
  const others = [`${cachePrefix(`${SCOPE}other/`)}x`, 'something'];
  for (const name of others) await caches.open(name);
  const kept = new KeptSite(realm, SCOPE, await list('one'));
  await kept.fill();
  await kept.dropOthers();
  for (const name of others) {
    expect(await caches.has(name)).toBe(true);
    await caches.delete(name);
  }
});
