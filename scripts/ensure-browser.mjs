/**
 * Finds a Chromium that really starts, or installs one: CHROMIUM_PATH, Playwright's own, an installed
 * Chrome or Chromium, else Playwright's download, else Debian's package when we are root.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { launchOptions, playwrightChromium, systemChromium } from './browser.mjs';
import { run } from './install.mjs';

/** True if the browser at `path` (undefined: as launchOptions chooses) opens a page. */
async function starts(path) {
  try {
    const { args, ...choice } = launchOptions();
    const browser = await chromium.launch({ ...(path ? { executablePath: path } : choice), args });
    await browser.newPage();
    await browser.close();
    return true;
  } catch (error) {
    console.log(`  it does not start: ${String(error.message ?? error).split('\n')[0]}`);
    return false;
  }
}

function installWithPlaywright() {
  console.log("No browser found. Installing Playwright's Chromium (npx playwright install chromium) …");
  run(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium']);
  return playwrightChromium();
}

function installWithApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log("Installing Debian's Chromium (apt-get install chromium) …");
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], quiet);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
  return systemChromium();
}

/** Environment for vitest and Playwright; ends the process with a sentence when there is no browser. */
export async function ensureBrowser() {
  const given = process.env.CHROMIUM_PATH;
  const ways = given
    ? [() => given]
    : [playwrightChromium, systemChromium, installWithPlaywright, installWithApt];
  for (const way of ways) {
    const path = way();
    if (path === undefined) continue;
    console.log(`Browser: ${path}`);
    if (await starts(path)) return path === playwrightChromium() ? {} : { CHROMIUM_PATH: path };
  }
  console.error(
    given
      ? `CHROMIUM_PATH is ${given}, and that does not start. Correct it or unset it.`
      : 'The tests need Chrome or Chromium. Install one, or set CHROMIUM_PATH to its program file.',
  );
  process.exit(1);
}
