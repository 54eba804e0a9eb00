import { button, expect, open, ready, region, scrollsSideways, test } from './site';

test('by keys alone: look inside a token, see each head, measure the kernels; it fits a telephone', async ({
  page,
  site,
}) => {
  await open(page, site);
  const inside = region(page, 'Inside');
  const token = inside.getByLabel('Token it wrote', { exact: true });
  await token.focus();
  await page.keyboard.press('Home');
  await expect(token).toHaveValue('0');
  await inside.getByLabel('Layer', { exact: true }).selectOption('1 of 4');
  await button(page, 'Look inside').focus();
  await page.keyboard.press('Enter');
  await expect(inside.getByRole('heading', { name: /^Token 1 of \d+, .*, layer 1$/ })).toBeVisible();
  await expect(inside.getByRole('table', { name: 'Likeliest next tokens' }).locator('tbody tr')).toHaveCount(
    10,
  );
  const heads = inside.getByRole('table', { name: 'Attention of each head' }).getByRole('row');
  await expect(heads).toHaveCount(4);
  await expect(heads.first()).toContainText(/%.*\(\d+\)/);
  await expect(inside.getByText(/tokens of prompt\. The darkest got/)).toBeVisible();
  const before = await inside.locator('.attended').innerHTML();
  await inside.getByLabel('Shade the context by').selectOption('head 2');
  expect(await inside.locator('.attended').innerHTML()).not.toBe(before);
  await inside.getByText('Numbers', { exact: true }).click();
  const numbers = inside.getByRole('table', { name: 'Attention to each token of the context' });
  const shares = await numbers.locator('tbody td:nth-child(3)').allTextContents();
  expect(shares.reduce((sum, text) => sum + Number(text.replace('−', '-')), 0)).toBeCloseTo(1, 1);

  await ready(page);
  await button(page, 'Measure kernels').focus();
  await page.keyboard.press('Enter');
  const kernels = inside.getByRole('table', { name: 'Kernels' });
  await expect(kernels.getByRole('rowheader', { name: /attention/ }).first()).toBeVisible();
  expect(await kernels.locator('tbody tr').count()).toBeGreaterThan(3);
  await inside.getByText('How it computes here').click();
  await expect(
    inside.getByText(/Tokens are decoded (one pass a token|many tokens a dispatch)/),
  ).toBeVisible();

  await page.setViewportSize({ width: 390, height: 900 });
  expect(await scrollsSideways(page)).toBe(false);
});

test('the address forbids faster ways, the device obeys, and a word that it does not know is told', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=webgpu&products=tiles&decode=plain&simd=fastest`);
  await expect(page.getByRole('alert')).toContainText('"fastest" for simd. Known: off, auto, on');
  const inside = region(page, 'Inside');
  await inside.getByText('How it computes here').click();
  const ways = inside.getByRole('list', { name: 'Faster ways' }).getByRole('listitem');
  await expect(ways.filter({ hasText: 'direct products' })).toContainText('off');
  await expect(ways.filter({ hasText: 'many tokens a dispatch' })).toContainText('off: One pass a token');
  await expect(inside.getByText(/Tokens are decoded one pass a token/)).toBeVisible();
});

for (const backend of ['webgpu', 'wasm']) {
  test(`the trained adapter shows what it adds, on ${backend}; another moment begins anew`, async ({
    page,
    site,
  }) => {
    await open(page, `${site}?adapter=shipped&backend=${backend}`);
    const inside = region(page, 'Inside');
    await button(page, 'Look inside').click();
    const added = inside.getByRole('table', { name: 'What the adapter added' });
    await expect(added.getByRole('rowheader', { name: 'q_proj' })).toBeVisible();
    await expect(added.locator('tbody td').first()).toHaveText(/[1-9]/);
    await ready(page);
    const others = inside.getByLabel('Anything else inside');
    for (const name of ['layers.3.mlp.activated', 'logits', 'layers.3.q_proj.lora_B.gradient']) {
      await others.selectOption(name);
      await button(page, 'Show its values').click();
      const values = inside.getByRole('region', { name });
      await expect(values.getByRole('img', { name: /Spread of [\d,]+ values/ })).toBeVisible();
      await expect(values.getByRole('row', { name: /Euclidean norm/ })).toContainText(/[1-9]/);
      await ready(page);
    }
    await button(page, 'Measure kernels').click();
    await expect(inside.getByRole('table', { name: 'Kernels' })).toBeVisible();
    await ready(page);
    await button(page, 'Step').click();
    await ready(page);
    await expect(added).toBeHidden();
    await expect(inside.getByRole('table', { name: 'Kernels' })).toBeHidden();
  });
}
