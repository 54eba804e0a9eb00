/** The paper beside ours: claims with what is found here, components, curves with their numbers; also on a phone, for axe, in Chinese. */
import AxeBuilder from '@axe-core/playwright';
import { button, expect, open, region, scrollsSideways, test } from './site';

test('claims, components and curves of the recorded ablation', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm`);
  await button(page, 'Show the table').click();
  const part = region(page, 'The paper beside ours');
  await expect(part.getByText(/^Of \d+ claims of the paper \d+ hold here/)).toBeVisible();
  const claims = part.getByRole('table').filter({ hasText: 'Claims of the paper' });
  const retrieve = claims.getByRole('row').filter({ hasText: 'Retrieve_memory' });
  await expect(retrieve).toContainText('2.31 → 1.95');
  await expect(retrieve).toContainText(/(holds|the other way|cannot be told)$/);
  await expect(part.getByRole('table').filter({ hasText: '+LT/ST/RL' })).toContainText('0.54');

  const chart = part.getByRole('figure').filter({ hasText: 'Memory quality' });
  await expect(chart.getByRole('img', { name: 'Memory quality' })).toBeVisible();
  await chart.getByText('Numbers').click();
  await expect(chart.getByRole('columnheader')).toContainText([
    'step',
    'trained with all rewards (share)',
    'trained with all rewards, lower bound (share)',
    'trained with all rewards, upper bound (share)',
    'trained for the answer alone (share)',
  ]);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).include('.ablation').analyze();
    expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id} at ${nodes[0].target}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await scrollsSideways(page)).toBe(false);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByLabel('Language · 语言').selectOption('zh');
  await expect(region(page, '论文与本项目并列')).toContainText(/论文的 \d+ 条结论中/);
});
