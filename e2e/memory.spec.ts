/** The memory page, as a user goes through it: on the built site, with the real worker and its database. */
import { add, list, openMemory, row, rows, said, tab } from './memory-page';
import { button, expect, open, region, scrollsSideways, test } from './site';

test('a page of its own: by link and by navigation, its script loaded only then; back finds the episode as it was', async ({
  page,
  site,
}) => {
  const scripts: string[] = [];
  page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
  await open(page, site);
  await button(page, 'Step').click();
  const words = page.getByText(/^Moment \d+ of \d+/);
  await expect(words).toHaveText(/^Moment 2 of/);
  await button(page, 'Back').click();
  const before = (await words.textContent()) ?? '';
  expect(scripts.filter((path) => path.includes('memory-page'))).toEqual([]);

  await page.getByRole('link', { name: 'Memory', exact: true }).click();
  await expect(page).toHaveURL(/\?view=memory$/);
  await expect(region(page, 'Entries')).toBeVisible();
  await expect(region(page, 'Policy output')).toBeHidden();
  expect(scripts.filter((path) => path.includes('memory-page')).length).toBeGreaterThan(0);

  await page.goBack();
  await expect(region(page, 'Policy output')).toBeVisible();
  await expect(region(page, 'Entries')).toBeHidden();
  await expect(words).toHaveText(before);
  await page.goForward();
  await expect(region(page, 'Entries')).toBeVisible();
  await page.getByRole('link', { name: 'Learning', exact: true }).click();
  await expect(region(page, 'Training')).toBeInViewport();
  await expect(words).toHaveText(before);
});

test('written by hand, found by search, changed, undone, and there after a reload', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  await add(page, 'Rosa has boss Hana', '{ "person": "Rosa" }');
  await add(page, 'Mila likes cocoa', '{ "person": "Mila" }');
  await add(page, 'Botor lives in Kiel');
  await expect(rows(page)).toHaveCount(3);

  await page.getByLabel('Search').fill('who is the boss of Rosa?');
  await expect(page.getByRole('status').filter({ hasText: /3 entries, ranked in/ })).toBeVisible();
  await expect(rows(page).first()).toContainText('Rosa has boss Hana');
  await expect(page.getByRole('img', { name: 'Scores of all entries, best first' })).toBeVisible();
  await expect(page.getByText('top_k = 3')).toBeVisible();
  await page.getByRole('radio', { name: 'words' }).check();
  await expect(rows(page).first()).toContainText('Rosa has boss Hana');

  await rows(page).first().click();
  const entry = region(page, 'Entry m1');
  await entry.getByLabel('Metadata, as JSON').fill('{ "person": }');
  await entry.getByLabel('Content').fill('Rosa has boss Botor');
  await entry.getByRole('button', { name: 'Save' }).click();
  await expect(entry.getByRole('alert')).toContainText('Line 1, column 13: A value is missing here');
  await expect(entry.getByLabel('Content')).toHaveValue('Rosa has boss Botor');
  await entry.getByLabel('Metadata, as JSON').fill('{ "person": "Rosa", "since": 2026 }');
  await entry.getByRole('button', { name: 'Save' }).click();
  await said(page, 'Changed m1.');
  await expect(entry.getByText('m1 changed')).toBeVisible();
  await expect(entry.locator('ins').first()).toContainText('Botor');
  await expect(entry.locator('del').first()).toContainText('Hana');

  await button(page, 'Undo').click();
  await said(page, 'Undone.');
  await expect(entry.getByLabel('Content')).toHaveValue('Rosa has boss Hana');
  await button(page, 'Undo').click();
  await expect(entry.getByLabel('Content')).toHaveValue('Rosa has boss Botor');

  await page.getByLabel('Search').fill('');
  await page.getByRole('tabpanel').getByText('Filter', { exact: true }).click();
  await page.getByLabel('Metadata', { exact: true }).selectOption('since');
  await expect(page.getByRole('status').filter({ hasText: '1 entry of 3 pass the filters' })).toBeVisible();

  await page.reload();
  await expect(rows(page)).toHaveCount(3);
  await row(page, 'Botor lives').click();
  await expect(region(page, 'Entry m3').getByText('m3 written')).toBeVisible();
  await row(page, 'Rosa').click();
  await expect(region(page, 'Entry m1').locator('.life li')).toHaveCount(4);
});

