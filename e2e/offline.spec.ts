/**
 * The lab kept by its service worker: without its host from the second visit on, with threads on a host that sends no
 * headers, and always of one version. The host is a copy of the built site in a subfolder, with which a test
 * does what hosts do: goes away, gets a new version, is caught half changed.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { makeOffline, siteList } from '../scripts/offline.mjs';
import { serve } from '../scripts/static-server.mjs';
import { directory } from '../src/cli/directory';
import { onnxFolder } from '../src/engine/onnx/onnx-folder';
import { button, expect, test as labTest, open, ready, region } from './site';

const POLICY = fileURLToPath(new URL('../public/policy', import.meta.url));
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const PREFIX = '/some/sub/folder/';

interface Host {
  readonly url: string;
  /** A new version: other words on the page, another script, another file that keeps its name. */
  release(name: string): Promise<void>;
  /** Changes one file without telling the list. */
  change(path: string, edit: (text: string) => string): void;
  goAway(): Promise<void>;
}

const test = labTest.extend<{ host: Host }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a destructured first argument
  host: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-host-'));
    cpSync(DIST, folder, { recursive: true });
    const server = await serve({ folder, port: 4290, prefix: PREFIX, isolated: false });
    const change: Host['change'] = (path, edit) =>
      writeFileSync(join(folder, path), edit(readFileSync(join(folder, path), 'utf8')));
    await use({
      url: server.url,
      change,
      release: async (name) => {
        change('index.html', (text) => text.replace(/<title>[^<]*/, `<title>${name}`));
        change(scriptOf(folder), (text) => `${text}\n;document.documentElement.dataset.script="${name}";`);
        change('policy/card.json', (text) => `${text} `);
        await makeOffline(folder);
      },
      goAway: server.close,
    });
    await server.close();
    rmSync(folder, { recursive: true });
  },
});

test.use({ serviceWorkers: 'allow' });

/** The script of the page that is loaded second, which a mixture of versions would betray. */
function scriptOf(folder: string): string {
  const name = siteList(folder).files.find(({ path }) => /^assets\/main-.*\.js$/.test(path));
  if (!name) throw new Error('The built site has no assets/main-….js.');
  return name.path;
}

/** Opens the facts about this browser and waits until the lab is kept. */
async function kept(page: Page): Promise<void> {
  await page.getByText('How it computes here').click();
  await expect(region(page, 'Inside')).toContainText('Kept for use without a network: ', { timeout: 60_000 });
}

const isolated = (page: Page) => page.evaluate(() => window.crossOriginIsolated);
const versions = (page: Page) =>
  page.evaluate(() => [document.title, document.documentElement.dataset.script]);

async function runEpisode(page: Page): Promise<void> {
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
}

test('from the second visit on the lab needs no host, and has its threads', async ({ page, host }) => {
  await open(page, host.url);
  expect(await isolated(page)).toBe(false);
  await kept(page);
  await expect(page.getByLabel('Missing here')).toContainText(
    'from the next visit on the lab does so itself',
  );
  await host.goAway();
  await page.goto(`${host.url}?seed=42&difficulty=two-hops&backend=wasm`);
  await ready(page);
  expect(await isolated(page)).toBe(true);
  await expect(page.locator('.machine')).toContainText(/WebAssembly SIMD, \d+ threads/);
  await runEpisode(page);
  await button(page, 'Run group').click();
  await expect(region(page, 'Group').getByRole('radio')).toHaveCount(8, { timeout: 90_000 });
  await page.reload();
  await ready(page);
});

