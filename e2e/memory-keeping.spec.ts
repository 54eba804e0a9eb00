/** Memories as wholes on the memory page: profiles, files, sizes far beyond the usual, embedders, backups, loss. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { add, list, openMemory, row, rows, said, tab } from './memory-page';
import { button, expect, region, test } from './site';

test('profiles: made, copied, compared, and deleted after a last chance that names what goes', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await add(page, 'Rosa has boss Hana');
  await tab(page, 'Profiles').click();
  const profiles = region(page, 'Profiles');
  await profiles.getByRole('button', { name: 'Copy Personal …' }).click();
  await profiles.getByLabel('Name of the copy of Personal').fill('Work');
  await page.keyboard.press('Enter');
  await said(page, 'Copied to “Work”.');
  await profiles.getByRole('button', { name: 'Open Work' }).click();
  await tab(page, 'Entries').click();
  await row(page, 'Rosa').click();
  await region(page, 'Entry m1').getByLabel('Content').fill('Rosa has boss Botor');
  await button(page, 'Save').click();
  await said(page, 'Changed m1.');
  await add(page, 'Mila likes cocoa');
  await tab(page, 'Profiles').click();
  const compare = region(page, 'Compare');
  await compare.getByLabel('This one').selectOption({ label: 'Work' });
  await compare.getByLabel('with').selectOption({ label: 'Personal' });
  await compare.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(compare.getByRole('region', { name: 'Only in Work' })).toContainText('Mila likes cocoa');
  const different = compare.getByRole('region', { name: 'Different' });
  await expect(different.locator('del')).toContainText('Botor');
  await expect(different.locator('ins')).toContainText('Hana');

  await profiles.getByRole('button', { name: 'Delete … Work' }).click();
  const chance = profiles.getByRole('alertdialog');
  await expect(chance).toContainText(
    /Delete “.?Work.?”: 2 entries and 3 journal records\. This cannot be undone/,
  );
  await expect(chance.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(chance).toBeHidden();
  await profiles.getByRole('button', { name: 'Delete … Work' }).click();
  await chance.getByRole('button', { name: 'Delete “Work” for good' }).click();
  await said(page, 'Deleted “Work”.');
  await expect(page.getByLabel('Memory', { exact: true })).toHaveValue('user/default');
});

test('taken out as a file, deleted with its profile, brought back by import; to the byte the same file again', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await tab(page, 'Profiles').click();
  await page.getByLabel('A new profile').fill('Work');
  await page.keyboard.press('Enter');
  await said(page, 'Created “Work”.');
  await tab(page, 'Entries').click();
  await add(page, 'Rosa has boss Hana', '{ "person": "Rosa" }');
  await add(page, 'line\nbreak \u202E <b>');
  const save = async () => {
    await tab(page, 'Import and export').click();
    const download = page.waitForEvent('download');
    await region(page, 'Export').getByRole('button', { name: 'JSON Lines', exact: true }).click();
    const file = await (await download).path();
    return { file, bytes: await readFile(file) };
  };
  const first = await save();
  await tab(page, 'Profiles').click();
  await region(page, 'Profiles').getByRole('button', { name: 'Delete … Work' }).click();
  await page.getByRole('button', { name: 'Delete “Work” for good' }).click();
  await said(page, 'Deleted “Work”.');
  await page.getByLabel('A new profile').fill('Work');
  await page.keyboard.press('Enter');
  await said(page, 'Created “Work”.');
  await tab(page, 'Import and export').click();
  await region(page, 'Import').locator('input[type=file]').setInputFiles({
    name: 'work.jsonl',
    mimeType: 'application/jsonl',
    buffer: first.bytes,
  });
  const preview = page.getByRole('region', { name: 'Preview of the import' });
  await expect(preview).toContainText('+ 2 added');
  await preview.getByRole('button', { name: 'Import 2 entries' }).click();
  await said(page, 'Imported work.jsonl.');
  expect((await save()).bytes.equals(first.bytes)).toBe(true);
});

test('forgotten for good: told what goes, then in no record, no earlier state and no file any more', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await add(page, 'The cellar opens with magpie');
  await add(page, 'Mila likes cocoa');
  await tab(page, 'Kept safe').click();
  await button(page, 'Back up now').click();
  await said(page, 'Made a backup.');
  await tab(page, 'Entries').click();
  await row(page, 'cellar').click();
  await region(page, 'Entry m1').getByRole('button', { name: 'Delete m1' }).click();
  await said(page, 'Deleted m1.');
  await tab(page, 'Journal').click();
  const journal = region(page, 'Journal');
  await expect(journal.locator('.act').first()).toContainText('magpie');
  await button(page, 'Forget deleted entries for good …').click();
  const chance = journal.getByRole('alertdialog');
  await expect(chance).toContainText(
    /Forget m1 for good: the texts and reasons in 2 records of the journal; the saved index; \d+ backups?, replaced/,
  );
  await expect(chance).toContainText('This cannot be undone');
  await expect(chance.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await chance.getByRole('button', { name: 'Forget for good' }).click();
  await said(page, 'Forgot m1 for good.');
  await expect(journal.locator('.act')).toHaveCount(3);
  await expect(journal).not.toContainText('magpie');
  await button(page, '◂ Earlier').click();
  await expect(region(page, 'As it was')).toContainText(/erased on \d{4}-\d\d-\d\d/);
  const files = await page.evaluate(async () => {
    const texts: string[] = [];
    const read = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const entry of folder.values()) {
        if (entry.kind === 'directory') await read(entry as FileSystemDirectoryHandle);
        else texts.push(await (await (entry as FileSystemFileHandle).getFile()).text());
      }
    };
    await read(await navigator.storage.getDirectory());
    return texts.join('\n');
  });
  expect(files).toContain('Mila likes cocoa');
  expect(files).not.toContain('magpie');
});

test('ten thousand entries: imported in one act, a few dozen rows drawn, the last one a key away', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await tab(page, 'Import and export').click();
  const lines = Array.from({ length: 10_000 }, (_, i) => `Person ${i} lives in city number ${i * 7}`);
  await region(page, 'Import')
    .locator('input[type=file]')
    .setInputFiles({
      name: 'people.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(lines.join('\n')),
    });
  await button(page, 'Import 10,000 entries').click({ timeout: 60_000 });
  await said(page, 'Imported people.txt.');
  await tab(page, 'Entries').click();
  await expect(page.getByRole('status').filter({ hasText: '10,000 entries' })).toBeVisible();
  expect(await rows(page).count()).toBeLessThan(60);
  await page.getByLabel('Order').selectOption('oldest');
  await list(page).focus();
  await page.keyboard.press('End');
  await expect(row(page, 'Person 9999 lives in')).toBeVisible();
  await page.getByLabel('Search').fill('Where does Person 4321 live?');
  await page.getByRole('radio', { name: 'words' }).check();
  await expect(rows(page).first()).toContainText('Person 4321 lives');
});

test('an entry of ten megabytes is taken in, found, opened and changed, and the page goes on answering', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  const long = `needle ${'x'.repeat(10_000_000)}`;
  await tab(page, 'Import and export').click();
  await region(page, 'Import')
    .locator('input[type=file]')
    .setInputFiles({
      name: 'long.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(`${long}\nMila likes cocoa`),
    });
  await button(page, 'Import 2 entries').click({ timeout: 60_000 });
  await expect(page.getByRole('status').filter({ hasText: 'Imported long.txt.' })).toBeVisible({
    timeout: 60_000,
  });
  await page.evaluate(() => {
    const longest = { task: 0 };
    Reflect.set(globalThis, 'longest', longest);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.task = Math.max(longest.task, duration);
    }).observe({ type: 'longtask' });
  });
  await tab(page, 'Entries').click();
  await page.getByLabel('Search').fill('needle');
  await expect(page.getByRole('status').filter({ hasText: /ranked in/ })).toBeVisible();
  await row(page, 'needle').click();
  const entry = region(page, 'Entry m1');
  await expect(entry.getByText('10,000,007 characters: too long to be written here')).toBeVisible();
  await entry.getByLabel('Type').fill('blob');
  await entry.getByRole('button', { name: 'Save' }).click();
  await said(page, 'Changed m1.');
  await expect(entry.getByText('m1 changed')).toBeVisible();
  for (const name of ['Journal', 'Audit', 'Profiles', 'Entries']) {
    await tab(page, name).click();
    await expect(page.getByRole('tabpanel').getByRole('heading').first()).toBeVisible();
  }
  // Laying this text out in a field takes Chromium minutes.
  expect(await page.evaluate(() => Reflect.get(Reflect.get(globalThis, 'longest'), 'task'))).toBeLessThan(
    3_000,
  );
  await row(page, 'needle').click();
  await entry.getByRole('button', { name: 'Write another text' }).click();
  await entry.getByLabel('Content').fill('a needle');
  await entry.getByRole('button', { name: 'Save' }).click();
  await expect(row(page, 'a needle')).toBeVisible();
});

test('another embedder comes into force when all its vectors are made; searches go by it, and back again', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  for (const content of ['Rosa has boss Hana', 'Mila likes cocoa', 'Botor lives in Kiel']) {
    await add(page, content);
  }
  await tab(page, 'Settings').click();
  const embedders = region(page, 'What finds entries');
  await embedders.getByRole('button', { name: 'Use The policy’s hidden states' }).click();
  await said(page, 'The policy’s hidden states is in force.');
  await expect(embedders.locator('.profile-open')).toContainText('hidden states');
  await tab(page, 'Entries').click();
  await page.getByLabel('Search').fill('Rosa has boss Hana');
  await expect(rows(page).first()).toContainText('Rosa has boss Hana');
  await expect(page.getByText(/θ = 0\.\d+/)).not.toHaveText('θ = 0.453');
  await page.reload();
  await expect(rows(page)).toHaveCount(3);
  await tab(page, 'Settings').click();
  await expect(embedders.locator('.profile-open')).toContainText('hidden states');
  await embedders.getByRole('button', { name: 'Use Spelling' }).click();
  await said(page, 'Spelling is in force.');
});

test('backed up, changed, restored from the backup, and that undone; ageing shows on the rows', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await add(page, 'Rosa has boss Hana');
  await expect(page.getByText('✓ whole')).toBeVisible();
  await tab(page, 'Kept safe').click();
  await button(page, 'Back up now').click();
  await said(page, 'Made a backup.');
  await tab(page, 'Entries').click();
  await add(page, 'Mila likes cocoa');
  await tab(page, 'Kept safe').click();
  await button(page, 'Restore Personal (1 entry) …').first().click();
  await button(page, 'Restore Personal').click();
  await said(page, /Restored Personal from the backup/);
  await tab(page, 'Journal').click();
  await button(page, 'See it then').first().click();
  await tab(page, 'Entries').click();
  await expect(rows(page)).toHaveText([/Rosa has boss Hana/]);
  await tab(page, 'Journal').click();
  await region(page, 'Journal')
    .getByRole('button', { name: /^Undo act 3:/ })
    .click();
  await tab(page, 'Entries').click();
  await expect(rows(page)).toHaveCount(2);

  await tab(page, 'Settings').click();
  await page.getByLabel('Entries expire', { exact: true }).check();
  await page.getByLabel('Entries expire: days', { exact: false }).fill('0');
  await expect(region(page, 'Ageing').getByRole('alert')).toContainText('Days are a number above 0');
  await page.getByLabel('Entries expire: days', { exact: false }).fill('30');
  await button(page, 'Set these rules').click();
  await said(page, 'The rules of ageing are set.');
  await tab(page, 'Entries').click();
  await expect(rows(page).first()).toContainText(/expires in [34] weeks|expires in \d+ days|next month/);
});

/** From a page of the same site without the lab: as when the browser has removed the database. */
async function takeDatabaseAway(page: Page, site: string): Promise<void> {
  await page.goto(`${site}icon-192.png`);
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name ?? '');
        request.onsuccess = resolve;
        request.onerror = request.onblocked = reject;
      });
    }
  });
}