test('the journal shows the memory at any moment, restores it, and that is undone as everything is', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  for (const content of ['one', 'two', 'three']) await add(page, `entry ${content}`);
  await row(page, 'entry one').click();
  await button(page, 'Delete m1').click();
  await said(page, 'Deleted m1.');
  await tab(page, 'Journal').click();
  const journal = region(page, 'Journal');
  await expect(journal.getByText('4 records of 4')).toBeVisible();
  const past = region(page, 'As it was');
  await past.getByRole('slider').fill('2');
  await expect(past.getByText(/^As of record 2, \d\d:\d\d: 2 entries\./)).toBeVisible();
  await expect(past.getByRole('region', { name: 'There then, gone now' })).toContainText('entry one');
  await expect(past.getByRole('region', { name: 'Came later, not there yet' })).toContainText('entry three');
  await past.getByRole('button', { name: 'Restore this state' }).click();
  await said(page, 'Restored the state after record 2.');
  await expect(journal.getByText('Restored the state after record 2: 1 added, 1 deleted')).toBeVisible();
  await tab(page, 'Entries').click();
  await expect(rows(page)).toHaveText([/entry two/, /entry one/]);
  await tab(page, 'Journal').click();
  await journal.getByRole('button', { name: /^Undo act 5:/ }).click();
  await said(page, 'Undid');
  await journal.getByLabel('What').selectOption('undo');
  await expect(journal.locator('.act')).toHaveCount(1);
  await tab(page, 'Entries').click();
  await expect(rows(page)).toHaveText([/entry three/, /entry two/]);
});

test('an audit finds what is there twice and what is chatter, and mends it in one act that can be undone', async ({
  page,
  site,
}) => {
  await openMemory(page, site);
  for (const content of [
    'Rosa has boss Hana',
    'Rosa has boss Hana',
    'Mila likes cocoa',
    'Mila likes cocoa',
    'Nice weather today, is it not?',
  ]) {
    await add(page, content);
  }
  await tab(page, 'Audit').click();
  const audit = region(page, 'Audit');
  await expect(audit.getByText('60%')).toBeVisible();
  const copies = audit.getByRole('region', { name: 'Exact duplicates' });
  await expect(copies.locator('.finding')).toHaveCount(2);
  await expect(audit.getByRole('region', { name: 'Junk' })).toContainText('Nice weather today');
  await copies.getByRole('button', { name: 'Mend all 2' }).click();
  await said(page, 'Mended 2 findings.');
  await expect(audit.getByText('33%')).toBeVisible();
  await expect(copies).toBeHidden();
  await button(page, 'Undo').click();
  await said(page, 'Undone.');
  await expect(copies.locator('.finding')).toHaveCount(2);
  await tab(page, 'Entries').click();
  await expect(rows(page)).toHaveCount(5);
});

test('hostile text is text: no tag, no script, nothing turned round or hidden', async ({ page, site }) => {
  await openMemory(page, site);
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  const hostile = '<img src="x" onerror="alert(1)"><script>alert(2)</script> \u202Egnp.exe \u0007 end';
  await add(page, hostile, '{ "__proto__": { "polluted": true }, "<b>key</b>": "</bdi><h1>value</h1>" }');
  await expect(rows(page).first()).toContainText('<img src="x" onerror="alert(1)"><script>');
  await expect(rows(page).first()).toContainText('⟨U+202E⟩gnp.exe');
  await rows(page).first().click();
  await expect(region(page, 'Entry m1').getByLabel('Content')).toHaveValue(hostile);
  for (const name of ['Journal', 'Audit', 'Profiles', 'Entries']) {
    await tab(page, name).click();
    await expect(page.getByRole('tabpanel').getByRole('heading').first()).toBeVisible();
    expect(await page.locator('[role=tabpanel] :is(script, img, h1)').count()).toBe(0);
  }
  expect(await page.evaluate(() => Reflect.get({}, 'polluted'))).toBeUndefined();
  expect(dialogs).toBe(0);
});

