/** What was kept cannot be opened: the lab works, and no page of it passes an empty memory for the user's own. */
import { button, expect, test } from './site';

const NEWER = 1_000_000;

test('memory of a newer version: said on the page of memory as long as it is so, the database left as it is', async ({
  page,
  site,
}) => {
  await page.goto(`${site}?view=memory`);
  await expect(button(page, 'Add an entry')).toBeVisible({ timeout: 90_000 });
  const told = page.getByRole('alert').filter({ hasText: 'is gone when this tab is closed' });
  await expect(told).toBeHidden();
  await page.evaluate(
    (version) =>
      new Promise<void>((resolve, reject) => {
        const asked = indexedDB.open('agemem-lab', version);
        asked.onerror = () => reject(asked.error);
        asked.onsuccess = () => {
          asked.result.close();
          resolve();
        };
      }),
    NEWER,
  );
  await page.reload();
  await expect(button(page, 'Add an entry')).toBeVisible({ timeout: 90_000 });
  await expect(told).toContainText('What this site has kept cannot be opened, and nothing of it was changed');
  await expect(told).toContainText('written by a newer version of this page');
  // The next one moves up as one goes.
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  await page.getByRole('tab', { name: 'Journal' }).click();
  await expect(told).toBeVisible();
  const versions = await page.evaluate(async () =>
    (await indexedDB.databases()).map(({ version }) => version),
  );
  expect(versions).toContain(NEWER);
});
