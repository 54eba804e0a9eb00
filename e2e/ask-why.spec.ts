/** Journey 3: ask why of a token, of a tool call, of a part of the reward, of a symbol. */
import { button, expect, open, ready, region, test } from './site';

for (const backend of ['wasm', 'webgpu']) {
  test(`a token says what else was likely and where the policy looked, on ${backend}`, async ({
    page,
    site,
  }) => {
    await open(page, `${site}?backend=${backend}&adapter=shipped`);
    const policy = region(page, 'Policy output');
    const tokens = policy.getByRole('listbox');
    await tokens.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect(policy.getByText(/^Token 2 of \d+/)).toContainText(/probability .*%.*nats/);
    const likely = policy.getByRole('list', { name: 'The likeliest tokens here' }).getByRole('listitem');
    await expect(likely).toHaveCount(10);
    const shares = (await likely.allTextContents()).map((text) =>
      Number.parseFloat(text.match(/([\d.]+)%$/)?.[1] ?? ''),
    );
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    await page.keyboard.press('Enter');
    const words = policy.getByRole('list', { name: 'Words it looked at most' }).getByRole('listitem');
    await expect(words).toHaveCount(6);
    await expect(words.first()).toContainText(/^\s*\d+%/);
    await expect(policy.getByText(/stands (nowhere|\d+ times?) in the context before/)).toBeVisible();
    // Another token asks anew.
    await ready(page);
    await page.keyboard.press('End');
    await expect(words).toHaveCount(0);
    await policy.getByRole('button', { name: /^Why “/ }).click();
    await expect(words).toHaveCount(6);
  });
}

test('a tool call says what it changed in both memories', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm&adapter=shipped`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  const policy = region(page, 'Policy output');
  const at = (moment: number) =>
    page.getByRole('button', { name: new RegExp(`^Go to moment ${moment},`) }).click();
  await at(1);
  await expect(policy.getByText(/^\+ m1: /)).toBeVisible();
  await at(2);
  await expect(policy.getByText(/^± m1: /)).toContainText('Nelby');
  await at(5);
  await expect(policy.getByText(/^− c\d+.* · \+ c\d+ .* → \d+ tokens$/)).toBeVisible();
  await expect(policy.getByText('as before')).toBeVisible();
});

test('a part of the reward says what would have earned more, and leads to where it was missed', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  const rewards = region(page, 'Rewards');
  const storage = rewards.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /storage/ }) });
  await storage.getByText('What would have earned more').click();
  await expect(storage.getByText('No entry says “Warisa lives in Nelby”')).toBeVisible();
  await storage.getByRole('button', { name: 'show moment 2' }).click();
  await expect(page.getByText(/^Moment 2 of/)).toBeVisible();
  await expect(region(page, 'Short-term memory')).toContainText('Warisa has moved to Nelby.');
  // Paid in full: nothing to add.
  const preventive = rewards
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: /preventive/ }) });
  await expect(preventive.locator('td').first()).toHaveText('1');
  await expect(preventive.getByText('What would have earned more')).toHaveCount(0);
});

test('a symbol tells its meaning and equation by key and pointer, and lets go again', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  const rewards = region(page, 'Rewards');
  const symbol = rewards.getByRole('button', { name: 'R_mem: what it means' });
  await symbol.focus();
  await page.keyboard.press('Enter');
  const note = page.getByRole('note', { name: 'memory reward' });
  await expect(note).toContainText('R_mem = (storage + maintenance + relevance) / 3');
  await expect(note).toContainText('[P] App. A.2');
  await page.keyboard.press('Escape');
  await expect(note).toBeHidden();
  await expect(symbol).toBeFocused();
  await page.setViewportSize({ width: 390, height: 700 });
  await region(page, 'Short-term memory').getByRole('button', { name: 'T_max: what it means' }).click();
  const budget = page.getByRole('note', { name: 'context budget' });
  await expect(budget).toBeVisible();
  const box = await budget.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  await page.mouse.click(5, 5);
  await expect(budget).toBeHidden();
});
