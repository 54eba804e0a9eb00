/**
 * The second policy of the site: where a world asks for it, it takes the place of the first with a click and plays the
 * task on view; links name it, a reload keeps it, and it does what any model of the engine does.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const BUILT = existsSync(fileURLToPath(new URL('../dist/worlds-policy/model.safetensors', import.meta.url)));
test.skip(!BUILT, 'The site is built without public/worlds-policy: there is no second policy to choose.');

const acting = (page: Page) => page.locator('.acting');
const NAME = 'The worlds policy';

/** The first policy was never taught the world on view; the one that was takes its place. */
async function letReaderAct(page: Page): Promise<void> {
  await expect(page.getByText('was never taught this world')).toBeVisible();
  await button(page, 'Let the policy act that was taught it').click();
  await expect(acting(page)).toContainText(`${NAME} acts`, { timeout: 90_000 });
  await ready(page);
}

test('a world is chosen, its reader takes over, plays it to its end, stays through a reload and gives way again', async ({
  page,
  site,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const ofReader = () => asked.filter((path) => /\/worlds-(policy|adapter)\//.test(path));
  await open(page, `${site}?backend=wasm&difficulty=one-fact&seed=4`);
  await page.getByLabel('About').selectOption('babyai');
  await ready(page);
  expect(ofReader()).toEqual([]);
  await letReaderAct(page);
  expect(ofReader().some((path) => path.endsWith('worlds-policy/model.safetensors'))).toBe(true);
  const address = new URL(page.url());
  expect(address.searchParams.get('model')).toBe('engine:site/worlds-policy');
  expect(address.searchParams.get('family')).toBe('babyai');
  expect(address.searchParams.get('seed')).toBe('4');
  await expect(page.getByText('was taught this world')).toBeVisible();
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 110_000 });
  await expect(region(page, 'The world')).not.toContainText('Stage 3 has not begun');

  await page.reload();
  await expect(acting(page)).toContainText(`${NAME} acts`, { timeout: 90_000 });
  await ready(page);
  await expect(page.getByLabel('About')).toHaveValue('babyai');

  await page.locator('.taught').getByRole('button', { name: 'Back to the bundled policy' }).click();
  await expect(acting(page)).toHaveCount(0, { timeout: 90_000 });
  await ready(page);
  expect(new URL(page.url()).searchParams.get('model')).toBeNull();
  await expect(page.getByText('was never taught this world')).toBeVisible();
});

test('it is in the list of models, with what it is and its licence, and acts from there', async ({
  page,
  site,
}) => {
  await page.goto(`${site}?backend=wasm&view=models`);
  const card = page.locator('li.model').filter({ hasText: NAME });
  await expect(card).toContainText('Apache-2.0', { timeout: 90_000 });
  await expect(card).toContainText('✓ part of the site');
  await expect(card).toContainText('million parameters');
  await card.getByRole('button', { name: 'Use this model' }).click();
  await expect(acting(page)).toContainText(`${NAME} acts`, { timeout: 90_000 });
  await expect(card).toContainText('✓ acts now');
  await page.getByRole('link', { name: 'Learning' }).click();
  await ready(page);
  for (const [label, value] of [
    ['Steps', '1'],
    ['Tasks a step', '1'],
    ['Rollouts a task', '2'],
  ]) {
    await region(page, 'Training').getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
  await button(page, 'Train').click();
  await expect(region(page, 'Training').getByText(/^Finished: 1 step/)).toBeVisible({ timeout: 110_000 });
});

test('on a phone the note and its button fit, in both languages', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const lang of ['en', 'zh']) {
    await page.goto(`${site}?backend=wasm&family=alfworld&lang=${lang}`);
    await expect(page.locator('.taught button')).toBeEnabled({ timeout: 90_000 });
    expect(await scrollsSideways(page)).toBe(false);
  }
});
