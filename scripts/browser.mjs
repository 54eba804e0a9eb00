/**
 * Which Chromium the tests use, for vitest and Playwright alike: CHROMIUM_PATH, else Playwright's own
 * if it is installed, else chromium or google-chrome on the PATH, else Chrome where macOS and Windows
 * install it, else Playwright's own hint on failure.
 */
import { existsSync } from 'node:fs';
import { delimiter, join, win32 } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where Chrome's and Chromium's installers put the program off Linux; nothing of it is on the PATH. */
export function installedPlaces(platform = process.platform, env = process.env) {
  if (platform === 'darwin') {
    return ['', env.HOME ?? ''].flatMap((home) => [
      `${home}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${home}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    ]);
  }
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter((folder) => folder)
      .map((folder) => win32.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'));
  }
  return [];
}

/** Path of an installed browser that is not Playwright's own, or undefined. */
export function systemChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return installedPlaces().find((path) => existsSync(path));
}

export function playwrightChromium() {
  try {
    const path = chromium.executablePath();
    return path && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Launch options with a software WebGPU adapter (under REAL_GPU the machine's own) and no background traffic. */
export function launchOptions() {
  const args = [
    '--enable-unsafe-webgpu',
    // On Linux Chromium takes a GPU for WebGPU only with Vulkan, which it does not turn on by itself.
    process.env.REAL_GPU ? '--enable-features=Vulkan' : '--use-webgpu-adapter=swiftshader',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  if (process.env.CHROMIUM_PATH) return { executablePath: process.env.CHROMIUM_PATH, args };
  if (playwrightChromium()) return { channel: 'chromium', args };
  const path = systemChromium();
  return path ? { executablePath: path, args } : { channel: 'chromium', args };
}
