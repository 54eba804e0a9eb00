/** English and Simplified Chinese: chosen, kept, named by a link, begun with by the browser's own. */
import { expect, open, test } from './site';

test('Chinese by the switch is there after a reload, and a link can ask for English', async ({
  page,
  site,
}) => {
  await open(page, site);
  const choice = page.getByLabel('Language · 语言');
  await expect(page.getByRole('button', { name: 'Run episode' })).toBeVisible();
  await choice.selectOption('zh');
  await expect(page.getByRole('button', { name: '运行回合' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
  await page.goto(site);
  await expect(page.getByRole('button', { name: '运行回合' })).toBeEnabled({ timeout: 60_000 });
  await open(page, `${site}?lang=en`);
  await expect(page.getByRole('button', { name: 'Run episode' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test.describe('in a browser that speaks Chinese', () => {
  test.use({ locale: 'zh-CN' });
  test('the lab does too', async ({ page, site }) => {
    await page.goto(site);
    await expect(page.getByRole('button', { name: '运行回合' })).toBeEnabled({ timeout: 60_000 });
  });
});
