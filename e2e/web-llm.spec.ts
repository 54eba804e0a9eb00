/**
 * WebLLM as it is built: not loaded until a model of it is opened, at home under the site's content security policy, and
 * asking nobody. What it needs a GPU and a compiled model for is told by `web-llm-real.browser.test.ts`.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, open, test } from './site';

const ASSETS = fileURLToPath(new URL('../dist/assets', import.meta.url));
const WORKER = /^web-llm-worker-.*\.js$/;

test('WebLLM’s worker runs under the content security policy, reads only what it is handed, and asks nobody', async ({
  page,
  site,
}) => {
  const worker = readdirSync(ASSETS).find((name) => WORKER.test(name));
  expect(worker, 'the build has the worker').toBeDefined();
  const asked: string[] = [];
  page.context().on('request', (request) => asked.push(request.url()));
  await open(page, site);
  expect(asked.filter((address) => /web-llm/.test(address))).toEqual([]);
  const before = asked.length;

  // A module without anything in it: it compiles, so WebAssembly is allowed, and has nothing of a model.
  const { read, ended } = await page.evaluate(async (address) => {
    const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
      'mlc-chat-config.json': new TextEncoder().encode('{}'),
      'empty.wasm': Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    };
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', files['empty.wasm']));
    const started = new Worker(address, { type: 'module' });
    const read: string[] = [];
    const ended = await new Promise<{ kind: string; error?: { name: string; message: string } }>(
      (resolve, reject) => {
        started.onerror = (event) => reject(new Error(event.message || 'the worker could not be loaded'));
        started.onmessage = ({ data }) => {
          if (data.kind !== 'read') {
            if (data.kind !== 'progress') resolve(data);
            return;
          }
          read.push(data.name);
          const bytes = files[data.name];
          started.postMessage({ kind: 'file', read: data.read, bytes });
        };
        started.postMessage({
          kind: 'open',
          model: {
            id: 'nothing',
            files: new Map(Object.entries(files).map(([name, { length }]) => [name, length])),
            library: { file: 'empty.wasm', integrity: `sha256-${btoa(String.fromCharCode(...hash))}` },
            window: 512,
            features: [],
          },
        });
      },
    );
    started.terminate();
    return { read: [...new Set(read)], ended };
  }, `./assets/${worker}`);

  expect(read).toEqual(['mlc-chat-config.json', 'empty.wasm']);
  expect(ended).toMatchObject({ kind: 'open-failed', error: { name: 'LibraryError' } });
  const since = asked.slice(before).filter((address) => !address.startsWith(site));
  expect(since).toEqual([]);
});
