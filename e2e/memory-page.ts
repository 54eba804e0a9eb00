/** What a user finds on the memory page, by its name there. */
import type { Page } from '@playwright/test';
import { button, expect, region } from './site';

export const list = (page: Page) => page.getByRole('listbox', { name: 'Entries' });
export const rows = (page: Page) => list(page).getByRole('option');
export const row = (page: Page, text: string) => rows(page).filter({ hasText: text });
export const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
export const said = (page: Page, words: string | RegExp) =>
  expect(page.getByRole('status').filter({ hasText: words })).toBeVisible();

/** Opens the memory page by its link. */
export async function openMemory(page: Page, site: string): Promise<void> {
  await page.goto(`${site}?view=memory`);
  await expect(button(page, 'Add an entry')).toBeVisible({ timeout: 90_000 });
}

export async function add(page: Page, content: string, metadata = ''): Promise<void> {
  await button(page, 'Add an entry').click();
  const form = region(page, 'New entry');
  await form.getByLabel('Content').fill(content);
  await form.getByLabel('Metadata, as JSON').fill(metadata);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await said(page, 'Added an entry.');
  await button(page, 'Close this note').click();
}