test('what a session asks for is what is kept', async ({ context, page, host }) => {
  const asked = new Set<string>();
  context.on('request', (request) => {
    if (request.serviceWorker() === null && request.url().startsWith(host.url)) {
      asked.add(new URL(request.url()).pathname.slice(PREFIX.length) || 'index.html');
    }
  });
  await open(page, host.url);
  await runEpisode(page);
  for (const backend of ['webgpu', 'reference']) await open(page, `${host.url}?backend=${backend}`);
  const { files } = siteList(DIST);
  const listed = new Set(files.map(({ path }) => path));
  asked.delete('service-worker.js');
  expect([...asked].filter((path) => !listed.has(path))).toEqual([]);
  // What was not asked for, and why it is kept all the same.
  const spare = [
    /^icon-\d+\.png$|^icon-maskable-\d+\.png$|^icon\.svg$|^manifest\.webmanifest$/, // the system's, not the page's
    /^assets\/models-page-/, // another page
    /^assets\/(kernels|kernels-relaxed|kernels-relaxed-unshared|thread)-/, // with isolation; with ?simd=on
    // What opens late: pages and panels with their formulas and exhibits, a download.
    /^assets\/(zh|memory-page|lessons-panel|what-if|own-data|judge-view|baselines-view|read-view|world-view|table-view|open-table|variant-rules|agemem-variants|reproduce-[a-z-]+|ablation-[a-z-]+|worlds|exchange|audit|last-chance|adapter-look|adapter-import|adapter-files|adapter-insight|adapter-strength|run-files|run-zip|zip-file|browser|trajectories|entry-text|calibration-pairs|forks|evaluation|interval|runs-panel|training-export|training-estimate|judging|beside-policy|expert-reader|reading|change-model|model-desk|model-places|site-model|preflight|open-transformers|open-web-llm|exhibit-[a-z0-9-]+|KaTeX_[A-Za-z0-9-]+|figure-file)-/,
  ];
  const unasked = files
    .filter(({ path, late }) => !late && !asked.has(path) && !spare.some((kind) => kind.test(path)))
    .map(({ path }) => path);
  expect(unasked).toEqual([]);
});

test('a new version replaces everything at once, when the user says so', async ({ context, page, host }) => {
  await open(page, host.url);
  await kept(page);
  await host.release('Two');
  // Still the old one, whole; the new one is fetched beside it.
  await open(page, host.url);
  expect(await versions(page)).toEqual(['AgeMem Lab', undefined]);
  await expect(page.getByText('A new version of the lab is here.')).toBeVisible({ timeout: 60_000 });
  // Another tab is of the old version, to its end.
  const other = await context.newPage();
  await open(other, host.url);
  expect(await versions(other)).toEqual(['AgeMem Lab', undefined]);
  await button(page, 'Reload to update').click();
  await expect(page.getByText('Another tab uses the version before: close it first.')).toBeVisible();
  expect(await versions(page)).toEqual(['AgeMem Lab', undefined]);
  await other.close();
  await Promise.all([page.waitForEvent('load'), button(page, 'Reload to update').click()]);
  await ready(page);
  expect(await versions(page)).toEqual(['Two', 'Two']);
  expect(await cachesOf(page)).toHaveLength(1);
  await host.goAway();
  await open(page, host.url);
  expect(await versions(page)).toEqual(['Two', 'Two']);
  await runEpisode(page);
});

test.describe('a host that is caught half changed', () => {
  test.use({ mayComplain: true });

  test('gives no mixture: the version before goes on until the new one is whole', async ({ page, host }) => {
    await open(page, host.url);
    await kept(page);
    await host.release('Two');
    host.change('policy/card.json', (text) => `${text} half`);
    await open(page, host.url);
    await settled(page);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting)).toBeNull();
    expect(await cachesOf(page)).toHaveLength(1);
    expect(await versions(page)).toEqual(['AgeMem Lab', undefined]);
    host.change('policy/card.json', (text) => text.replace(/ half$/, ''));
    await open(page, host.url);
    await Promise.all([page.waitForEvent('load'), button(page, 'Reload to update').click()]);
    await ready(page);
    expect(await versions(page)).toEqual(['Two', 'Two']);
  });
});

test('models from elsewhere and other paths of the host pass by', async ({ context, page, host }) => {
  const hub: string[] = [];
  await context.route('https://huggingface.co/**', (route) => {
    hub.push(route.request().serviceWorker() ? 'service worker' : 'page');
    return route.fulfill({ status: 203, headers: { 'Access-Control-Allow-Origin': '*' }, body: '{}' });
  });
  await open(page, host.url);
  await kept(page);
  await open(page, host.url);
  const answers = await page.evaluate(async (folder) => {
    const from = async (address: string) => {
      const response = await fetch(address, { cache: 'no-store' });
      return [response.status, response.headers.get('Cross-Origin-Embedder-Policy')];
    };
    return {
      kept: await from(`${folder}policy/config.json`),
      beside: await from(`${folder}policy/README.md`),
      hub: await from('https://huggingface.co/someone/model/resolve/main/config.json'),
    };
  }, host.url);
  expect(answers).toEqual({ kept: [200, 'require-corp'], beside: [200, null], hub: [203, null] });
  expect(hub).toEqual(['page']);
  expect(await page.evaluate(async () => (await caches.keys()).length)).toBe(1);
});

