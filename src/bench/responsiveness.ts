/**
 * `responsiveness`: what a hand on the page feels, on the built site with the back end that the lab chooses, at rest and
 * while a run trains: the interaction to next paint (INP: the worst of up to 50 interactions by the browser's Event
 * Timing, in steps of 8 ms; faster ones than 16 ms are not told apart), frames a second, the longest frame, and the
 * tasks of more than 50 ms on the page's thread. Interactions are real keys and clicks: through the episode, on a
 * lane, on the colours.
 */
import { type Browser, chromium } from 'playwright';
import { launchOptions } from '../../scripts/browser.mjs';
import { ensureSite } from '../../scripts/build.mjs';
import { root } from '../../scripts/install.mjs';
import { serve } from '../../scripts/static-server.mjs';

/** A line of output. Milliseconds; medians over the visits, `inp_max_ms` and `longest_frame_ms` the worst of all. */
export interface ResponsivenessLine {
  readonly bench: 'responsiveness';
  readonly state: 'at rest' | 'training';
  readonly device: string;
  readonly visits: number;
  /** Of one visit. */
  readonly interactions: number;
  readonly inp_ms: number;
  readonly inp_max_ms: number;
  readonly frames_per_s: number;
  readonly longest_frame_ms: number;
  /** Of one visit, the most. */
  readonly long_tasks: number;
  readonly date: string;
}

type State = ResponsivenessLine['state'];

/** What the page noted since it was asked to. */
interface Noted {
  /** Longest event of each interaction. */
  readonly interactions: readonly number[];
  /** Times between frames. */
  readonly frames: readonly number[];
  readonly longTasks: number;
}

/** After which a lab that has not played its first step is given up. */
const OPENING_MS = 120_000;
/** Interactions of one visit: within what INP calls few, so that the worst one counts. */
const INTERACTIONS = 40;

export async function responsiveness(runs: number, emit: (line: ResponsivenessLine) => void): Promise<void> {
  await ensureSite();
  const site = await serve({ folder: `${root}dist`, port: 0 });
  const browser = await chromium.launch(launchOptions());
  try {
    for (const state of ['at rest', 'training'] as const) {
      const visits = [];
      for (let run = 0; run < runs; run++) visits.push(await visit(browser, site.url, state));
      emit(lineOf(state, visits));
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

interface Visit extends Noted {
  readonly device: string;
}

async function visit(browser: Browser, url: string, state: State): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}?adapter=shipped&steps=1000`);
  const play = page.getByRole('button', { name: 'Run episode' });
  // Waits until it can be pressed.
  await play.click({ timeout: OPENING_MS });
  await page.getByText('The episode is over').waitFor();
  if (state === 'training') {
    const training = page.getByRole('region', { name: 'Training', exact: true });
    await training.getByRole('button', { name: 'Train', exact: true }).click();
    await training.getByText(/^Step 1/).waitFor();
  }
  await page.evaluate(startNoting);
  for (let i = 0; i < INTERACTIONS; i++) {
    if (i % 4 === 3) await page.getByRole('radio', { name: i % 8 === 3 ? 'dark' : 'light' }).click();
    else await page.keyboard.press(i % 12 < 6 ? 'ArrowLeft' : 'ArrowRight');
    await page.waitForTimeout(60);
  }
  const noted = await page.evaluate(() => (window as unknown as Noting).noted());
  const words = await page.locator('.machine summary').innerText();
  await context.close();
  return { ...noted, device: words.split('·')[0].replace(/\s+/g, ' ').trim() };
}

interface Noting {
  noted: () => Noted;
}

/** Runs in the page. */
function startNoting(): void {
  const worst = new Map<number, number>();
  const frames: number[] = [];
  let longTasks = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      const { interactionId, duration } = entry;
      if (interactionId > 0) worst.set(interactionId, Math.max(worst.get(interactionId) ?? 0, duration));
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  }).observe({ type: 'longtask' });
  let before = performance.now();
  const frame = (now: number) => {
    frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  (window as unknown as Noting).noted = () => ({ interactions: [...worst.values()], frames, longTasks });
}

function lineOf(state: State, visits: readonly Visit[]): ResponsivenessLine {
  // An interaction faster than the threshold is not told: it counts as one of 16 ms.
  const inp = visits.map(({ interactions }) => Math.max(16, ...interactions));
  const rates = visits.map(({ frames }) => (1000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0));
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  return {
    bench: 'responsiveness',
    state,
    device: visits[0].device,
    visits: visits.length,
    interactions: INTERACTIONS,
    inp_ms: middle(inp),
    inp_max_ms: Math.max(...inp),
    frames_per_s: Math.round(10 * middle(rates)) / 10,
    longest_frame_ms: Math.round(Math.max(...visits.flatMap(({ frames }) => frames))),
    long_tasks: Math.max(...visits.map(({ longTasks }) => longTasks)),
    date: new Date().toISOString(),
  };
}
