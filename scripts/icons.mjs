/**
 * The icons as PNG, for systems that take no SVG: `node scripts/icons.mjs` draws public/icon.svg in Chromium. The
 * maskable one fills its square and keeps the drawing within the inner 80 %, since systems cut it to a shape of theirs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { launchOptions } from './browser.mjs';
import { root } from './install.mjs';

const svg = readFileSync(join(root, 'public/icon.svg'), 'utf8');
const background = /fill="(#[0-9a-f]{6})"/.exec(svg)?.[1];

/** File, pixels, and whether the whole square is filled. */
const ICONS = [
  ['icon-180.png', 180, true],
  ['icon-192.png', 192, false],
  ['icon-512.png', 512, false],
  ['icon-maskable-512.png', 512, true],
];

const browser = await chromium.launch(launchOptions());
const page = await browser.newPage();
for (const [name, size, filled] of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const inset = filled ? size / 10 : 0;
  await page.setContent(
    `<body style="margin:${inset}px;background:${filled ? background : 'transparent'}">` +
      `<div style="width:${size - 2 * inset}px;height:${size - 2 * inset}px">${svg}</div>`,
  );
  await page.screenshot({ path: join(root, 'public', name), omitBackground: true });
}
await browser.close();