test('keys alone: write, move, choose, delete, undo', async ({ page, site }) => {
  await openMemory(page, site);
  for (const content of ['first', 'second', 'third']) {
    await button(page, 'Add an entry').focus();
    await page.keyboard.press('Enter');
    await expect(region(page, 'New entry').getByLabel('Content')).toBeFocused();
    await page.keyboard.type(`the ${content}`);
    await page.keyboard.press('Control+Enter');
    await expect(row(page, `the ${content}`)).toBeVisible();
    await expect(list(page)).toBeFocused();
  }
  await list(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page.getByRole('status').filter({ hasText: '3 entries, 2 chosen' })).toBeVisible();
  await expect(rows(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  const outline = await list(page).evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).toBe('solid');
  await page.keyboard.press('Delete');
  await said(page, 'Deleted 2 entries.');
  await expect(rows(page)).toHaveText([/the first/]);
  await button(page, 'Undo').focus();
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(3);
  await list(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(region(page, 'Entry m1')).toBeVisible();
  await button(page, 'Delete m1').focus();
  await page.keyboard.press('Enter');
  await said(page, 'Deleted m1.');
  await expect(list(page)).toBeFocused();
  await tab(page, 'Entries').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab(page, 'Journal')).toBeFocused();
  await expect(region(page, 'As it was')).toBeVisible();
});

test('the memory of the episode on view can be looked at and copied, not changed', async ({ page, site }) => {
  await open(page, `${site}?difficulty=several&adapter=shipped&seed=5`);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('link', { name: 'Memory', exact: true }).click();
  await page.getByLabel('Memory', { exact: true }).selectOption({ label: 'Episode on view' });
  await expect(region(page, 'Entries').getByText('Only to look at')).toBeVisible();
  await expect(button(page, 'Add an entry')).toBeHidden();
  await rows(page).first().click();
  await expect(page.getByText(/m\d+ written/)).toBeVisible();
  await expect(
    page
      .locator('.life')
      .getByText(/policy .* · episode .* · step \d+/)
      .first(),
  ).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`on a phone nothing is wider than the screen, in ${colorScheme} colours`, async ({ page, site }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openMemory(page, site);
    await add(
      page,
      'Rosa has boss Hana and a very long tail of words that would not fit on one line of a phone',
    );
    await add(page, 'x'.repeat(400));
    await page.getByLabel('Search').fill('boss');
    await expect(page.getByRole('status').filter({ hasText: /ranked in/ })).toBeVisible();
    // The list follows its field in its own time (a deferred value): a row is clicked when it is there.
    await expect(rows(page).first()).toContainText('Rosa has boss Hana');
    await rows(page).first().click();
    await expect(region(page, 'Entry m1')).toBeInViewport();
    // The note of what was done lies over the page, but not over a question.
    await region(page, 'Entry m1').getByRole('button', { name: 'Delete m1' }).click();
    await said(page, 'Deleted m1.');
    await tab(page, 'Profiles').click();
    await button(page, 'Delete … Personal').click();
    const question = (await page.getByRole('alertdialog').boundingBox()) ?? { y: 0, height: 0 };
    const note = (await page.locator('.said').boundingBox()) ?? { y: 0, height: 1e9 };
    expect(note.y > question.y + question.height || note.y + note.height < question.y).toBe(true);
    await page.getByRole('button', { name: 'Keep it' }).click();
    await button(page, 'Undo').click();
    await said(page, 'Undone.');
    for (const name of [
      'Entries',
      'Journal',
      'Audit',
      'Import and export',
      'Profiles',
      'Kept safe',
      'Settings',
    ]) {
      await tab(page, name).click();
      await expect(page.getByRole('tabpanel').getByRole('heading').first()).toBeVisible();
      expect(await scrollsSideways(page), name).toBe(false);
      const small = await page.evaluate(() =>
        [
          ...document.querySelectorAll(
            '[role=tabpanel] :is(button, select, summary, input:not([type=radio]))',
          ),
        ]
          .filter((element) => element.checkVisibility())
          .map((element) => (element.closest('label') ?? element).getBoundingClientRect())
          .filter(({ width, height }) => width < 24 || height < 24)
          .map(({ width, height }) => `${width}x${height}`),
      );
      expect(small, `small targets in ${name}`).toEqual([]);
    }
  });
}