test('the lab can be installed', async ({ context, page, host }) => {
  await open(page, host.url);
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '{}')).toMatchObject({ name: 'AgeMem Lab', display: 'standalone' });
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A context of Playwright is a private window, which installs nothing.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});

const cachesOf = (page: Page): Promise<string[]> => page.evaluate(() => caches.keys());

/** Waits until no version is being installed. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update().catch(() => undefined));
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.ready).installing === null))
    .toBe(true);
}

test('a model of another library that is kept works without the host, though it was never used before', async ({
  page,
  host,
}) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'lab-model-')), 'ONNX of a stick');
  for (const [path, bytes] of Object.entries(await onnxFolder(directory(POLICY)))) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  await open(page, host.url);
  await kept(page);
  await page.goto(`${host.url}?view=models&backend=wasm`);
  const add = region(page, 'Add a model');
  await expect(add).toBeVisible({ timeout: 90_000 });
  await add.getByLabel('Drop the folder of a model here').setInputFiles(folder);
  await add.getByLabel('Keep a copy in this browser').check();
  await add.getByRole('button', { name: 'Add it to the list' }).click();
  const own = page.locator('li.model').filter({ hasText: 'ONNX of a stick' });
  await expect(own).toContainText('✓ kept, usable offline', { timeout: 60_000 });
  await expect(add.getByLabel('Name in the list')).toHaveCount(0, { timeout: 60_000 });
  rmSync(join(folder, '..'), { recursive: true });

  await host.goAway();
  await page.goto(`${host.url}?view=models&backend=wasm`);
  await own.getByRole('button', { name: 'Use this model' }).click({ timeout: 90_000 });
  await expect(page.locator('.acting')).toContainText('ONNX of a stick acts', { timeout: 90_000 });
});

/** Whether the site was built with a second policy. */
const SECOND = existsSync(join(DIST, 'worlds-policy/model.safetensors'));
const NO_SECOND = 'The site is built without public/worlds-policy: there is no second policy to choose.';

test('a policy of the site that is chosen in the first visit works without the host from then on', async ({
  page,
  host,
}) => {
  test.skip(!SECOND, NO_SECOND);
  await open(page, `${host.url}?backend=wasm&family=babyai&difficulty=one-fact`);
  await kept(page);
  const late = () =>
    page.evaluate(async () => {
      const keys = await Promise.all(
        (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
      );
      return keys.flat().filter(({ url }) => /\/worlds-(policy|adapter)\//.test(url)).length;
    });
  expect(await late()).toBe(0);
  await button(page, 'Let the policy act that was taught it').click();
  await expect(page.locator('.acting')).toContainText('The worlds policy acts', { timeout: 90_000 });
  const { files } = siteList(DIST);
  const listed = files.filter(({ path }) => /^worlds-(policy|adapter)\//.test(path));
  await expect.poll(late).toBe(listed.length);
  await host.goAway();
  await page.reload();
  await expect(page.locator('.acting')).toContainText('The worlds policy acts', { timeout: 90_000 });
  await ready(page);
  await runEpisode(page);
});

test.describe('a policy of the site that never acted here', () => {
  test.use({ mayComplain: true });

  test('is said not to be here without the host, and the first goes on', async ({ page, host }) => {
    test.skip(!SECOND, NO_SECOND);
    await open(page, `${host.url}?backend=wasm&family=babyai&difficulty=one-fact`);
    await kept(page);
    await host.goAway();
    await page.goto(`${host.url}?backend=wasm&family=babyai&difficulty=one-fact`);
    await ready(page);
    await button(page, 'Let the policy act that was taught it').click();
    await expect(page.getByRole('alert')).toContainText('The worlds policy is not here');
    await ready(page);
    await runEpisode(page);
  });
});
