import { gzipSync } from 'node:zlib';
import { BUDGET, withImports } from '../scripts/budget.mjs';
import { button, expect, open, ready, region, scrollsSideways, serveSite, test } from './site';

test('the site runs from a subfolder of a plain static host, without any header', async ({ page }) => {
  const server = await serveSite({ prefix: '/some/sub/folder/', isolated: false });
  try {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await open(page, server.url);
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
    expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith('blob:'))).toEqual([]);
  } finally {
    await server.close();
  }
});

test('before anybody has pressed anything, page and worker load no more script than their budgets', async ({
  page,
  site,
}) => {
  const coming = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname.slice(1);
    // The threads of WebAssembly are neither.
    if (path.endsWith('.js') && !path.includes('/thread-')) coming.set(path, response.body());
  });
  await open(page, site);
  const scripts = new Map<string, Buffer>();
  for (const [path, body] of coming) scripts.set(path, await body);
  const worker = [...scripts.keys()].find((path) => path.includes('/lab-worker-'));
  if (worker === undefined) throw new Error('the worker was not loaded');
  const workers = new Set(withImports(worker, (path: string) => String(scripts.get(path) ?? '')));
  const weigh = (own: (path: string) => boolean) =>
    [...scripts].reduce((sum, [path, body]) => sum + (own(path) ? gzipSync(body).length : 0), 0);
  const weights = { page: weigh((path) => !workers.has(path)), worker: weigh((path) => workers.has(path)) };
  expect([...scripts.keys()].some((path) => path.includes('/main-'))).toBe(true);
  for (const part of ['page', 'worker'] as const) {
    expect(weights[part], part).toBeGreaterThan(50_000);
    expect(weights[part], part).toBeLessThanOrEqual(BUDGET[part] * 1000);
  }
});

test('the built page carries its own content security policy', async ({ page, site }) => {
  await page.goto(site);
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(policy).toHaveAttribute('content', /default-src 'none'.*base-uri 'none'/);
});

for (const width of [390, 768, 1440]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`nothing scrolls sideways at ${width} px, ${colorScheme}`, async ({ page, site }, info) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page, `${site}?difficulty=revisions`);
      await button(page, 'Run episode').click();
      await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
      expect(await scrollsSideways(page)).toBe(false);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await scrollsSideways(page)).toBe(false);
      const light = await page.evaluate(() => {
        const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
        return r + g + b > 382;
      });
      expect(light).toBe(colorScheme === 'light');
      await page.screenshot({ path: info.outputPath(`${width}-${colorScheme}.png`), fullPage: true });
    });
  }
}

test('the choice of colours outlives a reload', async ({ page, site }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, site);
  await page.getByRole('radio', { name: 'dark' }).check();
  await page.reload();
  await ready(page);
  await expect(page.getByRole('radio', { name: 'dark' })).toBeChecked();
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
});

test('a link carries task, back end and view; nonsense in it is ignored', async ({ page, site }) => {
  await open(page, `${site}?seed=42&difficulty=two-hops&backend=wasm&view=group&split=nonsense`);
  await expect(page.getByLabel('Seed', { exact: true })).toHaveValue('42');
  await expect(page.getByLabel('Task', { exact: true })).toHaveValue('two-hops');
  await expect(page.getByLabel('Set', { exact: true })).toHaveValue('evaluation');
  await expect(page.locator('.machine .chip')).toHaveText('wasm');
  await expect(page.getByRole('link', { name: 'Eight at once' })).toHaveAttribute('aria-current', 'true');
  await expect(region(page, 'Group')).toBeInViewport();
  await page.getByRole('link', { name: 'Learning' }).click();
  await expect(page).toHaveURL(/view=training/);
  await expect(region(page, 'Training')).toBeInViewport();
});

test.describe('when the model cannot be had', () => {
  test.use({ mayComplain: true });

  test('the page says what is missing and what to do', async ({ page, site }) => {
    await page.route('**/model.safetensors', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.goto(`${site}#training`);
    const alert = page.getByRole('alert');
    await expect(alert).toBeVisible({ timeout: 60_000 });
    await expect(alert).toContainText(/model\.safetensors/);
    // The next step works: the file is there again, and Reload reloads although the address has a fragment.
    await page.unroute('**/model.safetensors');
    await alert.getByRole('button', { name: 'Reload' }).click();
    await ready(page);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('a worker that cannot be loaded is told of, also when that is known before the page is there', async ({
    page,
    site,
  }) => {
    await page.route('**/lab-worker-*.js', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.route('**/assets/main-*.js', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });
    await page.goto(site);
    await expect(page.getByRole('alert')).toContainText(/could not be (loaded|started)/, { timeout: 60_000 });
  });

  test('a damaged file is named', async ({ page, site }) => {
    await page.route('**/model.safetensors', (route) =>
      route.fulfill({ status: 200, body: Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3]) }),
    );
    await page.goto(site);
    await expect(page.getByRole('alert')).toContainText(/safetensors/, { timeout: 60_000 });
  });
});
