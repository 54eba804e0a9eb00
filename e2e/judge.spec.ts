import { button, expect, open, ready, region, scrollsSideways, test } from './site';

test('the bundled policy judges: free it fails in plain words, held to scores its agreement tells what they are worth', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&seed=4`);
  const panel = region(page, 'A model as judge');
  await panel.getByRole('button', { name: 'Ask the model' }).click();
  await expect(panel.getByText('was never taught to judge')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Judge this episode' })).toBeDisabled();

  await button(page, 'Run episode').click();
  await panel.getByRole('button', { name: 'Judge this episode' }).click({ timeout: 90_000 });
  const judged = panel.getByRole('table', { name: 'The same episode, by the rules and by the judge' });
  await expect(judged.getByRole('row', { name: /^answer/ })).toContainText('failed', { timeout: 60_000 });
  await expect(judged.getByText(/^Unreadable: /).first()).toBeVisible();
  await expect(judged.getByRole('row', { name: /^R / })).toContainText('Where the judge failed');
  await expect(panel.getByText('asked in few words')).toBeVisible();

  await panel.getByLabel('Episodes', { exact: true }).fill('4');
  await panel.getByRole('button', { name: 'Measure agreement' }).click();
  const agreement = panel.getByRole('table', { name: /4 held-out episodes/ });
  await expect(agreement.getByRole('row', { name: /^answer/ })).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText('Replies that could not be read')).toBeVisible();

  await ready(page);
  await panel.getByLabel('can write nothing but a score').check();
  await panel.getByRole('button', { name: 'Measure agreement' }).click();
  await expect(panel.getByText('Replies that could not be read')).toBeHidden({ timeout: 60_000 });
  await expect(panel.getByRole('table', { name: 'Answers, right from 0.5 on' })).toBeVisible();
  await expect(panel.getByRole('img', { name: 'answer' })).toBeVisible();

  await ready(page);
  await panel.getByLabel('Distractors', { exact: true }).selectOption('model');
  await expect(page).toHaveURL(/distractors=model/);
  await expect(panel.getByText(/Distractors of this episode: \d+ of \d+ written by/)).toBeVisible({
    timeout: 60_000,
  });
  // An episode opened anew is another one, and was not judged.
  await expect(judged).toBeHidden();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
});
