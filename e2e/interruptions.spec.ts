/**
 * What befalls a tab while it trains: it is hidden and frozen, its worker is starved, the machine sleeps. A run
 * that lives through it ends with the numbers of one that was left in peace, every step once, to the bit of
 * the adapter and its optimiser; and time in which nothing ran is not told as time of work.
 */
import { expect, serveSite, test } from './site';
import { Tabs, type Target } from './tab';

/** A run as the page is asked for it. */
interface Asked {
  readonly backend: 'wasm' | 'webgpu';
  readonly steps: number;
  readonly rollouts: number;
}
const WASM: Asked = { backend: 'wasm', steps: 5, rollouts: 4 };
/** On a software adapter a step takes many times as long. */
const WEBGPU: Asked = { backend: 'webgpu', steps: 1, rollouts: 2 };

/** Far longer than a step. */
const STOPPED_MS = 5000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What a run leaves behind, without its name and without times. */
interface Left {
  readonly numbers: unknown;
  /** CRC-32 of weights and both moments. */
  readonly checksums: unknown;
  /** The curves on the page. */
  readonly curves: readonly string[];
  readonly times: readonly Times[];
}

interface Times {
  readonly step: number;
  readonly ms: number;
  readonly 'ms/rollouts': number;
  readonly 'ms/away': number;
}

const buttonNamed = (name: string) =>
  `[...document.querySelectorAll('button')].find((b) => b.textContent.trim() === ${JSON.stringify(name)})`;
const TRAINING = `document.querySelector('section.training')`;
const NUMBERS = `[...${TRAINING}.querySelectorAll('figure details.numbers')]`;

async function until(tab: Target, expression: string): Promise<void> {
  await expect
    .poll(() => tab.evaluate<boolean>(`Boolean(${expression})`), { timeout: 90_000, intervals: [50] })
    .toBe(true);
}

const said = (words: string) => `${TRAINING}?.innerText.includes(${JSON.stringify(words)})`;

async function begin(
  tabs: Tabs,
  site: string,
  { backend, steps, rollouts }: Asked,
): Promise<Target & { readonly id: string }> {
  const tab = await tabs.open(`${site}?backend=${backend}&steps=${steps}&tasks=1&rollouts=${rollouts}`);
  await until(tab, `${buttonNamed('Train')} && !${buttonNamed('Train')}.disabled`);
  await tab.evaluate(`
    window.happened = [];
    for (const kind of ['visibilitychange', 'freeze', 'resume'])
      document.addEventListener(kind, () => window.happened.push(kind + ' ' + document.visibilityState));
    window.told = '';
    new MutationObserver(() => {
      window.told += document.querySelector('.training .progress').innerText;
    }).observe(${TRAINING}, { subtree: true, childList: true, characterData: true });
  `);
  await tab.evaluate(`${buttonNamed('Train')}.click()`);
  await until(tab, said('Training: 0 steps'));
  return tab;
}

/** Waits for the end and reads what the run left in the browser's storage and on the page. */
async function ended(tab: Target): Promise<Left> {
  await until(tab, said('Finished: '));
  const head = JSON.parse(
    await tab.evaluate<string>(`new Promise((resolve, reject) => {
      const opening = indexedDB.open('agemem-lab');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const asked = opening.result.transaction('checkpoints').objectStore('checkpoints').getAll();
        asked.onsuccess = () => {
          opening.result.close();
          resolve(asked.result.sort((a, b) => b.generation - a.generation)[0].head);
        };
      };
    })`),
  );
  // A chart draws its numbers when they are opened.
  await tab.evaluate(`for (const numbers of ${NUMBERS}) numbers.open = true`);
  await until(tab, `${NUMBERS}.length > 0 && ${NUMBERS}.every((numbers) => numbers.querySelector('table'))`);
  const { runId, begun, metrics, heldOut, ...rest } = head.meta;
  expect(runId).toMatch(/^[0-9a-f]{32}$/);
  expect(begun).toBeGreaterThan(0);
  return {
    numbers: {
      ...rest,
      heldOut: heldOut.map(({ ms: _, ...numbers }: { readonly ms: number }) => numbers),
      metrics: metrics.map(({ ms: _, 'ms/rollouts': __, 'ms/away': ___, ...numbers }: Times) => numbers),
    },
    checksums: head.blobs,
    curves: await tab.evaluate(
      `[...${TRAINING}.querySelectorAll('figure table tr')].map((row) => row.textContent)`,
    ),
    times: metrics,
  };
}

