import { button, expect, open, ready, region, test } from './site';

const LANE = /r = −?[\d.]+/;

test('a group: eight lanes with rewards, mean, spread, and advantages with their sign', async ({
  page,
  site,
}) => {
  await open(page, `${site}?difficulty=several`);
  await button(page, 'Run group').click();
  const group = region(page, 'Group');
  await expect(group.getByText(/mean −?[\d.]+, std [\d.]+/)).toBeVisible({ timeout: 110_000 });
  await expect(group.getByRole('radio')).toHaveCount(8);
  await expect(group.locator('.lanes').getByText(LANE)).toHaveCount(8);
  const lanes = group.getByRole('group', { name: 'Rollouts' });
  const advantages = await lanes.getByText(/^A = [+−]?[\d.]+$/).allTextContents();
  expect(advantages).toHaveLength(8);
  const values = advantages.map((text) => Number(text.replace('A = ', '').replace('−', '-')));
  if (values.some((value) => value !== 0)) {
    expect(values.some((value) => value > 0) && values.some((value) => value < 0)).toBe(true);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0))).toBeLessThan(0.2);
    await expect(group.getByText(/\(r − mean\) \/ \(std \+ ε\) = \([−\d.]+ − [−\d.]+\)/)).toBeVisible();
  } else {
    await expect(group.getByText('teaches nothing')).toBeVisible();
  }
  await group.getByRole('radio').first().check();
  await expect(group.getByText(/^A1 = /)).toBeVisible();
});

test('training: steps with metrics, paused between; reloaded, it goes on from the checkpoint', async ({
  page,
  site,
}) => {
  test.setTimeout(240_000);
  await open(page, site);
  const training = region(page, 'Training');
  const set = async (label: string, value: string) => {
    await training.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  };
  // So many that a machine of any speed is still training when Pause is pressed.
  await set('Steps', '12');
  await set('Tasks a step', '1');
  await set('Rollouts a task', '4');
  await button(page, 'Train').click();
  await expect(training.getByText('Training: 0 steps of 12 done.')).toBeVisible();
  await expect(button(page, 'Step')).toBeDisabled();
  await expect(training.getByText(/^Training: [1-9]\d* steps? of 12 done\./)).toBeVisible({
    timeout: 110_000,
  });
  await button(page, 'Pause').click();
  await expect(training.getByText(/^Paused after \d+ steps? of 12/)).toBeVisible({ timeout: 110_000 });
  for (const title of ['Reward and its parts', 'Tool calls', 'KL to the base policy', 'Entropy']) {
    await expect(training.getByRole('img', { name: title })).toBeVisible();
  }
  await expect(training.getByRole('img', { name: /LoRA update, layer by layer/ })).toBeVisible();
  await training.getByText("under TRL's names").click();
  await expect(training.getByRole('row', { name: /rewards\/memory\/mean/ })).toBeVisible();
  await expect(region(page, 'Group').locator('.lanes').getByText(LANE)).toHaveCount(4);

  await page.getByLabel('Played by').selectOption('trained');
  await ready(page);
  await button(page, 'Step').click();
  await ready(page);
  await expect(region(page, 'Policy output').getByText('It is understood as')).toBeVisible();

  const paused = await training.getByText(/^Paused after/).textContent();
  const done = Number(/^Paused after (\d+)/.exec(paused ?? '')?.[1]);
  expect(done).toBeLessThan(12);
  await button(page, 'Stop').click();
  await expect(training.getByText(/^Stopped after/)).toBeVisible();
  const table = training.getByRole('table', { name: 'Reward and its parts' });
  const rows = () => table.getByRole('row').allTextContents();
  const numbers = async () => {
    await training.getByText('Numbers').first().click();
    await expect(table).toBeVisible();
    return rows();
  };
  const before = await numbers();
  await page.reload();
  await ready(page);
  expect(await numbers()).toEqual(before);
  await training.getByRole('button', { name: `Continue from checkpoint (${done} of 12)` }).click();
  await expect(training.getByText(/^Finished: 12 steps/)).toBeVisible({ timeout: 110_000 });
  const after = await rows();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(13);

  await training.getByRole('button', { name: 'Replay side by side' }).click();
  await expect(training.getByRole('article', { name: 'Base policy' })).toBeVisible({ timeout: 60_000 });
  await expect(training.getByRole('article', { name: 'Trained in this tab' })).toBeVisible();
});

test('a finished run plays after a reload', async ({ page, site }) => {
  test.setTimeout(240_000);
  await open(page, site);
  const training = region(page, 'Training');
  for (const [label, value] of [
    ['Steps', '2'],
    ['Tasks a step', '1'],
    ['Rollouts a task', '2'],
  ]) {
    await training.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
  await button(page, 'Train').click();
  await expect(training.getByText(/^Finished: 2 steps/)).toBeVisible({ timeout: 110_000 });
  await page.reload();
  await ready(page);
  await expect(training.getByRole('button', { name: /^Continue from checkpoint/ })).toBeHidden();
  await training.getByRole('button', { name: 'Replay side by side' }).click();
  await expect(training.getByRole('article', { name: 'Trained in this tab' })).toBeVisible({
    timeout: 60_000,
  });
  await page.getByLabel('Played by').selectOption('trained');
  await ready(page);
  await button(page, 'Step').click();
  await ready(page);
  await expect(page.getByRole('alert')).toBeHidden();
});

test('a run that is stopped in the middle of a step leaves the lab usable', async ({ page, site }) => {
  await open(page, site);
  await button(page, 'Train').click();
  await expect(button(page, 'Stop')).toBeEnabled();
  await button(page, 'Stop').click();
  await expect(region(page, 'Training').getByText(/^Stopped after 0 steps/)).toBeVisible({ timeout: 60_000 });
  await button(page, 'Step').click();
  await ready(page);
  await expect(page.getByRole('alert')).toBeHidden();
});

test('on WebGPU as asked for: a step of an episode and a small group', async ({ page, site }) => {
  test.setTimeout(300_000);
  await open(page, `${site}?backend=webgpu&difficulty=one-fact&group=2`);
  await expect(page.locator('.machine .chip')).toHaveText('webgpu');
  await expect(region(page, 'Policy output').getByText('It is understood as')).toBeVisible();
  await button(page, 'Run group').click();
  await expect(region(page, 'Group').locator('.lanes').getByText(LANE)).toHaveCount(2, { timeout: 240_000 });
});
