import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const group = (page: Page) => region(page, 'Group');

async function playGroup(page: Page, site: string, address = '?backend=wasm&seed=4&group=6'): Promise<void> {
  await open(page, `${site}${address}`);
  await button(page, 'Run group').click();
  await expect(
    group(page).getByText(/They begin alike and first part|All rollouts are the same/),
  ).toBeVisible({
    timeout: 90_000,
  });
  await ready(page);
}

test('switches change the advantages at once, from the same rewards, and back', async ({ page, site }) => {
  await playGroup(page, site);
  const lanes = group(page).getByRole('group', { name: 'Rollouts' });
  const played = await lanes.textContent();
  const rewards = (text: string | null) => text?.match(/r = [−\d.]+/g);
  const credits = (text: string | null) => text?.match(/A = [−+\d.]+/g);

  await group(page).getByLabel('Divide by the spread (std)').uncheck();
  await expect(lanes).not.toHaveText(played ?? '');
  const bare = await lanes.textContent();
  expect(rewards(bare)).toEqual(rewards(played));
  expect(credits(bare)).not.toEqual(credits(played));

  await group(page).getByLabel('Credit', { exact: true }).selectOption('best-only');
  await expect(group(page).getByText('Only the best rollout of the group keeps its number')).toBeVisible();
  await group(page).getByLabel('Divide by the number of steps').check();
  await expect(
    group(page).getByText('divided by the number of steps', { exact: false }).last(),
  ).toBeVisible();

  // The link says so, and plays it so: the same numbers from the same address.
  const switched = new URL(page.url());
  expect(switched.search).toMatch(/credit=best-only.*spread=off.*perStep=on/);
  const shown = await lanes.textContent();
  await open(page, switched.href);
  await button(page, 'Run group').click();
  await expect(lanes).toHaveText(shown ?? '', { timeout: 90_000 });

  await group(page).getByRole('button', { name: 'As it was played' }).click();
  expect(new URL(page.url()).search).not.toContain('spread');
  await expect(lanes).toHaveText(played ?? '');
});

test('the rewards can be read and saved as numbers, and add up', async ({ page, site }) => {
  await playGroup(page, site);
  const chart = group(page).locator('figure', { hasText: 'Rewards of the group' });
  await chart.getByText('Save').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    chart.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(head).toBe('rollout,reward,task,context,memory,penalty,A,steps');
  expect(rows).toHaveLength(6);
  for (const row of rows) {
    const [, reward, ...parts] = row.split(',').map(Number);
    expect(parts.slice(0, 4).reduce((sum, part) => sum + part, 0)).toBeCloseTo(reward, 9);
  }
});

test('a fork of a step is played, drawn, and set against the credit that was broadcast', async ({
  page,
  site,
}) => {
  await playGroup(page, site);
  const fork = group(page).getByRole('region', { name: 'Fork', exact: true });
  await fork.getByLabel('From before step').selectOption('2');
  await fork.getByRole('button', { name: 'Fork here' }).click();
  await expect(fork.getByText(/Of that, .* was there before step 2/)).toBeVisible({ timeout: 90_000 });
  const words = (await fork.getByText(/Of that, .* was there before step 2/).textContent()) ?? '';
  const numbers = (pattern: RegExp) =>
    [...words.replaceAll('−', '-').matchAll(pattern)].map(([, value]) => Number(value));
  const [lead] = numbers(/= ([-+\d.]+)\. Of that/g);
  const [before] = numbers(/Of that, ([-+\d.]+) was/g);
  const [after] = numbers(/The other ([-+\d.]+) came/g);
  expect(before + after).toBeCloseTo(lead, 2);
  await expect(fork.getByRole('img', { name: /The group and the continuations from step 2/ })).toBeVisible();
  await fork.getByText('Numbers').click();
  await expect(fork.getByRole('row')).toHaveCount(7);
  // Another group is on view: its forks are not those of the one before.
  await button(page, 'Run group').click();
  await expect(fork.getByText(/Of that/)).toHaveCount(0, { timeout: 90_000 });
});

test('on a phone nothing is wider than the screen', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await playGroup(page, site);
  expect(await scrollsSideways(page)).toBe(false);
});

test('on WebGPU too a step is forked, and a switch counts anew', async ({ page, site }) => {
  test.slow();
  await playGroup(page, site, '?backend=webgpu&seed=4&difficulty=one-fact&group=2');
  await expect(page.locator('.machine .chip')).toHaveText('webgpu');
  const fork = group(page).getByRole('region', { name: 'Fork', exact: true });
  await fork.getByRole('button', { name: 'Fork here' }).click();
  await expect(fork.getByText(/Of that, .* was there before step 1/)).toBeVisible({ timeout: 90_000 });
  await group(page).getByLabel('Credit', { exact: true }).selectOption('last-step');
  await expect(group(page).getByText('Only the last step of the rollout gets it')).toBeVisible();
});
