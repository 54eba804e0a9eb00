/**
 * `load`: how long a newcomer waits, on the built site in a fresh browser profile each time and with the
 * back end that the lab chooses: from navigation to the first step of a generated episode on view, and to
 * the end of the first episode played. Goals: 2 s and 5 s.
 */
import { join } from 'node:path';
import { chromium } from 'playwright';
import { launchOptions } from '../../scripts/browser.mjs';
import { ensureSite } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/static-server.mjs';
import type { Emit } from './benches';
import { median, refusal } from './figure';

const WAITS = ['first generated token', 'first finished episode'] as const;

export async function loadFigures(runs: number, emit: Emit): Promise<void> {
  await ensureSite();
  const site = await serve({ folder: join(root, 'dist'), port: 0 });
  const browser = await chromium.launch(launchOptions());
  const times: number[][] = WAITS.map(() => []);
  let device = '';
  try {
    for (let run = 0; run < runs; run++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const started = performance.now();
      await page.goto(site.url);
      await page.getByRole('region', { name: 'Policy output' }).getByText('It reads').waitFor();
      times[0].push(performance.now() - started);
      const play = page.getByRole('button', { name: 'Run episode' });
      while (!(await play.isEnabled())) await page.waitForTimeout(20);
      await play.click();
      await page.getByText('The episode is over').waitFor();
      times[1].push(performance.now() - started);
      // The lab says in words what it computes on.
      const words = await page.locator('body').innerText();
      device = /(WebAssembly SIMD, [^.:·\n]*|WebGPU, [^.:·\n]*)/.exec(words)?.[1] ?? device;
      await context.close();
    }
  } finally {
    await browser.close();
    await site.close();
  }
  WAITS.forEach((size, i) => {
    const race = { bench: 'load', backend: 'wasm', device, size, flops: null, tolerance: 0, runs } as const;
    emit({
      ...refusal(race, 'agemem', ''),
      note: 'back end as the lab chooses here',
      median_ms: median(times[i]),
      min_ms: Math.min(...times[i]),
      max_ms: Math.max(...times[i]),
      runtime: 'browser',
      date: new Date().toISOString(),
    });
  });
}
