/** English and Simplified Chinese: chosen, kept, named by a link, begun with by the browser's own. */
import type { Page } from '@playwright/test';
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

/** Texts and names of the page on view that are three English words in a row, and neither marked as data nor quoted. */
async function english(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const words = /\p{Script=Latin}{2,}(?:[ ,;:]+\p{Script=Latin}{2,}){2,}/u;
    const data = '[lang=en], [translate=no], code, kbd, pre, samp, script, style, noscript';
    const shown = (text: string | null) => (text ?? '').replace(/“[^”]*”/g, '“”');
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement, textContent } = node;
      if (!parentElement || parentElement.closest(data) || !words.test(shown(textContent))) continue;
      found.push(`${parentElement.closest('section')?.querySelector('h2')?.textContent}: ${textContent}`);
    }
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder]')) {
      if (element.closest(data)) continue;
      for (const name of ['aria-label', 'title', 'placeholder']) {
        const text = shown(element.getAttribute(name));
        if (words.test(text)) found.push(`${name}: ${text}`);
      }
    }
    return [...new Set(found)];
  });
}

test.describe('kept for use without a network', () => {
  test.use({ serviceWorkers: 'allow' });

  test('in Chinese nothing is left in English but data, on every page and in every state', async ({
    page,
    site,
  }) => {
    test.setTimeout(240_000);
    const found: string[] = [];
    const look = async (state: string) =>
      void found.push(...(await english(page)).map((text) => `${state}: ${text}`));
    await page.goto(`${site}?lang=zh&difficulty=one-fact&adapter=shipped&seed=5`);
    await expect(page.getByRole('button', { name: '重置' })).toBeEnabled({ timeout: 90_000 });
    await look('first step');
    await page.getByRole('button', { name: '运行回合' }).click();
    await expect(page.getByText('回合已结束')).toBeVisible({ timeout: 90_000 });
    for (const closed of await page.locator('details:not([open]) > summary').all()) {
      if (await closed.isVisible()) await closed.click();
    }
    await look('episode');
    await page.locator('[data-lesson=run-group]').click();
    await expect(page.locator('[data-lesson=parting]')).toBeVisible({ timeout: 90_000 });
    await look('group');
    await page.getByText('保存在此浏览器中的训练').click();
    await page.getByRole('button', { name: '输入事实，或打开文件' }).click();
    await expect(page.getByRole('button', { name: '保存并演示' })).toBeEnabled();
    await look('runs and own data');
    for (let lesson = 1; lesson <= 8; lesson++) {
      await page.goto(`${site}?lang=zh&lesson=${lesson}`);
      await expect(page.locator('.lessons h2')).toBeVisible();
      await look(`lesson ${lesson}`);
    }
    await page.goto(`${site}?lang=zh&view=memory`);
    const tabs = page.getByRole('tab');
    await expect(tabs.first()).toBeVisible({ timeout: 90_000 });
    for (const one of await tabs.all()) {
      await one.click();
      await expect(page.getByRole('tabpanel').getByRole('heading').first()).toBeVisible();
      await look(`memory, ${await one.textContent()}`);
    }
    expect(found).toEqual([]);
  });
});
