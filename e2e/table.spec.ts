/** The table of methods and worlds: there before anybody runs anything, by reader and figure, also on a phone. */
import { button, expect, open, region, scrollsSideways, test } from './site';

test('recorded cells with their intervals, what does not fit, and the paper beside them', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  const panel = region(page, 'The table');
  await button(page, 'Show the table').click();
  const row = (name: string) =>
    panel
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
      .first();
  await expect(row('Mem0')).toContainText(/0\.98 \[0\.\d\d, 1\.\d\d\]/);
  await panel.getByLabel('Read by').selectOption('quick');
  await expect(row('AgeMem')).toContainText(/0\.71 \[0\.60, 0\.82\]/);
  await expect(row('RAG')).toContainText('do not fit');
  await panel.getByLabel('Figure').selectOption('prompt-tokens');
  await expect(panel.getByRole('caption').first()).toContainText('prompt tokens a step');
  await expect(panel).toContainText('54.31');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
});
