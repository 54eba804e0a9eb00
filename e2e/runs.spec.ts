/** Runs that are kept: listed, compared, exported, deleted, imported and gone on with. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { OwnBrowser } from './own-browser';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const RUN = '?steps=2&tasks=1&rollouts=2&evaluate=2';

const cards = (page: Page) => region(page, 'Training').locator('.run-card');

async function openRuns(page: Page): Promise<void> {
  await region(page, 'Training').getByText('Runs kept in this browser').click();
  await expect(cards(page).first()).toBeVisible();
}

async function name(page: Page, at: number, words: string): Promise<void> {
  const card = cards(page).nth(at);
  await card.getByRole('button', { name: 'Rename' }).click();
  await card.getByLabel(/^Name/).fill(words);
  await card.getByRole('button', { name: 'Save the name' }).click();
  await expect(card.getByRole('heading', { name: words })).toBeVisible();
}

test('a second run lets the first be; both are compared; one goes out, is deleted, comes in and goes on', async ({
  page,
  site,
}) => {
  test.setTimeout(240_000);
  await open(page, `${site}${RUN}&runSeed=1`);
  const training = region(page, 'Training');
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 1 step of 2/)).toBeVisible({ timeout: 110_000 });
  await button(page, 'Stop').click();
  await expect(training.getByText(/^Stopped after 1 step/)).toBeVisible();
  await training.getByLabel('Run seed', { exact: true }).fill('2');
  await page.keyboard.press('Tab');
  await expect(training.getByText(/^“One update” begins a new run/)).toBeVisible();
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 1 step of 2/)).toBeVisible({ timeout: 110_000 });
  await button(page, 'Resume').click();
  await expect(training.getByText(/^Finished: 2 steps/)).toBeVisible({ timeout: 110_000 });
  await expect(button(page, 'One update')).toBeEnabled();

  await openRuns(page);
  await expect(cards(page)).toHaveCount(2);
  await expect(cards(page).nth(0)).toContainText('2 of 2 steps done');
  await expect(cards(page).nth(0)).toContainText(
    /held-out reward [\d.−]+, standard error [\d.]+, after step 2/,
  );
  await expect(cards(page).nth(1).getByRole('heading')).toContainText('lab, 2 steps, seed 1');
  await name(page, 1, 'First of all');
  await name(page, 0, 'Second');

  for (const at of [0, 1]) await cards(page).nth(at).getByLabel('Compare').check();
  const compared = region(page, 'Runs compared');
  const differences = compared.getByRole('table', { name: 'Where they differ' });
  await expect(differences.getByRole('row', { name: 'seed 2 1' })).toBeVisible();
  await expect(differences.getByRole('row')).toHaveCount(2);
  for (const title of ['Reward, training tasks', 'Reward, held-out tasks', 'Entropy', 'Gradient norm']) {
    await expect(compared.getByRole('img', { name: title })).toBeVisible();
  }
  await compared.getByText('Numbers').first().click();
  await expect(
    compared.getByRole('columnheader', { name: 'B: First of all (mean over rollouts)' }),
  ).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 900 });

  const first = cards(page).filter({ hasText: 'First of all' });
  await first.getByText('Export').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    first.getByRole('button', { name: 'Whole run, zip' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('first-of-all-run.zip');
  const file = await download.path();
  const [alone] = await Promise.all([
    page.waitForEvent('download'),
    first.getByRole('button', { name: 'Adapter, PEFT zip' }).click(),
  ]);
  const adapter = await alone.path();
  await first.getByLabel('Number of training tasks').fill('5');
  const [scaled] = await Promise.all([
    page.waitForEvent('download'),
    first.getByRole('button', { name: 'For training at scale, zip' }).click(),
  ]);
  expect(scaled.suggestedFilename()).toBe('first-of-all-at-scale.zip');
  await expect(training.getByText('with 5 tasks to train on and 32 tasks held out.')).toBeVisible();

  await first.getByRole('button', { name: 'Delete …' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('“First of all” goes: 1 step of training');
  await button(page, 'Delete this run').click();
  await expect(cards(page)).toHaveCount(1);
  await button(page, 'Take back the deletion of First of all').click();
  await expect(first).toBeVisible();
  await first.getByRole('button', { name: 'Delete …' }).click();
  await button(page, 'Delete this run').click();
  await expect(cards(page)).toHaveCount(1);

  // From now on in another life of the page.
  await page.reload();
  await ready(page);
  await openRuns(page);
  await page.getByLabel('Import a run from its zip').setInputFiles({
    name: 'run.zip',
    mimeType: 'application/zip',
    buffer: readFileSync(file),
  });
  await expect(training.getByText('The run was imported.')).toBeVisible();
  await expect(first).toBeVisible();
  await first.getByRole('button', { name: 'Go on training' }).click();
  await expect(first.getByText('on view')).toBeVisible();
  await expect(training.getByText(/^Finished: 2 steps/)).toBeVisible({ timeout: 110_000 });
  await expect(first).toContainText('2 of 2 steps done');
  await first.getByRole('button', { name: 'Play the episode with it' }).click();
  await ready(page);
  await expect(page.getByLabel('Played by')).toHaveValue('trained');

  await page.getByLabel('Import a run from its zip').setInputFiles({
    name: 'no.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('nothing of the kind'),
  });
  await expect(page.getByRole('alert')).toContainText('This is no zip.');

  await page.getByLabel('Import a PEFT adapter').setInputFiles({
    name: 'From elsewhere.zip',
    mimeType: 'application/zip',
    buffer: readFileSync(adapter),
  });
  await expect(training.getByText('The adapter was imported as a run without steps.')).toBeVisible();
  const elsewhere = cards(page).filter({ hasText: 'From elsewhere' });
  await elsewhere.getByRole('button', { name: 'Play the episode with it' }).click();
  await expect(elsewhere.getByText('on view')).toBeVisible();
  await ready(page);
  await expect(page.getByLabel('Played by')).toHaveValue('trained');
});

test('killed in the middle of steps, a run loses the step under way at most, and the other run nothing', async ({
  site,
}) => {
  test.skip(!process.env.SOAK, 'a count for the soak');
  test.setTimeout(600_000);
  const profile = mkdtempSync(join(tmpdir(), 'lab-runs-'));
  let browser: OwnBrowser | null = null;
  const another = async (address: string): Promise<Page> => {
    browser = await OwnBrowser.launch(profile);
    const page = await browser.context.newPage();
    await open(page, address);
    return page;
  };
  const kill = async () => {
    await browser?.kill();
    browser = null;
  };
  try {
    for (let round = 1; round <= 10; round++) {
      const page = await another(`${site}?steps=1000&tasks=1&rollouts=2&evaluate=0&runSeed=${round}`);
      const training = region(page, 'Training');
      await button(page, 'Train').click();
      await expect(training.getByText(/^Training: \d{1,3} steps of 1000 done\./)).toBeVisible();
      // At another place of a step each time.
      await page.waitForTimeout(1500 + 170 * round);
      const told = await training.getByText(/^Checkpoint of step \d+ saved/).textContent();
      await kill();

      const next = await another(site);
      await openRuns(next);
      await expect(cards(next)).toHaveCount(round);
      const saved = await cards(next).first().textContent();
      const steps = Number(/(\d+) of 1,000 steps done/.exec(saved ?? '')?.[1]);
      expect(steps).toBeGreaterThanOrEqual(Number(/step (\d+)/.exec(told ?? '')?.[1]));
      await cards(next).first().getByRole('button', { name: 'Play the episode with it' }).click();
      await ready(next);
      await kill();
    }
  } finally {
    await kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
