/** One door to other hosts: the list is that of the content security policy, and nothing else in memory speaks to any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../scripts/csp.mjs';
import { ForeignHostError } from './errors';
import { FOREIGN_HOSTS, fetchForeign, isListed } from './foreign-hosts';

describe('foreign hosts', () => {
  test('are the hosts that the content security policy allows, and no others', () => {
    const connect = /connect-src ([^;]*)/.exec(CONTENT_SECURITY_POLICY)?.[1].split(' ') ?? [];
    const listed = FOREIGN_HOSTS.map(({ host }) => `https://${host}`);
    expect(new Set(connect)).toEqual(new Set(["'self'", ...listed]));
  });

  test.each([
    ['https://huggingface.co/a/b', true],
    ['https://cdn-lfs.huggingface.co/a', true],
    ['https://cas-bridge.xethub.hf.co/a', true],
    ['https://raw.githubusercontent.com/mlc-ai/a', true],
    ['https://hf.co/a', false],
    ['http://huggingface.co/a', false],
    ['https://huggingface.co:443/a', true],
    ['https://huggingface.co:8443/a', false],
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

  test('no other file names an address to be fetched: whoever speaks to a network is on this list', () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const files = readdirSync(root, { recursive: true })
      .map((path) => String(path).split(sep).join('/'))
      .filter(
        (path) =>
          /\.tsx?$/.test(path) &&
          !/\.(test|fixture)\.tsx?$/.test(path) &&
          !/(build|assembly|bench|cli)\//.test(path),
      );
    expect(files.length).toBeGreaterThan(200);
    const code = (path: string) =>
      readFileSync(join(root, path), 'utf8').replace(/^\s*(\*|\/\*|\/\/).*$/gm, '');
    // Calls of it, not methods that are called so.
    const request =
      /(?:await|return|[=(,:?])\s*fetch\(|(?:self|scope|realm|window|globalThis)\.fetch\(|new (?:XMLHttpRequest|WebSocket|EventSource)\(|importScripts\(|sendBeacon\(/;
    const asking = files.filter((path) => request.test(code(path)));
    expect(asking.sort()).toEqual(Object.keys(OF_THIS_SITE).sort());
    // And none of those names another host but the one that may.
    const naming = asking.filter((path) => /["'`](https?|wss?):/.test(code(path)));
    expect(naming).toEqual(['network/foreign-hosts.ts']);
  });
});

/** Who asks a network for anything, and what. */
const OF_THIS_SITE: Readonly<Record<string, string>> = {
  'network/foreign-hosts.ts': 'other hosts, of the list',
  'hub/hub.ts': 'a copy of the hub in a folder of the site; what leaves the site is refused',
  'memory/embedders/encoder/encoder-files.ts': 'a folder of the site, which it checks',
  'memory/index/module-bytes.ts': 'WebAssembly of this build',
  'engine/wasm/kernels.ts': 'WebAssembly of this build',
  'engine/model/model-folder.ts': 'the folders of the site (worker/site-files.ts)',
  'engine/model/weight-source.ts': 'the folders of the site (worker/site-files.ts)',
  'lab/episode/recording.ts': 'a file of the site',
  'lab/language/language.ts': 'words of this build',
  'worker/models/kept-runtime.ts': 'files of this build',
  'service-worker/kept-site.ts': 'files of the site',
  'service-worker/service-worker.ts': 'files of the site',
};
