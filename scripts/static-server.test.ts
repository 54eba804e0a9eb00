import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from './static-server.mjs';

const parent = mkdtempSync(join(tmpdir(), 'static-server-'));
const folder = join(parent, 'site');
const open: { url: string; close: () => Promise<void> }[] = [];

beforeAll(() => {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  writeFileSync(join(folder, 'assets/a.wasm'), 'wasm');
  writeFileSync(join(folder, 'assets/data.safetensors'), 'bytes');
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  mkdirSync(join(parent, 'site-two'));
  writeFileSync(join(parent, 'site-two/secret.txt'), 'secret');
});

afterAll(async () => {
  for (const { close } of open) await close();
  rmSync(parent, { recursive: true });
});

async function start(options: { prefix?: string; isolated?: boolean; port?: number } = {}) {
  const server = await serve({ folder, port: 0, ...options });
  open.push(server);
  return server.url;
}

/** A request whose path is sent as it is, without the tidying that fetch does. */
function raw(base: string, path: string, method = 'GET'): Promise<{ status?: number; body: string }> {
  const { hostname, port } = new URL(base);
  return new Promise((done, fail) => {
    request({ hostname, port, path, method }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => done({ status: response.statusCode, body }));
    })
      .on('error', fail)
      .end();
  });
}

test('serves files with their types, and the page for a folder', async () => {
  const url = await start();
  const page = await fetch(url);
  expect(await page.text()).toBe('<p>page</p>');
  expect(page.headers.get('content-type')).toContain('text/html');
  expect((await fetch(`${url}assets/a.wasm`)).headers.get('content-type')).toBe('application/wasm');
  const bytes = await fetch(`${url}assets/data.safetensors`);
  expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
  expect((await fetch(`${url}assets/`)).status).toBe(404);
});

test('isolates the page and sends the content security policy; the plain host does neither', async () => {
  const isolated = (await fetch(await start())).headers;
  expect(isolated.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(isolated.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(isolated.get('content-security-policy')).toContain("default-src 'none'");
  const plain = (await fetch(await start({ isolated: false }))).headers;
  expect(plain.get('cross-origin-opener-policy')).toBeNull();
  expect(plain.get('content-security-policy')).toBeNull();
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%2fsite-two/secret.txt',
  '/%00',
  '/%zz',
])('never leaves its folder: %s', async (path) => {
  const { status, body } = await raw(await start(), path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body).not.toContain('secret');
});

test('answers below its prefix only, and reading requests only', async () => {
  const url = await start({ prefix: '/some/sub/folder/' });
  expect((await raw(url, '/some/sub/folder/')).status).toBe(200);
  expect((await raw(url, '/')).status).toBe(404);
  expect((await raw(url, '/some/sub/folder/', 'POST')).status).toBe(405);
  expect(await raw(url, '/some/sub/folder/', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test('takes the next free port when one is in use', async () => {
  const first = await start();
  const { port } = new URL(first);
  const second = await start({ port: Number(port) });
  expect(Number(new URL(second).port)).toBeGreaterThan(Number(port));
});
