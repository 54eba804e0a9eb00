/** Journey 2: by token, step, stage and episode, forward and back; play; jump on the timeline; all by keys too. */
import type { Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const moment = (page: Page) => page.getByText(/^Moment \d+ of \d+/);
const slider = (page: Page) => page.getByRole('slider', { name: 'Moment of the episode' });
const goTo = (page: Page, at: number) =>
  page.getByRole('button', { name: new RegExp(`^Go to moment ${at},`) });

async function played(page: Page, site: string): Promise<void> {
  await open(page, `${site}?backend=wasm&adapter=shipped`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  await ready(page);
}

test('Play lets the policy act to the end of the episode, and plays it again from the beginning', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&adapter=shipped`);
  await page.getByLabel('Speed').selectOption('4×');
  await button(page, 'Play').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  await expect(button(page, 'Play')).toBeVisible();
  await expect(moment(page)).toHaveText(/^Moment 8 of 8/);
  await page.getByLabel('Speed').selectOption('1×');
  await button(page, 'Play').click();
  await expect(moment(page)).toHaveText(/^Moment 2 of 8/);
  await button(page, 'Pause playing').click();
  const stopped = (await moment(page).textContent()) ?? '';
  await page.waitForTimeout(800);
  await expect(moment(page)).toHaveText(stopped);
});

test('Step shows each step once, the last one before the reset too; Play stays at the reset as well', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&seed=3&adapter=shipped`);
  for (const at of [2, 3, 5]) {
    await button(page, 'Step').click();
    await expect(moment(page)).toHaveText(new RegExp(`^Moment ${at} of`));
    await ready(page);
    await expect(moment(page)).toHaveText(new RegExp(`^Moment ${at} of`));
    await expect(moment(page)).not.toHaveText(/the context is emptied/);
  }
  await button(page, 'Reset').click();
  await ready(page);
  await button(page, 'Play').click();
  for (const at of [1, 2, 3, 4, 5]) await expect(moment(page)).toHaveText(new RegExp(`^Moment ${at} of`));
});

test('the timeline shows the stages, the reset and each tool, and one jumps there', async ({
  page,
  site,
}) => {
  await played(page, site);
  const list = page.getByRole('list', { name: 'Moments' }).getByRole('button');
  await expect(list).toHaveText([
    'Add',
    'Update',
    'Add',
    'Reset',
    'Summary',
    'Summary',
    'Retrieve',
    'Answer',
  ]);
  await goTo(page, 4).click();
  await expect(moment(page)).toHaveText('Moment 4 of 8, stage 2: the context is emptied');
  await expect(goTo(page, 4)).toHaveAttribute('aria-current', 'step');
  await goTo(page, 2).click();
  await expect(region(page, 'Long-term memory').getByText('± updated')).toBeVisible();
});

test('token by token: the memories wait for the step, and going back shows exactly the same', async ({
  page,
  site,
}) => {
  await played(page, site);
  await goTo(page, 1).click();
  const whole = await region(page, 'Short-term memory').textContent();
  await page.getByLabel('Moves by').selectOption('a token');
  const policy = region(page, 'Policy output');
  const look = async () =>
    Promise.all(
      [policy, region(page, 'Short-term memory'), region(page, 'Long-term memory')].map((one) =>
        one.textContent(),
      ),
    );
  await button(page, 'Forward').click();
  await expect(moment(page)).toHaveText(/^Moment 2 of 8, .*, token 1 of \d+$/);
  await expect(policy.getByRole('option')).toHaveCount(1);
  await expect(region(page, 'Long-term memory').getByText('± updated')).toBeHidden();
  const seen = [await look()];
  for (let token = 2; token <= 6; token++) {
    await button(page, 'Forward').click();
    await expect(moment(page)).toHaveText(new RegExp(`, token ${token} of`));
    seen.push(await look());
  }
  for (let token = 5; token >= 1; token--) {
    await page.keyboard.press('ArrowLeft');
    await expect(moment(page)).toHaveText(new RegExp(`, token ${token} of`));
    expect(await look()).toEqual(seen[token - 1]);
  }
  await button(page, 'Back').click();
  await expect(moment(page)).toHaveText(/^Moment 1 of 8, [^,]*$/);
  expect(await region(page, 'Short-term memory').textContent()).toBe(whole);
});

test('keys: arrows by the unit, with Shift by a stage, Space on the slider plays and pauses', async ({
  page,
  site,
}) => {
  await played(page, site);
  await button(page, 'Reset').focus();
  for (const place of [7, 5, 4, 1]) {
    await page.keyboard.press('Shift+ArrowLeft');
    await expect(moment(page)).toHaveText(new RegExp(`^Moment ${place} of 8`));
  }
  await page.keyboard.press('ArrowRight');
  await expect(moment(page)).toHaveText(/^Moment 2 of 8/);
  await page.getByLabel('Moves by').selectOption('the episode');
  await button(page, 'Forward').click();
  await expect(moment(page)).toHaveText(/^Moment 8 of 8/);
  await page.getByLabel('Moves by').selectOption('a step');
  await slider(page).focus();
  await page.keyboard.press('Home');
  await expect(moment(page)).toHaveText(/^Moment 1 of 8/);
  await page.keyboard.press(' ');
  await expect(button(page, 'Pause playing')).toBeVisible();
  await expect(moment(page)).toHaveText(/^Moment 2 of 8/);
  await page.keyboard.press(' ');
  await expect(button(page, 'Play')).toBeVisible();
  await page.getByText('Keys', { exact: true }).click();
  await expect(page.getByText('plays and pauses')).toBeVisible();
});

test('it fits a telephone, and every moment can be pressed there', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await played(page, site);
  expect(await scrollsSideways(page)).toBe(false);
  for (const one of await page.getByRole('list', { name: 'Moments' }).getByRole('button').all()) {
    const box = await one.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  }
});
