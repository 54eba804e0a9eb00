/**
 * A sentence encoder on a built site under its content security policy, in a worker, with every request to another
 * host failed: the runtime comes from the site, the files from the site or, when asked for, from the hub, and then
 * from the browser's own copy. The encoder is the tiny one made by this project; the hub is answered here.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { CONTENT_SECURITY_POLICY } from '../scripts/csp.mjs';
import { serve } from '../scripts/static-server.mjs';
import { tinyEncoder, tinyVector } from '../src/memory/embedders/encoder/tiny-encoder.fixture';
import type { Answer, Ask } from './encoder-site/protocol';

const HERE = fileURLToPath(new URL('./encoder-site', import.meta.url));
const DIST = fileURLToPath(new URL('../test-results/encoder-site', import.meta.url));
const NAME = 'someone/tiny-encoder';
const TEXTS = ['Mira lives in Oslo.', 'Where is the home of Mira?', 'The physician has a car.'];

let site: { readonly url: string; close(): Promise<void> };
let files: ReadonlyMap<string, Uint8Array>;

function put(folder: string, changes: Readonly<Record<string, Uint8Array>> = {}): void {
  for (const [name, bytes] of [...files, ...Object.entries(changes)]) {
    const path = join(DIST, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

test.beforeAll(async () => {
  rmSync(DIST, { recursive: true, force: true });
  await build({
    configFile: false,
    root: HERE,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: DIST, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  files = tinyEncoder();
  put('encoder');
  put('cut', { 'onnx/model.onnx': (files.get('onnx/model.onnx') ?? new Uint8Array()).slice(0, 2000) });
  put('garbled', { 'tokenizer.json': new TextEncoder().encode('{"model": ') });
  site = await serve({ folder: DIST, port: 4310 });
});

test.afterAll(async () => {
  await site.close();
  rmSync(DIST, { recursive: true, force: true });
});

/** Fails every request that leaves the machine but those answered here; what was tried. */
async function alone(
  context: BrowserContext,
  hub?: (path: string) => { readonly status: number; readonly body: Buffer } | null,
): Promise<string[]> {
  const left: string[] = [];
  await context.route(
    (url) => url.hostname !== 'localhost' && url.protocol.startsWith('http'),
    async (route) => {
      const url = new URL(route.request().url());
      left.push(url.href);
      const answered = url.hostname === 'huggingface.co' ? hub?.(url.pathname) : null;
      if (!answered) return route.abort('internetdisconnected');
      const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
      return route.fulfill({ ...answered, headers });
    },
  );
  return left;
}

const hubOf = (model: string) => (path: string) => {
  const file = files.get(path.replace(`/${model}/resolve/main/`, ''));
  return file ? { status: 200, body: Buffer.from(file) } : { status: 404, body: Buffer.from('no') };
};

async function open(page: Page, url = site.url): Promise<(ask: Ask) => Promise<Answer>> {
  await page.goto(url);
  await expect.poll(() => page.evaluate(() => window.ask !== undefined)).toBe(true);
  return (ask) =>
    page.evaluate((one) => window.ask?.(one) ?? Promise.reject(new Error('no page')), ask) as Promise<Answer>;
}

const opening = (changes: Partial<Ask & { kind: 'open' }> = {}): Ask => ({
  kind: 'open',
  name: NAME,
  folder: 'encoder',
  hub: false,
  device: 'wasm',
  ...changes,
});

function expectRight(answer: Answer): void {
  expect(answer.error).toBeUndefined();
  expect(answer.vectors?.length).toBe(TEXTS.length);
  TEXTS.forEach((text, i) => {
    const expected = tinyVector(text);
    const found = answer.vectors?.[i] ?? [];
    const far = Math.max(...expected.map((value, d) => Math.abs(value - (found[d] ?? Number.NaN))));
    expect(far, text).toBeLessThan(2e-6);
  });
}

for (const device of ['wasm', 'webgpu'] as const) {
  test(`from the site's own folder on ${device}: right vectors, and nothing was asked of anybody else`, async ({
    page,
    context,
  }) => {
    const left = await alone(context);
    const troubles: string[] = [];
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    const ask = await open(page);
    const opened = await ask(opening({ device }));
    expect(opened.error).toBeUndefined();
    expect([opened.from, opened.kept]).toEqual(['source', true]);
    const bytes = files.get('onnx/model.onnx')?.length ?? 0;
    expect(opened.progress['onnx/model.onnx']).toEqual([bytes, bytes]);
    expectRight(await ask({ kind: 'embed', texts: TEXTS }));
    expect(left).toEqual([]);
    // The quantised weights are asked for first and are not there.
    expect(troubles.filter((text) => !/404/.test(text))).toEqual([]);
  });
}

