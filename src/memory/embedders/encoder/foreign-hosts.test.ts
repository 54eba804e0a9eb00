/** One door to other hosts: the list is that of the content security policy, and nothing else in memory speaks to any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../../../scripts/csp.mjs';
import { FOREIGN_HOSTS, ForeignHostError, fetchForeign, isListed } from './foreign-hosts';

describe('foreign hosts', () => {
  test('are allowed by the content security policy', () => {
    const connect = /connect-src ([^;]*)/.exec(CONTENT_SECURITY_POLICY)?.[1].split(' ') ?? [];
    for (const { host, subdomains } of FOREIGN_HOSTS) {
      const allowed = connect.includes(`https://${host}`) || connect.includes(`https://*.${host}`);
      expect(allowed, host).toBe(true);
      if (subdomains) expect(connect).toContain(`https://*.${host}`);
    }
  });

  test.each([
    ['https://huggingface.co/a/b', true],
    ['https://cdn-lfs.huggingface.co/a', true],
    ['https://cas-bridge.xethub.hf.co/a', true],
    ['http://huggingface.co/a', false],
    ['https://huggingface.co.evil.example/a', false],
    ['https://evilhuggingface.co/a', false],
    ['https://cdn.jsdelivr.net/npm/onnxruntime-web', false],
    ['https://unpkg.com/a', false],
  ])('%s: %s', (address, listed) => {
    expect(isListed(new URL(address))).toBe(listed);
  });

  test('others are refused before anything is told or sent', async () => {
    const told: string[] = [];
    const asking = fetchForeign('https://cdn.jsdelivr.net/x', {
      why: 'a test',
      tell: ({ address }) => told.push(address),
    });
    await expect(asking).rejects.toThrow(ForeignHostError);
    expect(told).toEqual([]);
  });

  test('a request that is refused by whoever hears of it is not made', async () => {
    const no = new Error('not now');
    const asking = fetchForeign('https://huggingface.co/a/b', {
      why: 'a test',
      tell: (request) => {
        expect(request).toEqual({
          host: 'huggingface.co',
          address: 'https://huggingface.co/a/b',
          why: 'a test',
        });
        throw no;
      },
    });
    await expect(asking).rejects.toBe(no);
  });

  test('no other file of memory names an address of another host, nor asks one it was given', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const files = readdirSync(root, { recursive: true })
      .map(String)
      .filter(
        (path) => /\.ts$/.test(path) && !/\.(test|fixture)\.ts$/.test(path) && !/build|assembly/.test(path),
      );
    expect(files.length).toBeGreaterThan(20);
    const code = (path: string) =>
      readFileSync(join(root, path), 'utf8').replace(/^\s*(\*|\/\*|\/\/).*$/gm, '');
    const naming = files.filter((path) => /["'`]https?:/.test(code(path)));
    expect(naming).toEqual([join('embedders', 'encoder', 'foreign-hosts.ts')]);
    const fetching = files.filter((path) =>
      /\bfetch\(|XMLHttpRequest|importScripts|WebSocket/.test(code(path)),
    );
    expect(fetching.sort()).toEqual(
      [
        // Of this site, which it checks.
        join('embedders', 'encoder', 'encoder-files.ts'),
        join('embedders', 'encoder', 'foreign-hosts.ts'),
        // WebAssembly of this build.
        ...files.filter(
          (path) => /(voy-runtime|module-bytes)\.ts$/.test(path) && /\bfetch\(/.test(code(path)),
        ),
      ].sort(),
    );
  });
});
