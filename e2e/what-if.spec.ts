import type { Page } from '@playwright/test';
import { expect, open, ready, region, scrollsSideways, test } from './site';

const panel = (page: Page) => region(page, 'What if');
const field = (page: Page, name: string) => panel(page).getByLabel(name, { exact: true });

/** An episode played to its end, and the page that changes it. */
async function atTheEnd(page: Page, site: string): Promise<void> {
  await open(page, `${site}?backend=wasm&seed=4`);
  await panel(page).getByRole('button', { name: 'Change something' }).click();
  await panel(page).getByRole('button', { name: 'Play it to its end' }).click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await ready(page);
}

const outcome = (page: Page) => panel(page).getByRole('region', { name: 'What became of it' });

async function play(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: 'Play what if' }).click();
  await ready(page);
}

test('an answer written by hand is read, paid, and set beside what was', async ({ page, site }) => {
  await atTheEnd(page, site);
  await expect(panel(page).getByRole('button', { name: 'Play what if' })).toBeDisabled();
  const steps = await field(page, 'Step').locator('option').count();
  await field(page, 'Step').selectOption(String(steps));
  await field(page, 'It writes').fill('<think></think><answer>certainly wrong</answer>');
  await expect(panel(page).getByText(`Changed: step ${steps} was written by hand.`)).toBeVisible();
  await play(page);
  await expect(
    outcome(page).getByText(new RegExp(`They part at event \\d+, in step ${steps}\\.`)),
  ).toBeVisible();
  await expect(outcome(page).getByRole('cell', { name: 'answers “certainly wrong”' })).toBeVisible();

  await field(page, 'It writes').fill('no tags');
  await play(page);
  await expect(outcome(page).getByRole('cell', { name: 'malformed' }).first()).toBeVisible();
});

test('what the policy does not read changes the pay and nothing else', async ({ page, site }) => {
  await atTheEnd(page, site);
  await field(page, 'T_max, tokens').fill('1000');
  await field(page, 'T_max, tokens').press('Tab');
  await play(page);
  await expect(outcome(page).getByText('Nothing that the policy reads has changed')).toBeVisible();
  const compression = outcome(page).getByRole('row', { name: /^compression/ });
  await expect(compression.getByRole('cell').nth(2)).toHaveText(/^\+/);
});

test('a link brings back the exhibit that is open and what is changed, as far as it fits a link', async ({
  page,
  site,
}) => {
  await atTheEnd(page, site);
  await field(page, 'Step').selectOption('2');
  await field(page, 'It writes').fill('x'.repeat(2000));
  await field(page, 'T_max, tokens').fill('1000');
  await field(page, 'T_max, tokens').press('Tab');
  await expect(panel(page).getByText(/is too long for a link of 2000 characters/)).toBeVisible();
  await expect(page).toHaveURL(/ifStep=2&ifBudget=1000/);
  expect(page.url().length).toBeLessThanOrEqual(2000);
  await field(page, 'It writes').fill('no tags, 50 % & more');
  await expect(page).toHaveURL(/ifWrites=no\+tags/);
  await expect(panel(page).getByText(/is too long for a link/)).toBeHidden();
  const exhibit = 'Too high a learning rate';
  await panel(page).getByRole('button', { name: exhibit }).click();
  await expect(page).toHaveURL(/exhibit=high-rate/);
  const link = page.url();

  await page.goto('about:blank');
  await open(page, link);
  await expect(region(page, exhibit).getByRole('table', { name: /held-out episodes/ })).toBeVisible();
  await expect(region(page, exhibit)).toBeInViewport();
  await expect(panel(page).getByText('What this link changes will stand in the form')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Play it to its end' }).click();
  await expect(field(page, 'It writes')).toHaveValue('no tags, 50 % & more', { timeout: 90_000 });
  await ready(page);
  await expect(field(page, 'Step')).toHaveValue('2');
  await expect(field(page, 'T_max, tokens')).toHaveValue('1000');
  expect(page.url()).toBe(link);
  await page.getByLabel('Dice', { exact: true }).fill('2');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/dice=2/);
  await expect(page).not.toHaveURL(/if[A-Z]/);
  await ready(page);
});

test('a memory is taken out, a message says something else: each is told and played', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&seed=4&adapter=shipped`);
  await panel(page).getByRole('button', { name: 'Change something' }).click();
  await panel(page).getByRole('button', { name: 'Play it to its end' }).click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await ready(page);
  const steps = await field(page, 'Step').locator('option').count();
  await field(page, 'Step').selectOption(String(steps - 1));
  await field(page, 'Forget before it').selectOption({ index: 1 });
  await play(page);
  await expect(outcome(page).getByText(/entry m\d+ was taken out before step/)).toBeVisible();
  await expect(
    outcome(page).getByText(
      new RegExp(`Changed before step ${steps - 1}, at event \\d+\\. What the policy does`),
    ),
  ).toBeVisible();
  await panel(page).getByRole('button', { name: 'As it was' }).click();
  await field(page, 'Message').selectOption({ index: 1 });
  await field(page, 'It says').fill('My cat sleeps all day.');
  await play(page);
  await expect(outcome(page).getByText('message 1 says something else')).toBeVisible();
  await expect(outcome(page).getByText(/Changed before step \d+, at event \d+\./)).toBeVisible();
});

test('every exhibit shows what it says: scripted, played now, or recorded', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?backend=wasm&seed=4`);
  await panel(page).getByRole('button', { name: 'Change something' }).click();
  const list = panel(page).getByRole('region', { name: 'Exhibits' });
  await expect(list.getByRole('listitem').first()).toBeVisible();
  const names = await list.getByRole('listitem').getByRole('button').allTextContents();
  expect(names.length).toBeGreaterThanOrEqual(9);
  for (const name of names) {
    const choice = list.getByRole('button', { name: name.trim(), exact: true });
    await choice.click();
    if (name.endsWith('scripted')) {
      await list.getByRole('button', { name: 'Carry out the script' }).click();
      await expect(list.getByText(/^R = /)).toBeVisible();
      await expect(list.getByText(/Refused/)).toHaveCount(0);
    } else if (name.endsWith('recorded runs')) {
      await expect(list.getByRole('table', { name: /held-out episodes/ })).toBeVisible();
      await expect(list.locator('figure.chart svg').first()).toBeVisible();
    } else {
      await list.getByRole('button', { name: /^Play/ }).click();
      await expect(list.getByRole('table').first()).toBeVisible({ timeout: 90_000 });
      if (name.startsWith('An action the base never tries')) {
        const summaries = list.getByRole('row', { name: /^Summary_context/ });
        await expect(summaries.nth(1)).toHaveText(/^Summary_context2[1-9]/);
        await expect(summaries.nth(2)).toHaveText('Summary_context300');
      }
    }
    await ready(page);
    await choice.click();
  }
});

test('on a phone nothing is wider than the screen', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await atTheEnd(page, site);
  await field(page, 'It writes').fill('<think></think><answer>no</answer>');
  await play(page);
  await expect(outcome(page)).toBeVisible();
  expect(await scrollsSideways(page)).toBe(false);
});
