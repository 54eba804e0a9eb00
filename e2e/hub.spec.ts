/**
 * The Hugging Face hub itself, at its own address and under the content security policy; what answers there is the hub
 * under test. So what is told of each request, and what a host means to whom it does not let read, is seen as it will be.
 */
import { fileURLToPath } from 'node:url';
import { serve } from '../scripts/static-server.mjs';
import { hubModels } from './hub-models';
import { serveHub } from './hub-server';
import { expect, test as labTest, region } from './site';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const NAME = 'agemem-lab/policy';
const ASKED = 'Asked of other hosts in this visit';

const test = labTest.extend<{ places: { site: string; hub: string } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a destructured first argument
  places: async ({}, use) => {
    const site = await serve({ folder: DIST, port: 4330 });
    const hub = await serveHub(hubModels());
    await use({ site: site.url, hub: hub.url });
    await hub.close();
    await site.close();
  },
});

// The browser complains of an answer that it may not hand over.
test.use({ mayComplain: true });

test('is asked by name only, each request told; a hub that does not let the page read is named, and then goes on', async ({
  page,
  places,
}) => {
  let lets = false;
  await page.route('https://huggingface.co/**', async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const response = await route.fetch({ url: `${places.hub}hub/itself/none${pathname}${search}` });
    // Left out, Playwright would allow it.
    const allowed = { 'access-control-allow-origin': lets ? '*' : 'https://another.example' };
    await route.fulfill({ response, headers: { ...response.headers(), ...allowed } });
  });
  await page.goto(`${places.site}?view=models&backend=wasm`);
  const add = region(page, 'Add a model');
  await expect(add).toBeVisible({ timeout: 90_000 });
  await expect(region(page, ASKED)).toContainText('No other host was asked.');
  const lookUp = async () => {
    await add.getByLabel('Name (owner/name) or address').fill(NAME);
    await add.getByRole('button', { name: 'Look it up' }).click();
  };
  await lookUp();
  await expect(add.getByRole('alert')).toContainText('huggingface.co gave no answer');
  const list = `https://huggingface.co/api/models/${NAME}/revision/main?blobs=true`;
  await expect(region(page, ASKED)).toContainText(list);

  lets = true;
  await lookUp();
  const own = page.getByRole('listitem').filter({ hasText: `${NAME} @` });
  await own.getByRole('button', { name: /^Download 1\.\d MB/ }).click();
  await expect(own).toContainText('✓ kept, usable offline');
  await expect(region(page, ASKED)).toContainText(/resolve\/[0-9a-f]{40}\/model\.safetensors/);

  await page.unroute('https://huggingface.co/**');
  await page.route('https://huggingface.co/**', (route) => route.abort());
  await page.reload();
  await expect(own).toContainText('✓ kept, usable offline', { timeout: 90_000 });
  await expect(region(page, ASKED)).toContainText('No other host was asked.');
});
