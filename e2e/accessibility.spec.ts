/** axe on every page and state of the lab, in both colour schemes: nothing of WCAG 2.2 A and AA, nothing of its best practice. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { add, openMemory, row, rows, tab } from './memory-page';
import { button, expect, open, region, test } from './site';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds in the page as it is, a line a place. */
async function findings(page: Page, state: string): Promise<readonly string[]> {
  // Colours in the middle of a transition belong to neither state.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime ?? 0)));
    return Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1).join(' ').trim() ?? '';
      return `${state}: ${id} (${help}) at ${target.join(' ')}: ${why}`;
    }),
  );
}

/** Each with a width: what fits at one may scroll at the other. */
const WAYS = [
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 390 },
] as const;

for (const { colorScheme, width } of WAYS) {
  test.describe(`in ${colorScheme} colours, ${width} px wide`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 }, contextOptions: { reducedMotion: 'reduce' } });
    test.setTimeout(240_000);

    test('one episode, a group, training, what if', async ({ page, site }) => {
      const found: string[] = [];
      const look = async (state: string) => void found.push(...(await findings(page, state)));
      // Held before its first answer, so that it is this stage that is looked at.
      await page.route('**/model.safetensors', () => undefined);
      await page.goto(site);
      await expect(page.getByRole('progressbar', { name: 'Loading' })).toBeVisible();
      await look('opening');
      await page.unroute('**/model.safetensors');
      await open(page, `${site}?difficulty=one-fact&adapter=shipped&seed=5`);
      await look('first step');
      await button(page, 'Run episode').click();
      await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
      await page.getByText('What the policy is not told').click();
      await look('episode ended');
      await button(page, 'Run group').click();
      await expect(region(page, 'Group').getByRole('radio').first()).toBeVisible({ timeout: 90_000 });
      await look('group');
      const training = region(page, 'Training');
      await training.getByRole('button', { name: 'One update' }).click();
      await expect(training.getByText(/^Paused after/)).toBeVisible({ timeout: 90_000 });
      await look('one update');
      await training.getByText('Runs kept in this browser').click();
      await expect(training.locator('.run-card').first()).toBeVisible();
      await look('runs');
      await region(page, 'Your own data').getByRole('button', { name: 'Type facts, or open a file' }).click();
      await expect(page.getByRole('button', { name: 'Keep and play' })).toBeEnabled();
      await look('own data');
      await region(page, 'What if').getByRole('button').first().click();
      await expect(page.locator('.exhibit-list')).toBeVisible();
      const judge = region(page, 'A model as judge');
      await judge.getByRole('button', { name: 'Ask the model' }).click();
      await judge.getByRole('button', { name: 'Judge this episode' }).click();
      await expect(judge.getByRole('table')).toBeVisible({ timeout: 90_000 });
      await look('what if, and judged');
      const table = region(page, 'The table');
      await table.getByRole('button', { name: 'Show the table' }).click();
      await table.getByLabel('Shown as').selectOption('difference');
      await table
        .getByRole('button', { name: /better/ })
        .first()
        .click();
      await table.getByRole('button', { name: 'Episode 1', exact: true }).click();
      await expect(table.getByRole('region', { name: /^Episode 1 of/ })).toBeVisible({ timeout: 90_000 });
      await table.getByRole('button', { name: 'Choose what to play' }).click();
      await table.getByRole('button', { name: 'Run the table' }).click();
      await table.getByRole('button', { name: 'Pause the table' }).click();
      await expect(table.getByRole('button', { name: 'Go on' })).toBeVisible();
      await look('the table, an episode of a cell, a run that is paused');
      await page.keyboard.press('F2');
      await look('presenting');
      expect(found).toEqual([]);
    });

    test('memories compared', async ({ page, site }) => {
      await open(page, `${site}?difficulty=revisions&adapter=shipped&seed=1`);
      const memories = region(page, 'Memories compared');
      await memories.getByRole('button', { name: 'Compare on this task' }).click();
      await expect(memories.getByRole('region', { name: 'Mem0 in full' })).toBeVisible({ timeout: 90_000 });
      await memories.getByRole('radio', { name: 'Mem0-graph', exact: true }).check();
      await expect(memories.getByRole('region', { name: 'The graph' })).toBeVisible({ timeout: 90_000 });
      await memories.getByText('What a model would be given').first().click();
      expect(await findings(page, 'memories compared')).toEqual([]);
    });

    test('lessons and Chinese', async ({ page, site }) => {
      const found: string[] = [];
      const look = async (state: string) => void found.push(...(await findings(page, state)));
      await open(page, `${site}?view=lessons`);
      await expect(page.getByRole('complementary', { name: 'Lessons' })).toBeVisible();
      await look('list of lessons');
      await open(page, `${site}?lesson=5`);
      await look('a lesson');
      await page.goto(`${site}?lang=zh&lesson=4`);
      await expect(button(page, '重置')).toBeEnabled({ timeout: 90_000 });
      await look('a lesson in Chinese');
      expect(found).toEqual([]);
    });

    test('models: the list, a folder that was picked, what a set-up changes', async ({ page, site }) => {
      const found: string[] = [];
      const look = async (state: string) => void found.push(...(await findings(page, state)));
      await page.goto(`${site}?view=models`);
      await expect(region(page, 'Set-up')).toBeVisible({ timeout: 90_000 });
      await look('the list');
      await page.getByLabel('Drop the folder of a model here, or choose it:').setInputFiles('public/policy');
      await expect(button(page, 'Add it to the list')).toBeEnabled();
      await page.getByLabel('Top-p').fill('0.9');
      await page.getByLabel('Top-p').blur();
      await look('a folder that was picked, a set-up that was changed');
      await button(page, 'Add it to the list').click();
      await expect(page.getByText('✓ here until this tab closes')).toBeVisible();
      await page.getByRole('button', { name: 'Take off the list' }).first().click();
      await look('what leaves the list');
      expect(found).toEqual([]);
    });

    test('memory, every tab of it', async ({ page, site }) => {
      const found: string[] = [];
      const look = async (state: string) => void found.push(...(await findings(page, state)));
      await openMemory(page, site);
      await look('empty');
      await add(page, 'Rosa has boss Hana', '{"memory_type":"fact"}');
      await add(page, 'Thank you, have a nice day!');
      await page.getByLabel('Search').fill('boss');
      await expect(rows(page).first()).toContainText('Rosa has boss Hana');
      await row(page, 'Rosa').click();
      await expect(region(page, 'Entry m1')).toBeVisible();
      await look('an entry, found');
      for (const name of ['Journal', 'Audit', 'Import and export', 'Profiles', 'Kept safe', 'Settings']) {
        await tab(page, name).click();
        await expect(page.getByRole('tabpanel').getByRole('heading').first()).toBeVisible();
        await look(name);
      }
      expect(found).toEqual([]);
    });
  });
}
