/** The table of methods and worlds: recorded at once, played here in the background, and the episodes behind each cell. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const table = (page: Page) => region(page, 'The table');
const row = (page: Page, name: string) =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
    .first();
/** The cell of a method among people and their lives, the first column. */
const firstCell = (page: Page, name: string) => row(page, name).getByRole('button').first();

test('recorded cells with their intervals, what does not fit, and the paper beside them', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  const panel = table(page);
  await button(page, 'Show the table').click();
  await expect(row(page, 'Mem0')).toContainText(/0\.98 ± 0\.\d\d n 100/);
  await panel.getByLabel('Read by').selectOption('quick');
  await expect(row(page, 'AgeMem')).toContainText(/0\.71 ± 0\.11 n 100/);
  await expect(row(page, 'RAG')).toContainText('do not fit');
  await panel.getByLabel('Shown as').selectOption('difference');
  await expect(firstCell(page, 'AgeMem')).toContainText(/\+0\.51 ± 0\.\d\d better/);
  await expect(firstCell(page, 'AgeMem without RL')).toContainText('compared with');
  await panel.getByLabel('Shown as').selectOption('value');
  await panel.getByLabel('Figure').selectOption('prompt-tokens');
  await expect(panel.getByRole('caption').first()).toContainText('prompt tokens a step');
  await expect(panel).toContainText('54.31');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
});

test('a small table is played here: paused, gone on with after a reload, its lines saved, an episode of a cell opened', async ({
  page,
  site,
}) => {
  test.setTimeout(180_000);
  await open(page, `${site}?backend=wasm`);
  const panel = table(page);
  await button(page, 'Show the table').click();
  await button(page, 'Choose what to play').click();
  // Before the worker has said what can be played, nothing is checked.
  await expect(panel.getByLabel('RAG', { exact: true })).toBeChecked();
  for (const name of ['RAG', 'LangMem', 'A-Mem', 'Mem0-graph']) {
    await panel.getByLabel(name, { exact: true }).uncheck();
  }
  for (const name of [/^HotpotQA/, /^PDDL/, /^ScienceWorld/, /^BabyAI/])
    await panel.getByLabel(name).uncheck();
  await panel.getByLabel('Seeds', { exact: true }).fill('2');
  await panel.getByLabel('Seeds', { exact: true }).press('Tab');
  // So many that a fast machine has not played them all before they are paused.
  await panel.getByLabel('Episodes a seed').selectOption('100');
  await expect(panel).toContainText('4 cells × 2 seeds: 800 episodes in all.');
  await button(page, 'Run the table').click();
  await button(page, 'Pause the table').click();
  await expect(panel.getByText(/^Paused: \d of 8 seeds are played\./)).toBeVisible();
  // The page is free meanwhile.
  await button(page, 'Step').click();
  await ready(page);

  await page.reload();
  await ready(page);
  await button(page, 'Show the table').click();
  await expect(panel.getByText(/^Cut off when the page was left: \d of 8 seeds are kept\./)).toBeVisible();
  await expect(panel.getByLabel('RAG', { exact: true })).not.toBeChecked();
  await button(page, 'Go on').click();
  await expect(panel.getByText('All 8 seeds are played.')).toBeVisible({ timeout: 90_000 });
  const own = row(page, 'Mem0').getByRole('button').filter({ hasText: 'here' });
  await expect(own).toHaveCount(2);
  await expect(own.first()).toContainText(/n 200$/);

  const download = page.waitForEvent('download');
  await button(page, 'Save as JSON Lines').click();
  const saved = await readFile(await (await download).path(), 'utf8');
  const lines = saved
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ metric }) => metric === 'score')).toHaveLength(4);
  expect(lines[0]).toMatchObject({ policy: 'expert-reader', seeds: [1, 2], n: 200 });
  await panel
    .getByLabel('Lines of a table from a file')
    .setInputFiles({ name: 'mine.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(saved) });
  await expect(panel.getByLabel('Read by')).toHaveValue('file');
  await expect(row(page, 'Mem0').getByRole('button')).toHaveCount(4);

  await own.first().click();
  const episodes = panel.getByRole('region', { name: /^Episodes of Mem0/ });
  const second = episodes.getByRole('button', { name: /^Episode 2: \d/ });
  const score = (await second.textContent())?.replace('Episode 2: ', '');
  await second.click();
  const log = episodes.getByRole('region', { name: 'Episode 2 of Mem0' });
  await expect(log).toContainText(`Score ${score}: the question was answered.`);
  await expect(log.getByText('Asked: ')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
});

/** The first cell of a method in a recorded table, with the episodes behind it. */
async function openCell(page: Page, recording: string, method: string): Promise<Locator> {
  const panel = table(page);
  await button(page, 'Show the table').click();
  await panel.getByLabel('Read by').selectOption(recording);
  await firstCell(page, method).click();
  return panel.getByRole('region', { name: `Episodes of ${method}` });
}

const comesToItsMean = (episodes: Locator) =>
  expect(episodes.getByText(/^Played again: mean [\d.]+, the same\.$/)).toBeVisible({ timeout: 90_000 });

test('a recorded cell of AgeMem: a seed played again has its mean, and an episode is opened in the lab by its address', async ({
  page,
  site,
}) => {
  test.setTimeout(180_000);
  await open(page, `${site}?backend=wasm`);
  const episodes = await openCell(page, 'quick', 'AgeMem, RAG in place of the short-term tools');
  await episodes.getByRole('button', { name: 'Play this seed again' }).click();
  await comesToItsMean(episodes);
  await episodes
    .getByRole('button', { name: /^Episode \d+: 1$/ })
    .first()
    .click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText('Played as a cell of the table: AgeMem, RAG')).toBeVisible();
  expect(page.url()).toMatch(/[?&]method=agemem-rag/);
  const task = region(page, 'Rewards').getByRole('row', { name: /^task/ }).first();
  await expect(task.getByRole('cell', { name: '1', exact: true }).first()).toBeVisible();

  await open(page, page.url());
  await expect(page.getByText('Played as a cell of the table: AgeMem, RAG')).toBeVisible();
  await button(page, 'Back to the usual rules').click();
  await ready(page);
  expect(page.url()).not.toContain('method=');
});

test('a cell of other weights: the policy that was trained so is a button away, and plays its episodes', async ({
  page,
  site,
}) => {
  test.setTimeout(180_000);
  await open(page, `${site}?backend=wasm`);
  const episodes = await openCell(page, 'quick-variants', 'AgeMem, paid for the answer alone');
  await expect(episodes.getByText('another model acts now')).toBeVisible();
  await episodes.getByRole('button', { name: 'Let it act' }).click();
  const again = episodes.getByRole('button', { name: 'Play this seed again' });
  await expect(again).toBeFocused({ timeout: 90_000 });
  await again.press('Enter');
  await comesToItsMean(episodes);
  expect(new URL(page.url()).searchParams.get('model')).toBe('engine:site/answer-only');
  // On view in the lab, it is told from the bundled policy's, and the way back is there.
  await episodes
    .getByRole('button', { name: /^Episode \d+: / })
    .first()
    .click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  const player = page.getByLabel('Played by').locator('option:checked');
  await expect(player).toHaveText('Trained for the answer alone');
  await expect(page.getByText('a row of the table: AgeMem, paid for the answer alone.')).toBeVisible();
  await page.locator('#episode').getByRole('button', { name: 'Back to the bundled policy' }).click();
  await expect(player).toHaveText('Shipped adapter', { timeout: 90_000 });
  expect(new URL(page.url()).searchParams.get('model')).toBe(null);
});
