/** Memories compared on the task on view: chosen by keyboard, a correction met, the graph, reading; also on a phone. */
import AxeBuilder from '@axe-core/playwright';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

test('each memory on the user’s own episode, next to AgeMem', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm&adapter=shipped&difficulty=revisions&seed=1`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  const panel = region(page, 'Memories compared');
  await panel.getByRole('button', { name: 'Compare on this task' }).click();

  // Mem0 is played at once: the corrected fact is rewritten, for a reason that is told.
  const mem0 = panel.getByRole('region', { name: 'Mem0 in full' });
  await expect(mem0).toBeVisible({ timeout: 60_000 });
  const correction = mem0.getByRole('region', { name: 'What becomes of a correction' });
  await expect(correction.getByRole('article', { name: 'Mem0' })).toContainText(/m1similarity 0\.58UPDATE/);
  await expect(correction.getByRole('article', { name: 'AgeMem' })).toContainText('_memory');
  await expect(mem0.getByText('reply by a rule').first()).toBeVisible();

  // From row to row and from message to message by arrow keys, which do not move the episode.
  const moment = page.getByRole('slider', { name: 'Moment of the episode' });
  const before = await moment.inputValue();
  await mem0.getByRole('radio', { name: /^message 2 of the user/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(mem0.getByRole('radio', { name: /^message 3 of the user/ })).toBeChecked();
  await panel.getByRole('radio', { name: 'Mem0', exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  const graph = panel.getByRole('region', { name: 'The graph' });
  await expect(graph.getByRole('img', { name: /^A graph of \d+ entities/ })).toBeVisible({ timeout: 60_000 });
  await expect(graph.getByRole('row', { name: /^e2/ })).toContainText('✓ read');
  expect(await moment.inputValue()).toBe(before);

  await panel.getByRole('button', { name: 'Play all that are missing' }).click();
  await expect(panel.getByText('not played yet')).toHaveCount(0, { timeout: 60_000 });
  await expect(panel.getByRole('row', { name: /^AgeMem, the episode on view/ })).toContainText(/[✓✗]/);
  await expect(panel.getByRole('row', { name: /^no memory/ })).toContainText('✗');

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .include('[data-lesson="baselines"]')
      .withTags(TAGS)
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  }
});

test('a task without corrections offers one; replies asked of a small model are told as not fitting', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm&difficulty=one-fact&seed=2`);
  const panel = region(page, 'Memories compared');
  await panel.getByRole('button', { name: 'Compare on this task' }).click();
  await panel.getByRole('button', { name: 'Play a task with corrections' }).click({ timeout: 60_000 });
  await expect(page).not.toHaveURL(/one-fact/);
  await expect(panel.getByText('Said first')).toBeVisible({ timeout: 60_000 });
  await ready(page);
  await panel.getByLabel('Their calls are answered').selectOption('model');
  await panel.getByRole('button', { name: 'Play Mem0' }).click();
  await expect(
    panel.getByText(/Try 1 was not taken: the prompt needs \d+ of \d+ tokens/).first(),
  ).toBeVisible({
    timeout: 60_000,
  });
  await expect(panel.getByText('a rule stands in', { exact: true }).first()).toBeVisible();
});
