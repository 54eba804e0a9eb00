/** The lab in one file, opened from the disk as by a double click: everything works, and nothing is asked of anybody. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSingle, SINGLE_FILE } from '../scripts/build-single.mjs';
import { serve } from '../scripts/static-server.mjs';
import { button, expect, test as labTest, open, ready, region } from './site';

/** `file`: its address, alone in a folder of which the lab knows nothing. `requests`: all that are made. */
const test = labTest.extend<{ file: string; requests: readonly string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a destructured first argument
  file: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'a stick, '));
    const copy = join(folder, 'agemem lab.html');
    copyFileSync(SINGLE_FILE, copy);
    await use(pathToFileURL(copy).href);
    rmSync(folder, { recursive: true });
  },
  requests: async ({ context }, use) => {
    const requests: string[] = [];
    context.on('request', (request) => requests.push(request.url()));
    await use(requests);
  },
});

test.beforeAll(buildSingle);

/** What is left when the document itself and what it holds are taken away. */
const foreign = (requests: readonly string[], file: string) =>
  requests.filter((url) => url.replace(/[?#].*$/, '') !== file && !/^(blob|data):/.test(url));

test('weighs less than 8 MB', () => {
  expect(statSync(SINGLE_FILE).size).toBeLessThan(8_000_000);
});

test('an episode to its end and a training step, from a file, without a request', async ({
  page,
  file,
  requests,
}) => {
  await open(page, `${file}?seed=42&difficulty=two-hops`);
  await expect(page.locator('.machine')).toContainText('WebAssembly SIMD, 1 thread');
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await expect(region(page, 'Rewards')).toBeVisible();
  const training = region(page, 'Training');
  for (const [label, value] of [
    ['Steps', '1'],
    ['Tasks a step', '1'],
    ['Rollouts a task', '2'],
  ]) {
    await training.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
  await button(page, 'Train').click();
  await expect(training.getByText(/^Finished: 1 step/)).toBeVisible({ timeout: 110_000 });
  expect(foreign(requests, file)).toEqual([]);
});

test('the memory page opens, and what is kept is there when the file is opened again', async ({
  page,
  file,
  requests,
}) => {
  await open(page, file);
  await page.getByRole('link', { name: 'Memory' }).click();
  await expect(region(page, 'Entries')).toBeVisible();
  await expect(page).toHaveURL(/view=memory/);
  await button(page, 'Add an entry').click();
  const form = region(page, 'New entry');
  await form.getByLabel('Content').fill('Kept by a file');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(region(page, 'Entries')).toContainText('Kept by a file');
  await page.reload();
  await expect(region(page, 'Entries')).toContainText('Kept by a file', { timeout: 60_000 });
  expect(foreign(requests, file)).toEqual([]);
});

test('a lesson opens with its formula set in the font that the file brings along', async ({
  page,
  file,
  requests,
}) => {
  await open(page, `${file}?lesson=5`);
  const lessons = page.getByRole('complementary', { name: 'Lessons' });
  await lessons.getByRole('button', { name: 'Next step' }).click();
  await expect(lessons.locator('.katex')).toBeVisible();
  const loaded = () =>
    page.evaluate(() =>
      [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family),
    );
  await expect.poll(loaded).toContain('KaTeX_Math');
  expect(foreign(requests, file)).toEqual([]);
});

test('says what a page opened from a file goes without, and nothing that is not so', async ({
  page,
  file,
}) => {
  await open(page, file);
  await page.getByText('How it computes here').click();
  await expect(region(page, 'Inside')).toContainText('This is the lab in one file');
  const missing = page.getByLabel('Missing here').getByRole('listitem');
  await expect(missing).toHaveText([
    /^Threads: One thread computes/,
    /^Files of its own \(OPFS\): /,
    /^Service worker: Not needed/,
  ]);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(false);
  expect(
    await page.evaluate(() =>
      navigator.storage.getDirectory().then(
        () => 'there',
        (error: Error) => error.name,
      ),
    ),
  ).toBe('SecurityError');
});

test('other back ends are there too', async ({ page, file, requests }) => {
  for (const backend of ['webgpu', 'reference']) {
    await open(page, `${file}?backend=${backend}`);
    await expect(page.locator('.machine .chip')).toHaveText(backend);
  }
  expect(foreign(requests, file)).toEqual([]);
});

test('its policy allows its own script and styles, and no connection', async ({ page, file }) => {
  await page.goto(file);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toMatch(/script-src 'sha256-[\w+/=]+' 'wasm-unsafe-eval';/);
  expect(policy).toMatch(/style-src 'sha256-[\w+/=]+';/);
  expect(policy).toMatch(/connect-src data:;/);
  expect(policy).not.toMatch(/unsafe-inline|https|'self'/);
});

test('on a host, even one that would allow threads, it is the same file', async ({ page, requests }) => {
  const server = await serve({ folder: join(SINGLE_FILE, '..'), port: 4330, isolated: false });
  try {
    const address = `${server.url}agemem-lab.html`;
    await page.route(address, async (route) => {
      const response = await route.fetch();
      const headers = {
        ...response.headers(),
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      };
      await route.fulfill({ response, headers });
    });
    await page.goto(address);
    await ready(page);
    expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
    await expect(page.locator('.machine')).toContainText('1 thread');
    expect(foreign(requests, address)).toEqual([]);
  } finally {
    await server.close();
  }
});

test.describe('a copy that broke', () => {
  test.use({ mayComplain: true });

  test('with a damaged file in it names that file', async ({ page, file }) => {
    edit(file, (text) => text.replace(/(data-file="policy\/config\.json">)[^<]*/, '$1!'));
    await page.goto(file);
    await expect(page.getByRole('alert')).toContainText(
      /config\.json was not found .* may have been damaged/,
    );
  });

  test('cut off says that it is incomplete', async ({ page, file }) => {
    edit(file, (text) => text.slice(0, text.length / 2));
    await page.goto(file);
    await expect(page.getByText('If nothing follows, this file is incomplete')).toBeVisible();
  });
});

function edit(file: string, change: (text: string) => string): void {
  const path = fileURLToPath(file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

test('the policy that reads worlds is left out for want of room: said where it is missed, and to whoever asks', async ({
  page,
  file,
  requests,
}) => {
  await open(page, `${file}?family=babyai`);
  await expect(page.locator('.taught')).toContainText('left out of this copy of the lab');
  await expect(page.locator('.taught').getByRole('button')).toHaveCount(0);
  await open(page, `${file}?model=engine:site/worlds-policy`);
  await expect(page.getByRole('alert')).toContainText('The worlds policy is not here');
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.locator('li.model').filter({ hasText: 'agemem-lab/policy' })).toBeVisible();
  await expect(page.locator('li.model').filter({ hasText: 'The worlds policy' })).toHaveCount(0);
  expect(foreign(requests, file)).toEqual([]);
});
