import { button, expect, open, ready, region, test } from './site';

const PANELS = ['Policy output', 'Short-term memory', 'Long-term memory', 'Rewards'];

test('the page is alive at once: the first step has been played, and the worker says what it runs on', async ({
  page,
  site,
}) => {
  await open(page, site);
  for (const name of [...PANELS, 'Group', 'Training']) await expect(region(page, name)).toBeVisible();
  await expect(region(page, 'Policy output').getByRole('listbox')).toBeVisible();
  await expect(region(page, 'Policy output').getByText('It is understood as')).toBeVisible();
  await expect(region(page, 'Short-term memory').getByText(/\d+ of \d+ tokens/)).toBeVisible();
  await expect(page.getByText('behaviour-cloned from a scripted demonstrator')).toBeVisible();
  await page
    .getByText(/WebAssembly|SwiftShader|WebGPU/)
    .first()
    .click();
  await expect(page.getByRole('table', { name: 'Other back ends' })).toBeVisible();
});

test('an episode runs to its end and is paid; back and forward show exactly the same again', async ({
  page,
  site,
}) => {
  await open(page, site);
  await button(page, 'Step').click();
  await ready(page);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await expect(region(page, 'Rewards').getByText(/^R = 0\./)).toBeVisible();
  await expect(button(page, 'Step')).toBeDisabled();

  const look = async () => Promise.all(PANELS.map((name) => region(page, name).textContent()));
  const slider = page.getByRole('slider', { name: 'Moment of the episode' });
  const last = Number(await slider.getAttribute('max'));
  expect(last).toBeGreaterThan(3);
  const moments = [await look()];
  for (let at = last; at > 0; at--) {
    await button(page, 'Back').click();
    await expect(slider).toHaveValue(String(at - 1));
    moments.unshift(await look());
  }
  await expect(button(page, 'Back')).toBeDisabled();
  expect(new Set(moments.map((moment) => moment.slice(0, 2).join())).size).toBe(moments.length);
  for (let at = 1; at <= last; at++) {
    await button(page, 'Forward').click();
    await expect(slider).toHaveValue(String(at));
    expect(await look()).toEqual(moments[at]);
  }
  await expect(button(page, 'Forward')).toBeDisabled();
});

test('the same seed and dice give the same episode after a reset, other dice another one', async ({
  page,
  site,
}) => {
  const play = async () => {
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
    return Promise.all(PANELS.map((name) => region(page, name).textContent()));
  };
  await open(page, `${site}?seed=7&dice=3&difficulty=several`);
  const first = await play();
  await button(page, 'Reset').click();
  await ready(page);
  await expect(page.getByText('The episode is over.')).toBeHidden();
  expect(await play()).toEqual(first);
  await page.getByLabel('Dice', { exact: true }).fill('4');
  await page.keyboard.press('Enter');
  await ready(page);
  await expect(page).toHaveURL(/dice=4/);
  expect(await play()).not.toEqual(first);
});

test('keys alone: step, go back and forward, read a token', async ({ page, site }) => {
  await open(page, site);
  await button(page, 'Step').focus();
  await page.keyboard.press('Enter');
  const words = page.getByText(/^Moment \d+ of \d+/);
  // The step has been taken when its moment is on view; the buttons alone may not have noticed it yet.
  await expect(words).toHaveText(/^Moment 2 of/);
  await ready(page);
  await button(page, 'Reset').focus();
  const before = (await words.textContent()) ?? '';
  await page.keyboard.press('ArrowLeft');
  await expect(words).not.toHaveText(before);
  await page.keyboard.press('ArrowRight');
  await expect(words).toHaveText(before);

  const tokens = region(page, 'Policy output').getByRole('listbox');
  await tokens.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText(/^Token 1 of \d+/)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/^Token 2 of \d+/)).toBeVisible();
  await expect(words).toHaveText(before);

  const outline = await tokens.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).toBe('solid');
});

test('what one keeps of an episode is there after a reload, apart from the episode', async ({
  page,
  site,
}) => {
  await open(page, `${site}?adapter=none&difficulty=several&seed=5`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  const memory = region(page, 'Long-term memory');
  const keep = memory.getByRole('button', { name: /^Keep \d+ entr/ });
  for (let seed = 6; seed < 12 && !(await keep.isVisible()); seed++) {
    await button(page, 'Next task').click();
    await ready(page);
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  }
  await keep.click();
  const own = memory.getByText(/^Your own memory \((?!0\))\d+\)/);
  await expect(own).toBeVisible();
  const count = (await own.textContent()) ?? '';
  await page.reload();
  await ready(page);
  await expect(memory.getByText(count)).toBeVisible();
  await memory.getByText(count).click();
  await memory.getByRole('button', { name: 'Forget all' }).click();
  await expect(memory.getByText('Your own memory (0)')).toBeVisible();
});
