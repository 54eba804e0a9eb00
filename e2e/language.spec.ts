/** English and Simplified Chinese: chosen, kept, named by a link, begun with by the browser's own. */
import type { Page } from '@playwright/test';
import { button, expect, open, region, test } from './site';

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
    // A view that another one hides is drawn when it is shown again.
    const hidden = '[style*="display: none"]';
    const data = `[lang=en], [translate=no], code, kbd, pre, samp, script, style, noscript, ${hidden}`;
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

  test('another language keeps what is open, chosen and typed, and leaves nothing of the one before', async ({
    page,
    site,
  }) => {
    await open(page, `${site}?backend=wasm&adapter=shipped&difficulty=one-fact&seed=5`);
    await button(page, 'Run episode').click();
    await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
    await button(page, 'Run group').click();
    await expect(page.locator('[data-lesson=parting]')).toBeVisible({ timeout: 90_000 });
    await page.getByText('What LoRA learned: layers, decisions, strength').click();
    await button(page, 'Change something').click();
    const whatIf = region(page, 'What if');
    await whatIf.getByLabel('It writes').fill('certainly not');
    await whatIf.getByRole('button', { name: /^Without|^No reset/ }).click();
    await page.getByRole('link', { name: 'Memory', exact: true }).click();
    await button(page, 'Add an entry').click();
    await region(page, 'New entry').getByLabel('Content').fill('Rosa, Botor');
    await page.getByLabel('Language · 语言').selectOption('zh');
    const written = page.locator('.entry-form textarea').first();
    await expect(page.getByRole('tab').first()).toHaveText(/\p{Script=Han}/u);
    await expect(written).toHaveValue('Rosa, Botor');
    expect(await english(page)).toEqual([]);
    await page.getByRole('link', { name: '单个回合', exact: true }).click();
    await expect(page.locator('.what-if-form textarea').first()).toHaveValue('certainly not');
    await expect(page.locator('.exhibit-list [aria-pressed=true]')).toHaveCount(1);
    await expect(page.locator('details.learned')).toHaveAttribute('open');
    expect(await english(page)).toEqual([]);
  });

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
    await page.evaluate(() => {
      // A list that is taken at once: located one by one, the next moves up as one opens.
      for (const closed of document.querySelectorAll('details:not([open])'))
        (closed as HTMLDetailsElement).open = true;
    });
    await expect(page.locator('details:not([open])')).toHaveCount(0);
    await look('episode');
    await page.getByRole('button', { name: /留作我自己的$/ }).click();
    await page.locator('[data-lesson=run-group]').click();
    await expect(page.locator('[data-lesson=parting]')).toBeVisible({ timeout: 90_000 });
    await look('group');
    const training = page.locator('#training');
    await training.getByRole('button', { name: '更新一次' }).click();
    await expect(training.getByText(/^已在/)).toBeVisible({ timeout: 110_000 });
    await expect(page.locator('.run-card')).toHaveCount(1);
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
    await page.goto(`${site}?lang=zh&view=models`);
    await expect(page.getByRole('heading', { name: '添加模型' })).toBeVisible({ timeout: 90_000 });
    await look('models');
    expect(found).toEqual([]);
  });
});