test.describe('the database taken away between two visits', () => {
  test.use({ mayComplain: true });

  test('and written to since: restored with its whole journal, and what was written since stays', async ({
    page,
    site,
  }) => {
    await openMemory(page, site);
    for (const content of ['Rosa has boss Hana', 'Mila likes cocoa', 'Tom keeps bees'])
      await add(page, content);
    await row(page, 'Rosa').click();
    await region(page, 'Entry m1').getByLabel('Content').fill('Rosa has boss Botor');
    await button(page, 'Save').click();
    await said(page, 'Changed m1.');
    await row(page, 'Tom').click();
    await button(page, 'Delete m3').click();
    await said(page, 'Deleted m3.');
    await takeDatabaseAway(page, site);

    await openMemory(page, site);
    await add(page, 'Written since the loss');
    const alert = page.getByRole('alert').filter({ hasText: 'Personal is lost' });
    await expect(alert).toContainText('Restoring takes nothing away of what was written since.');
    await alert.getByRole('button', { name: /^Restore .*\(2 entries\)$/ }).click();
    await said(page, /^Restored Personal from .*\. 1 entry written since stays, under an id of its own\./);
    await expect(page.getByText('✓ whole')).toBeVisible();
    await expect(rows(page)).toHaveCount(3);
    // m3 was another one, and is not given again.
    await row(page, 'Written since the loss').click();
    await expect(region(page, 'Entry m4')).toBeVisible();
    // What m1 was before, and who wrote what: all of it is in the journal still.
    await row(page, 'Botor').click();
    await expect(region(page, 'Entry m1')).toContainText('Hana');
    await tab(page, 'Journal').click();
    const journal = region(page, 'Journal');
    for (const act of [/Restored: 2 added/, /Found lost: 2 deleted/, /Tom keeps bees/]) {
      await expect(journal.getByText(act).first()).toBeVisible();
    }
  });

  test('is announced with what it held, and brought back from the backup or accepted', async ({
    page,
    site,
  }) => {
    await openMemory(page, site);
    await add(page, 'Rosa has boss Hana');
    await tab(page, 'Profiles').click();
    await button(page, 'Copy Personal …').click();
    await page.getByLabel('Name of the copy of Personal').fill('Work');
    await page.keyboard.press('Enter');
    await said(page, 'Copied to “Work”.');
    await tab(page, 'Kept safe').click();
    await button(page, 'Back up now').click();
    await said(page, 'Made a backup.');
    await takeDatabaseAway(page, site);

    await page.goto(site);
    await expect(
      page.getByRole('alert').filter({ hasText: /“(Personal|Work)” (is gone|was lost)/ }),
    ).toBeVisible({
      timeout: 90_000,
    });
    await page.getByRole('link', { name: 'Memory', exact: true }).click();
    const alerts = page.getByRole('alert').filter({ hasText: /is lost/ });
    await expect(alerts).toHaveText([/Personal is lost/, /Work is lost/]);
    // What the lab announced is told here now, not twice.
    await expect(page.getByText('Open the memory page')).toBeHidden();
    await expect(rows(page)).toHaveCount(0);

    await page.reload();
    await expect(alerts).toHaveCount(2, { timeout: 90_000 });
    await expect(
      region(page, 'Entries').getByText('There is nothing here now: this memory is lost'),
    ).toBeVisible();
    await expect(page.getByText('Open the memory page')).toBeHidden();

    const work = alerts.filter({ hasText: 'Work is lost' });
    await work.getByRole('button', { name: 'Accept what is there …' }).click();
    await expect(work.getByRole('button', { name: 'Not now' })).toBeFocused();
    await work.getByRole('button', { name: 'Accept the loss' }).click();
    await said(page, 'Work is accepted as it is.');
    await alerts.getByRole('button', { name: /^Restore the backup of \d\d:\d\d \(1 entry\)$/ }).click();
    await said(page, /Restored Personal from the backup/);
    await expect(alerts).toHaveCount(0);
    await expect(rows(page)).toHaveText([/Rosa has boss Hana/]);
    await expect(page.getByText('✓ whole')).toBeVisible();
  });
});

test('a change in another tab appears here', async ({ page, site }) => {
  await openMemory(page, site);
  const other = await page.context().newPage();
  await openMemory(other, site);
  await add(other, 'Rosa has boss Hana');
  await expect(row(page, 'Rosa has boss Hana')).toBeVisible();
  await other.close();
});
