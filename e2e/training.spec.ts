/** Training as a person drives it: one update, taken back, made again; held-out tasks; figures as files. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

/** A run short enough to wait for. */
async function choose(training: Locator, page: Page, fields: Readonly<Record<string, string>>) {
  for (const [label, value] of Object.entries(fields)) {
    await training.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
}

const SMALL = { Steps: '3', 'Tasks a step': '1', 'Rollouts a task': '4', 'Held out, every': '2' };

/** The numbers of a chart as its table shows them. */
async function numbers(training: Locator, title: string): Promise<readonly string[]> {
  const chart = training.getByRole('figure').filter({ hasText: title });
  const table = chart.getByRole('table', { name: title });
  if (!(await table.isVisible())) await chart.getByText(/^Numbers/).click();
  await expect(table).toBeVisible();
  return table
    .locator('tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')));
}

test('one update, taken back and made again: the same numbers', async ({ page, site }) => {
  test.setTimeout(240_000);
  await open(page, `${site}?backend=wasm`);
  const training = region(page, 'Training');
  await expect(training.getByRole('button', { name: /^Undo update/ })).toBeDisabled();
  await choose(training, page, SMALL);
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 1 step of 3/)).toBeVisible({ timeout: 110_000 });
  const first = await numbers(training, 'Reward and its parts');
  expect(first).toHaveLength(2);
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 2 steps of 3/)).toBeVisible({ timeout: 110_000 });
  const second = await numbers(training, 'Gradient norm');
  const heldOut = await numbers(training, 'Held-out tasks');
  expect(heldOut.map((row) => row.split(' ')[0])).toEqual(['step', '0', '2']);

  await training.getByRole('button', { name: 'Undo update 2' }).click();
  await expect(training.getByText(/^Paused after 1 step of 3/)).toBeVisible();
  expect(await numbers(training, 'Reward and its parts')).toEqual(first);
  expect(await numbers(training, 'Held-out tasks')).toEqual(heldOut.slice(0, 2));

  // Redone in another session: what was taken back is not what a reload brings.
  await page.reload();
  await ready(page);
  await expect(training.getByText(/^An earlier run was left after 1 step of 3/)).toBeVisible();
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 2 steps of 3/)).toBeVisible({ timeout: 110_000 });
  expect(await numbers(training, 'Gradient norm')).toEqual(second);
  expect(await numbers(training, 'Held-out tasks')).toEqual(heldOut);

  await button(page, 'Resume').click();
  await expect(training.getByText(/^Finished: 3 steps/)).toBeVisible({ timeout: 110_000 });
  await expect(
    training.getByText(/Here: the same 32 held-out tasks after 0 and after 3 updates/),
  ).toBeVisible();
  await training.getByText(/^Where the time goes/).click();
  for (const phase of ['Playing the groups', 'Moving the adapter', 'Held-out tasks']) {
    await expect(training.getByRole('row', { name: phase })).toBeVisible();
  }
});

test('a figure as SVG and PNG, its numbers as CSV', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm`);
  const chart = region(page, 'Training').getByRole('figure').filter({ hasText: 'Reward and its parts' });
  await chart.getByText(/^Save/).click();
  const saved = async (kind: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      chart.getByRole('button', { name: kind, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`reward-and-its-parts.${kind.toLowerCase()}`);
    return readFile(await download.path());
  };
  const svg = (await saved('SVG')).toString();
  expect(svg).toContain('Reward and its parts');
  expect(svg).not.toContain('class=');
  expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG');
  const lines = (await saved('CSV')).toString().trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^step,"?reward \(/);
  expect(lines.length).toBeGreaterThan(10);
});

test('what the shipped adapter learned: layers, decisions, and the episode at any strength', async ({
  page,
  site,
}) => {
  test.setTimeout(120_000);
  await open(page, `${site}?backend=wasm&seed=3`);
  const training = region(page, 'Training');
  await training.getByText('What LoRA learned: layers, decisions, strength').click();
  await training.getByRole('button', { name: 'Look at it' }).click();
  const norms = await numbers(training, 'LoRA update, layer by layer');
  const spectra = await numbers(training, 'Singular values of s B A');
  // A row of values for each adapted layer, in all as many as the norms have cells.
  expect(spectra.length - 1).toBe((norms.length - 1) * (norms[0].split(' ').length - 1));
  const decisions = training.getByRole('list').filter({ hasText: 'of the probability moved' });
  await expect(decisions.getByRole('table')).toHaveCount(5);
  // What moved are first words of thoughts the policy was taught: the place looked at is the right one.
  for (const table of await decisions.getByRole('table').all()) {
    await expect(table.getByText(/“[a-z ]+”/).first()).toBeVisible();
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 720 });
  await training.getByRole('button', { name: /^All \d+ decisions/ }).click();
  expect(await decisions.getByRole('table').count()).toBeGreaterThan(20);

  await training.getByRole('button', { name: 'Replay side by side' }).click();
  const moves = (name: string) => training.getByRole('article', { name, exact: true }).getByRole('listitem');
  await expect(moves('Base policy').first()).toBeVisible({ timeout: 60_000 });
  const slider = training.getByRole('slider', { name: 'Strength' });
  for (const [key, strength, same] of [
    ['Home', '0', 'Base policy'],
    ['End', '1.5', null],
  ] as const) {
    await slider.press(key);
    await expect(moves(`At strength ${strength}`).first()).toBeVisible({ timeout: 60_000 });
    if (same) {
      expect(await moves(`At strength ${strength}`).allTextContents()).toEqual(
        await moves(same).allTextContents(),
      );
    }
    await expect(slider).toBeFocused();
  }
  for (let i = 0; i < 10; i++) await slider.press('ArrowLeft');
  await expect(moves('At strength 1').first()).toBeVisible({ timeout: 60_000 });
  expect(await moves('At strength 1').allTextContents()).toEqual(
    await moves('Shipped adapter').allTextContents(),
  );
});
