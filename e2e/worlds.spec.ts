/** Worlds: each of the five is chosen, played to its end by the demonstrator, and its picture follows the moment. */
import type { Page } from '@playwright/test';
import { button, expect, open, region, scrollsSideways, test } from './site';

const WORLDS = [
  { family: 'hotpotqa', seen: /supports the answer/ },
  { family: 'babyai', seen: /The agent is in column/ },
  { family: 'pddl', seen: /had no effect|Actions/ },
  { family: 'alfworld', seen: /In the hand/ },
  { family: 'scienceworld', seen: /Ways:/ },
];

const world = (page: Page) => region(page, 'The world');

test('each world is chosen, played by the demonstrator and seen at every moment', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm&player=demonstrator&difficulty=one-fact`);
  for (const { family, seen } of WORLDS) {
    await page.getByLabel('About').selectOption(family);
    await expect(world(page)).toContainText('Stage 3 has not begun');
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible();
    await expect(world(page)).toContainText(seen);
    await expect(world(page)).not.toContainText('Stage 3 has not begun');
    await expect(world(page).locator('.world-figures')).toContainText('1.00');
    await button(page, 'Back').click();
    await expect(world(page)).toBeVisible();
  }
  // The link plays the same, and a question without a world has no panel.
  expect(new URL(page.url()).search).toContain('player=demonstrator');
  await page.getByLabel('About').selectOption('qa');
  await expect(world(page)).toHaveCount(0);
});

test('worlds of one’s own: a level and a PDDL problem are opened, and played by the demonstrator', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  const own = region(page, 'Your own data');
  await own.getByRole('button', { name: 'Type facts, or open a file' }).click();
  const level =
    'mission: go to the green ball\nb = green ball\nd = red door\nmap:\n#########\n#>..d.b.#\n#########\n';
  const swap = `(define (problem swap) (:domain blocksworld-4ops) (:objects a b)
  (:init (arm-empty) (on-table a) (on b a) (clear b)) (:goal (and (on a b))))`;
  const given = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const field = own.getByLabel(/^A file of tasks/);
  await field.setInputFiles(given('hall.txt', level.replace('#>..d', '#>..z')));
  await expect(own.getByText(/^Line 6, column 5: /)).toBeVisible();
  await field.setInputFiles([given('hall.txt', level), given('swap.pddl', swap)]);
  const set = own.getByRole('region', { name: 'The set hall' });
  for (const [n, seen] of [
    [1, /Mission go to the green ball/],
    [2, /Stack a on b/i],
  ] as const) {
    await set.getByRole('button', { name: `Let the demonstrator play task ${n}` }).click();
    await expect(world(page)).toContainText('Stage 3 has not begun');
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible();
    await expect(world(page)).toContainText(seen);
    await expect(world(page).locator('.world-figures')).toContainText('1.00');
  }
  const blocks = world(page).getByRole('img', { name: 'Blocks as they stand, listed in words below' });
  await expect(blocks).toBeVisible();
});

test('on a phone the pictures fit', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const { family } of WORLDS) {
    await open(page, `${site}?backend=wasm&player=demonstrator&family=${family}`);
    await expect(world(page).locator('.world-figures')).toBeVisible();
    expect(await scrollsSideways(page)).toBe(false);
  }
  // Its many moments scroll within their strip, and the one on view is seen.
  await open(page, `${site}?backend=wasm&player=demonstrator&family=errands&difficulty=tight-context&seed=3`);
  await expect(page.getByLabel('About').locator('option:checked')).toHaveText('a long day of questions');
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  const moments = page.getByRole('list', { name: 'Moments' }).getByRole('button');
  expect(await moments.count()).toBeGreaterThan(150);
  expect(await scrollsSideways(page)).toBe(false);
  await expect(moments.last()).toBeInViewport();
  expect((await moments.last().boundingBox())?.width).toBeGreaterThanOrEqual(24 - 0.5);
});