/**
 * What was a stop is called one, in the numbers and beside the next step on the page, and is no part of how long the steps took. The
 * signs of life around a stop are some 100 ms apart.
 */
async function expectHonest(tab: Target, { times }: Left): Promise<void> {
  expect(Math.max(...times.map((step) => step['ms/away']))).toBeGreaterThan(0.9 * STOPPED_MS);
  for (const step of times) expect(step['ms/rollouts']).toBeLessThanOrEqual(step.ms);
  if (times[times.length - 1]['ms/away'] === 0) {
    expect(await tab.evaluate('window.told')).toContain('in which this tab did not run');
  }
}

/** Nothing lost, nothing twice, nothing changed. */
function expectSame(run: Left, undisturbed: Left): void {
  expect(run.times.map(({ step }) => step)).toEqual(run.times.map((_, i) => i + 1));
  expect(run.numbers).toEqual(undisturbed.numbers);
  expect(run.checksums).toEqual(undisturbed.checksums);
  expect(run.curves).toEqual(undisturbed.curves);
}

test.describe('a run in a tab to which something happens', () => {
  test.describe.configure({ mode: 'serial' });
  let server: Awaited<ReturnType<typeof serveSite>>;
  let tabs: Tabs;
  let undisturbed: Left;

  test.beforeAll(async () => {
    server = await serveSite();
    tabs = await Tabs.launch();
    undisturbed = await ended(await begin(tabs, server.url, WASM));
    expect(undisturbed.curves.length).toBeGreaterThan(WASM.steps);
    expect(undisturbed.times).toHaveLength(WASM.steps);
  });

  test.beforeEach(async () => {
    await tabs.close();
    tabs = await Tabs.launch();
  });

  test.afterAll(async () => {
    await tabs?.close();
    await server?.close();
  });

  test('hidden from its first step, then frozen, and brought back', async () => {
    const tab = await begin(tabs, server.url, WASM);
    await tabs.open('about:blank');
    await until(tab, `document.visibilityState === 'hidden'`);
    await until(tab, `!${said('Training: 0 steps')}`);
    await tab.send('Page.setWebLifecycleState', { state: 'frozen' });
    await pause(STOPPED_MS);
    await tab.send('Page.setWebLifecycleState', { state: 'active' });
    await pause(500);
    await tabs.bringToFront(tab);
    const run = await ended(tab);
    expect(await tab.evaluate('window.happened')).toEqual([
      'visibilitychange hidden',
      'freeze hidden',
      'resume hidden',
      'visibilitychange visible',
    ]);
    expectSame(run, undisturbed);
    await expectHonest(tab, run);
  });

  test('its worker gets a tenth of the time, in slices', async () => {
    const tab = await begin(tabs, server.url, WASM);
    const worker = await tab.worker();
    await worker.send('Debugger.enable');
    let held = 0;
    for (let slice = 0; slice < 20; slice++) {
      await worker.send('Debugger.pause');
      await pause(360);
      // Refused if it had nothing to do, and so was not held.
      held += await worker.send('Debugger.resume').then(
        () => 1,
        () => 0,
      );
      await pause(40);
    }
    expect(held).toBeGreaterThan(5);
    const run = await ended(tab);
    expectSame(run, undisturbed);
  });

  test('the machine sleeps in the middle of a step', async () => {
    const tab = await begin(tabs, server.url, WASM);
    await until(tab, said('Step 2'));
    await tabs.sleep(STOPPED_MS);
    const run = await ended(tab);
    expectSame(run, undisturbed);
    await expectHonest(tab, run);
  });

  test('the machine sleeps in the middle of a step on WebGPU', async () => {
    // A minute for what the test before asks of WebAssembly.
    test.skip(process.env.SOAK === undefined, 'npm run test:soak');
    const unbroken = await ended(await begin(tabs, server.url, WEBGPU));
    await tabs.close();
    tabs = await Tabs.launch();
    const tab = await begin(tabs, server.url, WEBGPU);
    await until(tab, said('moving the adapter, '));
    await tabs.sleep(STOPPED_MS);
    const run = await ended(tab);
    expectSame(run, unbroken);
    await expectHonest(tab, run);
  });
});
