/** The built site on a server of its own, and what every journey checks on the way: nothing was complained about. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { serve } from '../scripts/static-server.mjs';

const folder = join(fileURLToPath(new URL('..', import.meta.url)), 'dist');

interface SiteOptions {
  readonly prefix?: string;
  readonly isolated?: boolean;
}

export async function serveSite(options: SiteOptions = {}) {
  return serve({ folder, port: 4273, ...options });
}

/** Said by Playwright where service workers are blocked (playwright.config.ts). */
const BLOCKED = 'Service Worker registration blocked by Playwright';

interface Fixtures {
  /** For journeys that break something on purpose. Default false. */
  readonly mayComplain: boolean;
  /** Address of the lab, isolated as `npm start` serves it. */
  readonly site: string;
  /** Errors and warnings of console and page; each test ends with none but the one that Playwright makes itself. */
  readonly complaints: string[];
}

export const test = base.extend<Fixtures, { siteServer: { url: string } }>({
  siteServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a destructured first argument
    async ({}, use) => {
      const server = await serveSite();
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],
  site: async ({ siteServer }, use) => use(siteServer.url),
  mayComplain: [false, { option: true }],
  complaints: [
    async ({ page, mayComplain }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        const complaint = ['error', 'warning'].includes(message.type());
        if (complaint && message.text() !== BLOCKED) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await use(complaints);
      if (!mayComplain) expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Opens the lab and waits until its first step has been played. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await ready(page);
}

/** Waits until the policy can be asked again. */
export async function ready(page: Page): Promise<void> {
  await expect(button(page, 'Reset')).toBeEnabled({ timeout: 90_000 });
}

/** True if the page is wider than its window. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
