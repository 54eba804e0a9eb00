/**
 * `load`: how long a newcomer waits, on the built site in a fresh browser profile each time and with the
 * back end that the lab chooses: from navigation to the first step of a generated episode on view, and to
 * the end of the first episode played. Goals: 2 s and 5 s.
 *
 * What the wait consists of is read from the marks that page and worker leave on the browser's timeline, in
 * milliseconds since navigation (`at`) or from begin to end of a part (`took`; parts overlap). Between the first
 * token at hand and the first step on view lie the rest of the step, the drawing of the page, and the
 * notice that it has been drawn.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright';
import { launchOptions } from '../../scripts/browser.mjs';
import { ensureSite } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/static-server.mjs';
import type { Emit } from './benches';
import { median, refusal } from './figure';

/** Milliseconds of one visit. */
interface Visit {
  readonly token: number;
  readonly episode: number;
  readonly parts: ReadonlyMap<string, number>;
  /** What the lab says it computes on. */
  readonly device: string;
}

export async function loadFigures(runs: number, emit: Emit): Promise<void> {
  await ensureSite();
  const dist = join(root, 'dist');
  const site = await serve({ folder: dist, port: 0 });
  const browser = await chromium.launch(launchOptions());
  const visits: Visit[] = [];
  try {
    for (let run = 0; run < runs; run++) visits.push(await visit(browser, site.url));
  } finally {
    await browser.close();
    await site.close();
  }
  const { device } = visits[visits.length - 1];
  const figure = (size: string, times: readonly number[]) => {
    const race = { bench: 'load', backend: 'wasm', device, size, flops: null, tolerance: 0, runs } as const;
    return {
      ...refusal(race, 'agemem', ''),
      note: 'back end as the lab chooses here',
      median_ms: median(times),
      min_ms: Math.min(...times),
      max_ms: Math.max(...times),
      runtime: 'browser',
      date: new Date().toISOString(),
    } as const;
  };
  emit({
    ...figure(
      'first generated token',
      visits.map(({ token }) => token),
    ),
    parts_ms: medianParts(visits),
    gzip_bytes: compressedSizes(dist),
  });
  emit(
    figure(
      'first finished episode',
      visits.map(({ episode }) => episode),
    ),
  );
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const started = performance.now();
  const since = () => performance.now() - started;
  await page.goto(url);
  const play = page.getByRole('button', { name: 'Run episode' });
  while (!(await play.isEnabled())) await page.waitForTimeout(20);
  await play.click();
  await page.getByText('The episode is over').waitFor();
  const episode = since();
  const words = await page.locator('body').innerText();
  const device = /(WebAssembly SIMD, [^.:·\n]*|WebGPU, [^.:·\n]*)/.exec(words)?.[1].trim() ?? '';
  const parts = await partsOf(page);
  // By the page's own mark: a recorded episode is on view before.
  const token = parts.get('at first step');
  if (token === undefined) throw new Error('The page left no mark of its first generated step.');
  await context.close();
  return { token, episode, parts, device };
}

async function partsOf(page: Page): Promise<ReadonlyMap<string, number>> {
  const timeline = () => ({
    origin: performance.timeOrigin,
    entries: [...performance.getEntriesByType('mark'), ...performance.getEntriesByType('measure')]
      .filter(({ name }) => name.startsWith('lab: '))
      .map(({ name, entryType, startTime, duration }) => ({ name, entryType, startTime, duration })),
  });
  const own = await page.evaluate(timeline);
  // The others are threads of WebAssembly: asleep until there is work, they answer nobody.
  const labs = page.workers().filter((worker) => /lab-worker/.test(worker.url()));
  const workers = await Promise.all(labs.map((worker) => worker.evaluate(timeline)));
  const parts = new Map<string, number>();
  for (const { origin, entries } of [own, ...workers]) {
    for (const { name, entryType, startTime, duration } of entries) {
      const part = name.slice('lab: '.length);
      if (entryType === 'mark') parts.set(`at ${part}`, origin - own.origin + startTime);
      else parts.set(`${part} took`, duration);
    }
  }
  return parts;
}

function medianParts(visits: readonly Visit[]): Readonly<Record<string, number>> {
  const names = [...visits[0].parts.keys()];
  return Object.fromEntries(
    names.map((name) => [name, Math.round(median(visits.flatMap(({ parts }) => parts.get(name) ?? [])))]),
  );
}

const KINDS: readonly (readonly [string, RegExp])[] = [
  ['page script', /assets\/(index|main)-.*\.js$/],
  ['worker script', /assets\/lab-worker-.*\.js$/],
  ['weights and tokenizer', /(model\.safetensors|tokenizer.*\.json)$/],
  ['all files', /./],
];

/** What goes over the line, were the host to compress it. */
function compressedSizes(dist: string): Readonly<Record<string, number>> {
  const files = readdirSync(dist, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(dist, path)).isFile())
    .map((path) => ({ path, bytes: gzipSync(readFileSync(join(dist, path))).length }));
  return Object.fromEntries(
    KINDS.map(([kind, pattern]) => [
      kind,
      files.filter(({ path }) => pattern.test(path)).reduce((sum, { bytes }) => sum + bytes, 0),
    ]),
  );
}
