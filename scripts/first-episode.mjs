/**
 * `node scripts/first-episode.mjs [--runs 5]`: how long a newcomer waits. Opens the built site in a fresh
 * browser profile each time and prints a JSON line a run: milliseconds from navigation until the lab is
 * ready, until the episode it opens by itself is on view, and until a whole episode has been played; then
 * a line with the sizes of the build, raw and gzip.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { launchOptions } from './browser.mjs';
import { ensureSite } from './build.mjs';
import { root } from './install.mjs';
import { serve } from './static-server.mjs';

const flag = process.argv.indexOf('--runs');
const runs = flag > 0 ? Number(process.argv[flag + 1]) : 5;
const dist = join(root, 'dist');
await ensureSite();
const { url, close } = await serve({ folder: dist, port: 4200 });
const browser = await chromium.launch(launchOptions());
for (let run = 1; run <= runs; run++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const started = performance.now();
  const since = () => Math.round(performance.now() - started);
  await page.goto(url);
  const play = page.getByRole('button', { name: 'Run episode' });
  await play.waitFor();
  await page.getByRole('region', { name: 'Policy output' }).getByText('It reads').waitFor();
  const shown = since();
  while (!(await play.isEnabled())) await page.waitForTimeout(20);
  const ready = since();
  await play.click();
  await page.getByText('The episode is over').waitFor();
  console.log(JSON.stringify({ run, shown_ms: shown, ready_ms: ready, first_episode_ms: since() }));
  await context.close();
}
await browser.close();
await close();

const sizes = readdirSync(dist, { recursive: true })
  .map((path) => join(dist, String(path)))
  .filter((path) => statSync(path).isFile())
  .map((path) => {
    const bytes = readFileSync(path);
    return { file: path.slice(dist.length + 1), bytes: bytes.length, gzip: gzipSync(bytes).length };
  });
const total = sizes.reduce((sum, { gzip }) => sum + gzip, 0);
console.log(JSON.stringify({ sizes, total_gzip: total }));
