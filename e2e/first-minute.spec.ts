/** Journey 1: the page opened cold shows something alive at once, and the live lab takes its place. */
import type { Page } from '@playwright/test';
import { button, expect, open, ready, region, test } from './site';

const moment = (page: Page) => page.getByText(/^Moment \d+ of \d+/);
const notice = (page: Page) => page.getByText('Recorded.', { exact: true });

/** Holds back the policy's weights, as a slow network does, until the returned function is called. */
async function slowWeights(page: Page): Promise<() => void> {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/policy/model.safetensors', async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

test('while the weights come, a recorded episode plays and says so; then the live one takes its place', async ({
  page,
  site,
}) => {
  const release = await slowWeights(page);
  await page.goto(`${site}?backend=wasm`);
  await expect(notice(page)).toBeVisible({ timeout: 5_000 });
  await expect(button(page, 'Pause playing')).toBeVisible();
  await expect(moment(page)).toHaveText(/^Moment 1 of 8/);
  await expect(moment(page)).toHaveText(/^Moment 3 of 8/);
  await expect(region(page, 'Long-term memory').getByRole('listitem').first()).toContainText('Warisa');
  await expect(region(page, 'Rewards').getByText(/^R = 0\.333/)).toBeVisible();

  const both = region(page, 'Before and after training').getByRole('listitem');
  await expect(both.first()).toContainText(
    /Before training.*answers “unknown” · right: “Nelby”.*reward 0\.15/,
  );
  await expect(both.last()).toContainText(/After training.*answers “Nelby”.*reward 0\.93/);
  await expect(page.locator('button.primary:visible:enabled')).toHaveCount(1);

  release();
  await ready(page);
  await expect(notice(page)).toBeHidden();
  await expect(button(page, 'Play')).toBeEnabled();
});

test('weights that come at once do not end the recording: it plays to its end, and nothing moves when it gives way', async ({
  page,
  site,
}) => {
  await page.goto(`${site}?backend=wasm`);
  await expect(notice(page)).toBeVisible();
  await ready(page);
  await expect(notice(page)).toBeVisible();
  const deckAt = () => page.getByRole('slider', { name: 'Moment of the episode' }).boundingBox();
  await expect(moment(page)).toHaveText(/^Moment 4 of 8/);
  const before = await deckAt();
  await expect(moment(page)).toHaveText(/^Moment 8 of 8/);
  await expect(notice(page)).toBeHidden();
  await expect(page.getByText('Live.', { exact: true })).toBeVisible();
  await expect(moment(page)).toHaveText(/^Moment 1 of 2/);
  expect((await deckAt())?.y).toBe(before?.y);
  await expect(button(page, 'Back to the live episode')).toBeDisabled();
});

test('the recording gives way at once to who acts, and to a link that names its task', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  await expect(notice(page)).toBeVisible();
  await button(page, 'Step').click();
  await expect(notice(page)).toBeHidden();
  await open(page, `${site}?backend=wasm`);
  await expect(notice(page)).toBeVisible();
  await button(page, 'Run group').click();
  await expect(notice(page)).toBeHidden();
  await open(page, `${site}?backend=wasm&seed=3`);
  await expect(notice(page)).toBeHidden();
});

test('the run one chose to watch stays until one goes back to the live episode', async ({ page, site }) => {
  const release = await slowWeights(page);
  await page.goto(`${site}?backend=wasm&seed=3`);
  await button(page, 'Watch before training').click();
  await expect(notice(page).locator('..')).toContainText('untrained');
  await button(page, 'Pause playing').click();
  await page.getByRole('button', { name: /^Go to moment 8/ }).click();
  await expect(region(page, 'Policy output')).toContainText('unknown');
  release();
  await ready(page);
  await expect(moment(page)).toHaveText(/^Moment 8 of 8/);
  await expect(page.getByText(/where does Warisa live/i).first()).toBeVisible();
  await button(page, 'Back to the live episode').click();
  await expect(notice(page)).toBeHidden();
  await expect(page.getByText(/Who is Rosa's boss\?/).first()).toBeVisible();
});

test('what was recorded is what the lab plays: same task, dice and adapter, same log', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&adapter=shipped`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible();
  const panels = async () => {
    const seen: (string | null)[] = [];
    for (let at = 1; at <= 8; at++) {
      await page.getByRole('button', { name: new RegExp(`^Go to moment ${at},`) }).click();
      await expect(moment(page)).toHaveText(new RegExp(`^Moment ${at} of 8`));
      for (const name of ['Policy output', 'Short-term memory', 'Rewards']) {
        // Without the question that only a worker can answer.
        seen.push(((await region(page, name).textContent()) ?? '').replace(/Why “.*?”\?/s, ''));
      }
    }
    return seen;
  };
  await page.getByText('What would have earned more').first().waitFor();
  const live = await panels();
  await button(page, 'Watch after training').click();
  await button(page, 'Pause playing').click();
  expect(await panels()).toEqual(live);
});

test.describe('for people who want no motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('the recorded episode stands still at its end, and plays when asked', async ({ page, site }) => {
    const release = await slowWeights(page);
    await page.goto(`${site}?backend=wasm`);
    await expect(notice(page)).toBeVisible();
    await expect(moment(page)).toHaveText(/^Moment 8 of 8/);
    await button(page, 'Play').click();
    await expect(moment(page)).toHaveText(/^Moment 2 of 8/);
    release();
  });
});

test.describe('without the recording', () => {
  test.use({ mayComplain: true });
  test('the lab opens all the same', async ({ page, site }) => {
    await page.route('**/recorded/**', (route) => route.abort());
    await open(page, `${site}?backend=wasm`);
    await expect(region(page, 'Before and after training')).toHaveCount(0);
    await expect(moment(page)).toBeVisible();
  });
});

test('nothing of the two runs covers anything else, in large type and in Chinese too', async ({
  page,
  site,
}) => {
  for (const query of ['', '&present=1', '&present=1&lang=zh']) {
    await page.goto(`${site}?backend=wasm${query}`);
    await expect(page.locator('.recorded-run')).toHaveCount(2);
    for (const width of [390, 860, 1024, 1280, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const covered = await page.locator('.recorded-run').evaluateAll((runs) =>
        runs.flatMap((run) => {
          const boxes = [...run.children].map((child) => child.getBoundingClientRect());
          return boxes.flatMap((a, i) =>
            boxes
              .slice(i + 1)
              .filter(
                (b) =>
                  a.left < b.right - 1 &&
                  b.left < a.right - 1 &&
                  a.top < b.bottom - 1 &&
                  b.top < a.bottom - 1,
              )
              .map((b) => [a, b]),
          );
        }),
      );
      expect(covered, `${query} at ${width}`).toEqual([]);
    }
  }
});