test('once loaded it needs neither the folder nor the hub', async ({ page, context }) => {
  const left = await alone(context, hubOf(NAME));
  const ask = await open(page);
  const first = await ask(opening({ hub: true }));
  expect(first.error).toBeUndefined();
  // Each request was told, and none was made that was not.
  expect(first.told.length).toBeGreaterThanOrEqual(4);
  expect(left).toEqual(first.told);
  await page.close();

  const page2 = await context.newPage();
  const again = await open(page2);
  await context.route('**/encoder/**', (route) => route.abort());
  const opened = await again(opening({ hub: true }));
  expect([opened.error, opened.from, opened.id]).toEqual([undefined, 'kept', first.id]);
  expect(opened.told).toEqual([]);
  expectRight(await again({ kind: 'embed', texts: TEXTS }));
  // With no network whatever, an encoder at work goes on.
  await context.setOffline(true);
  expectRight(await again({ kind: 'embed', texts: TEXTS }));
  expect(left).toEqual(first.told);
});

test('what is wrong has a name, keeps nothing, and the next try works', async ({ page, context }) => {
  const hubThere = { yes: false };
  const hub = hubOf(NAME);
  const left = await alone(context, (path) => (hubThere.yes ? hub(path) : null));
  const ask = await open(page);
  const failing: readonly (readonly [Partial<Ask & { kind: 'open' }>, string, RegExp])[] = [
    [{ folder: 'nowhere' }, 'encoder-files-missing', /config\.json is not in http:\/\/localhost/],
    [{ folder: null }, 'encoder-files-missing', /this browser's own copies/],
    [{ folder: 'cut' }, 'encoder-damaged', /could not be opened/],
    [{ folder: 'garbled' }, 'encoder-damaged', /tokenizer\.json.*is not JSON/],
    [{ hub: true }, 'encoder-unreachable', /Check the connection/],
  ];
  for (const [changes, code, message] of failing) {
    const { error } = await ask(opening(changes));
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
    expect((await ask({ kind: 'kept' })).kept).toEqual([]);
  }
  expect(left).toEqual([`https://huggingface.co/${NAME}/resolve/main/config.json`]);
  hubThere.yes = true;
  expect((await ask(opening({ hub: true }))).error).toBeUndefined();
  expectRight(await ask({ kind: 'embed', texts: TEXTS }));
});

test('a host that sends half a file and hangs up is told so; cancelling stops a slow one', async ({
  page,
}) => {
  // The site once more, by a server that can be bad.
  const bad: Server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const [, folder, ...rest] = path.split('/');
    const file = files.get(rest.join('/'));
    if ((folder === 'half' || folder === 'slow') && file) {
      response.writeHead(200, { 'Content-Length': file.length, 'Content-Type': 'application/octet-stream' });
      if (!path.endsWith('.onnx')) return response.end(file);
      response.write(file.slice(0, 1000));
      if (folder === 'half') setTimeout(() => response.destroy(), 50);
      return undefined;
    }
    const found = await fetch(new URL(path, site.url));
    response.writeHead(found.status, {
      'Content-Type': found.headers.get('content-type') ?? '',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    });
    return response.end(Buffer.from(await found.arrayBuffer()));
  });
  await new Promise<void>((done) => {
    bad.listen(0, 'localhost', done);
  });
  try {
    const address = bad.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const ask = await open(page, `http://localhost:${port}/`);
    const half = await ask(opening({ folder: 'half' }));
    expect(half.error?.code).toBe('encoder-unreachable');
    expect(half.error?.message).toMatch(/broke off after 1000 bytes/);
    const slow = await ask(opening({ folder: 'slow', cancelAfter: 300 }));
    expect(slow.error?.code).toBe('encoder-cancelled');
    expect(slow.progress['onnx/model.onnx'][0]).toBe(1000);
    expect((await ask({ kind: 'kept' })).kept).toEqual([]);
  } finally {
    bad.closeAllConnections();
    bad.close();
  }
});
