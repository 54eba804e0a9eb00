/**
 * A model of one's own, from finding it to deleting it, on a hub beside the built site; and from a folder of this device,
 * which needs no hub. The hub stops in the middle of the weights until it is asked again, so that there is a middle to
 * pause in, on a fast machine as on a slow one.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { serve } from '../scripts/static-server.mjs';
import { hubModels } from './hub-models';
import { hubHandler, type LoggedRequest } from './hub-server';
import { button, expect, test as labTest, ready, region, scrollsSideways } from './site';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const POLICY = fileURLToPath(new URL('../public/policy', import.meta.url));
const NAME = 'agemem-lab/policy';

const test = labTest.extend<{ hubSite: { url: string } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a destructured first argument
  hubSite: async ({}, use) => {
    const server = await serve({ folder: DIST, port: 4320, also: hubHandler(hubModels()) });
    await use(server);
    await server.close();
  },
});

const card = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

async function openModels(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(region(page, 'Add a model')).toBeVisible({ timeout: 90_000 });
}

/** The model is another one, and the lab plays with it. */
async function acts(page: Page, name: string): Promise<void> {
  await expect(page.locator('.acting')).toContainText(`${name} acts`, { timeout: 90_000 });
  await page.getByRole('link', { name: 'One episode' }).click();
  await ready(page);
  await button(page, 'Step').click();
  await expect(page.getByText('Ready for the next step.')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(region(page, 'Well-formed steps')).toContainText(/Drawn freely\d+% · \d+ of 1 steps/);
}

async function back(page: Page): Promise<void> {
  await page.locator('.acting').getByRole('button', { name: 'Back to the bundled policy' }).click();
  await expect(page.locator('.acting')).toHaveCount(0, { timeout: 90_000 });
}

test('a model is found, fetched, paused, gone on with, used without the hub, left and deleted', async ({
  page,
  hubSite,
}) => {
  const address = `${hubSite.url}?view=models&backend=wasm&hub=/hub/journey/held/&steps=3&tasks=1&rollouts=2`;
  const own = card(page, `${NAME} @`);
  await openModels(page, address);
  await page.getByLabel('Name (owner/name) or address').fill(`https://huggingface.co/${NAME}`);
  await page.keyboard.press('Enter');
  await expect(own.getByRole('heading')).toBeFocused();
  await expect(own).toContainText('not here');

  await own.getByRole('button', { name: /^Download 1\.\d MB/ }).click();
  await expect(own).toContainText('File: model.safetensors');
  await own.getByRole('button', { name: 'Pause' }).click();
  await expect(own).toContainText(/paused at/);
  await openModels(page, address);
  await expect(own).toContainText(/paused at/);
  await own.getByRole('button', { name: 'Go on' }).click();
  await expect(own).toContainText('✓ kept, usable offline');
  const log = await page.evaluate(() => fetch('/hub/journey/log').then((answer) => answer.json()));
  const times = (name: string) => (log as LoggedRequest[]).filter(({ path }) => path.endsWith(name)).length;
  // What was whole before the pause is not asked for again.
  expect([times('tokenizer.json'), times('model.safetensors')]).toEqual([1, 2]);

  // From here on the hub is gone, after a reload too.
  await page.route(
    ({ pathname }) => pathname.startsWith('/hub/'),
    (route) => route.abort(),
  );
  await openModels(page, address);
  await own.getByRole('button', { name: 'Use this model' }).click();
  await acts(page, 'policy (agemem-lab)');
  // It learns: one update of a run of its own, whose adapter then plays.
  await page.getByRole('link', { name: 'Learning' }).click();
  await button(page, 'One update').click();
  await expect(region(page, 'Training').getByText(/^Paused after 1 step of 3/)).toBeVisible({
    timeout: 110_000,
  });
  await page.getByLabel('Played by').selectOption('trained');
  await ready(page);
  await button(page, 'Step').click();
  await expect(page.getByText('Ready for the next step.')).toBeVisible({ timeout: 90_000 });
  await button(page, 'Stop').click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  // The address names it: it is opened again, from this browser.
  await page.reload();
  await expect(page.locator('.acting')).toContainText('policy (agemem-lab) acts', { timeout: 90_000 });
  await expect(own).toContainText('✓ acts now', { timeout: 90_000 });
  await expect(own.getByRole('button', { name: 'Delete …' })).toBeDisabled();
  await back(page);
  await expect(region(page, 'Room that models take')).toContainText('policy (agemem-lab)');
  await own.getByRole('button', { name: 'Delete …' }).click();
  await own.getByRole('button', { name: 'Delete policy (agemem-lab)' }).click();
  await expect(own).toHaveCount(0);
  await expect(region(page, 'Room that models take')).toContainText('No model is kept in this browser.');
  await expect(region(page, 'Asked of other hosts in this visit')).toContainText('No other host was asked.');
});

test('a folder of this device acts as well; what cannot be read says so and keeps what was typed', async ({
  page,
  hubSite,
}) => {
  await page.setViewportSize({ width: 390, height: 900 });
  await openModels(page, `${hubSite.url}?view=models&backend=wasm&hub=/hub/folder/none/`);
  const add = region(page, 'Add a model');
  await add.getByLabel('Name (owner/name) or address').fill('agemem-lab/nobody');
  await add.getByRole('button', { name: 'Look it up' }).click();
  await expect(add.getByRole('alert')).toBeVisible();
  await expect(add.getByLabel('Name (owner/name) or address')).toHaveValue('agemem-lab/nobody');

  await add.getByLabel('Drop the folder of a model here').setInputFiles(POLICY);
  await expect(add.getByLabel('Name in the list')).toHaveValue('policy');
  await add.getByLabel('Name in the list').fill('From a stick');
  await add.getByRole('button', { name: 'Add it to the list' }).click();
  const own = card(page, 'a folder of this device').filter({ hasText: 'From a stick' });
  await expect(own).toContainText('✓ here until this tab closes');
  await own.getByRole('button', { name: 'Use this model' }).click();
  await acts(page, 'From a stick');
  expect(await scrollsSideways(page)).toBe(false);

  const setup = region(page, 'Set-up');
  await setup.getByLabel('Temperature').fill('0.5');
  await setup.getByRole('button', { name: 'Apply' }).click();
  await expect(region(page, 'The model that acts')).toContainText('temperature 0.5', { timeout: 90_000 });
  await back(page);
});
