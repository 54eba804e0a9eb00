/**
 * Training as the page lives through it, on the real session: what is saved, what comes back in the next
 * session, and what happens when the disk is full or the device goes away. Only the disk is of this test.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../engine/backend';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { code, LabLife, numbersOf, SETTINGS, TestStore } from './lab-life.fixture';
import { losing } from './losing-device.fixture';
import type { HeldOut } from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

let site: ServedSite;

beforeAll(async () => {
  site = await serveTinyPolicy();
});

afterAll(() => site.close());

let store: TestStore;

beforeEach(() => {
  store = new TestStore();
});

class Page extends LabLife {
  constructor(backend?: Backend, again?: boolean, second?: Backend) {
    super(site.address, store, backend, again, second);
  }
}

describe('a saved run', () => {
  it('that goes on in the next session has the numbers of one that was never left', async () => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train();
    const [whole] = store.kept;

    store = new TestStore();
    const first = new Page();
    await first.open();
    await first.trainOneStep();
    expect(store.steps).toEqual([1]);
    const second = new Page();
    const { checkpoint, model } = await second.open();
    expect(checkpoint).toMatchObject({ steps: 1, settings: SETTINGS, savedAt: 1234 });
    expect(model.hasTrainedAdapter).toBe(true);
    await second.call.train({ from: 'checkpoint' });
    await second.inState('finished');
    expect(second.steps.map(({ metrics }) => metrics.step)).toEqual([2, 3]);
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
  });

  it('goes on with the configuration it was begun with, whatever the presets say by then', async () => {
    const first = new Page();
    await first.open();
    await first.trainOneStep();
    // As if the preset had another reward of the KL term when the run was begun.
    const meta = store.kept[0].meta as { config: { loss: { beta: number } } };
    meta.config.loss.beta = 0.123;
    const second = new Page();
    await second.open();
    await second.call.train({ from: 'checkpoint' });
    await second.inState('finished');
    expect(store.kept[0].meta).toMatchObject({ nextStep: 3, config: { loss: { beta: 0.123 } } });
  });

  it('that was finished plays after a reload', async () => {
    const first = new Page();
    await first.open();
    await first.train();
    const before = await first.plays();
    const second = new Page();
    const { checkpoint, model } = await second.open();
    expect(model.hasTrainedAdapter).toBe(true);
    expect(checkpoint?.steps).toBe(3);
    expect(await second.plays()).toEqual(before);
    expect(second.troubles).toEqual([]);
  });

  it('whose newest checkpoint is damaged is gone on with from the one before, in words', async () => {
    const first = new Page();
    await first.open();
    await first.train();
    store.damaged = true;
    const second = new Page();
    const { checkpoint, model } = await second.open();
    expect(checkpoint?.steps).toBe(2);
    expect(model.hasTrainedAdapter).toBe(true);
    expect(second.troubles).toMatchObject([
      { fatal: false, error: { code: 'checkpoint-damaged', message: expect.stringMatching(/2 of 3 steps/) } },
    ]);
  });

  it('that cannot be read, or is of another model, is told of, and the lab opens', async () => {
    const first = new Page();
    await first.open();
    await first.train();
    const [{ meta, blobs }] = store.kept;
    for (const [broken, told] of [
      [{ meta: { ...(meta as object), nextStep: 99 }, blobs }, 'checkpoint-format'],
      [{ meta, blobs: { ...blobs, params: blobs.params.subarray(64) } }, 'state-length'],
      [{ meta: { ...(meta as object), base: '0123456789abcdef' }, blobs }, 'base-mismatch'],
    ] as const) {
      store.kept = [broken];
      const page = new Page();
      const { checkpoint, model } = await page.open();
      expect(checkpoint).toBeNull();
      expect(model.hasTrainedAdapter).toBe(false);
      expect(page.troubles).toMatchObject([{ fatal: false, error: { code: told } }]);
      expect(await code(page.plays())).toBe('no-adapter');
      expect(await code(page.call.train({ from: 'checkpoint' }))).toBe(told);
    }
  });

  it('saved before runs named their base goes on', async () => {
    const first = new Page();
    await first.open();
    await first.trainOneStep();
    const { base, ...older } = store.kept[0].meta as { base: string };
    expect(base).toMatch(/^[0-9a-f]{16}$/);
    store.kept = [{ ...store.kept[0], meta: older }];
    const second = new Page();
    await second.open();
    await second.call.train({ from: 'checkpoint' });
    await second.inState('finished');
    expect(store.kept[0].meta).toMatchObject({ nextStep: 3, base });
  });

  it('and one of another tab go on each by itself', async () => {
    const page = new Page();
    await page.open();
    await page.trainOneStep();
    const other = new Page();
    await other.open();
    await other.trainOneStep({ ...SETTINGS, seed: 2 });
    for (const [each, seed] of [
      [page, 1],
      [other, 2],
    ] as const) {
      await each.call.train({ from: 'checkpoint' });
      await each.inState('finished');
      expect(store.kept[0].meta).toMatchObject({ nextStep: 3, settings: { seed } });
    }
    expect((await page.call.listRuns({})).runs.map(({ steps, settings }) => [steps, settings.seed])).toEqual([
      [3, 2],
      [3, 1],
    ]);
  });
});

describe('a new run', () => {
  it('lets the one before be, also if it is stopped before its first step', async () => {
    const page = new Page();
    await page.open();
    await page.train();
    const before = store.kept;
    await page.call.train({ from: 'start', settings: { ...SETTINGS, seed: 2 } });
    await page.call.stopTraining({});
    expect(store.kept).toEqual(before);
    expect((await new Page().open()).checkpoint?.settings.seed).toBe(1);
  });

  it('whose state cannot be used leaves the adapter trained before', async () => {
    const page = new Page();
    await page.open();
    await page.trainOneStep();
    const before = await page.plays();
    const [{ meta, blobs }] = store.kept;
    store.kept = [{ meta, blobs: { ...blobs, v: blobs.v.subarray(64) } }];
    expect(await code(page.call.train({ from: 'checkpoint' }))).toBe('state-length');
    expect(await page.plays()).toEqual(before);
  });
});

describe('one update at a time', () => {
  it('is made, then the run pauses; so it goes step by step to the end', async () => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train();
    const [whole] = store.kept;

    store = new TestStore();
    const page = new Page();
    await page.open();
    await page.call.train({ from: 'start', settings: SETTINGS, once: true });
    await page.inState('paused');
    expect(store.steps).toEqual([1]);
    page.news.length = 0;
    await page.call.resumeTraining({ once: true });
    await page.inState('paused');
    expect(store.steps).toEqual([2, 1]);
    await page.call.resumeTraining({ once: true });
    await page.inState('finished');
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
  });

  it('is taken back: everything is as before it, and taking it again gives the same numbers', async () => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train();
    const [whole, second] = store.kept;

    store = new TestStore();
    const page = new Page();
    await page.open();
    await page.train();
    const undone = await page.call.undoStep({});
    expect(undone).toMatchObject({ steps: 2, saved: true });
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(second));
    expect(page.news.at(-1)).toMatchObject({ kind: 'training-state', state: { kind: 'stopped' } });
    // As far back as to the adapter as it begins, which says what the base says.
    await page.call.undoStep({});
    await page.call.undoStep({});
    const begun = store.kept[0].meta as {
      nextStep: number;
      metrics: unknown;
      norms: { frobenius: number }[];
    };
    expect(begun).toMatchObject({ nextStep: 0, metrics: [] });
    expect(begun.norms.every(({ frobenius }) => frobenius === 0)).toBe(true);
    expect(await code(page.call.undoStep({}))).toBe('nothing-to-undo');

    page.news.length = 0;
    await page.call.train({ from: 'checkpoint' });
    await page.inState('finished');
    expect(page.steps.map(({ metrics }) => metrics.step)).toEqual([1, 2, 3]);
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
    expect(page.troubles).toEqual([]);
  });

  it('is taken back while the run is paused, and the run goes on from there', async () => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train();
    const [whole] = store.kept;

    store = new TestStore();
    const page = new Page();
    await page.open();
    await page.call.train({ from: 'start', settings: SETTINGS, once: true });
    await page.inState('paused');
    expect(await code(page.call.undoStep({}))).toBe('answered');
    expect(store.steps[0]).toBe(0);
    expect(page.news.at(-1)).toMatchObject({ kind: 'training-state', state: { kind: 'paused' } });
    await page.call.resumeTraining({});
    await page.inState('finished');
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
  });

  it('is taken back in the next session, from the checkpoint before the last', async () => {
    const first = new Page();
    await first.open();
    await first.train();
    const [whole, before] = store.kept;
    const second = new Page();
    await second.open();
    expect(await second.call.undoStep({})).toMatchObject({ steps: 2, saved: true });
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(before));
    expect(await code(second.call.undoStep({}))).toBe('nothing-to-undo');
    await second.call.train({ from: 'checkpoint' });
    await second.inState('finished');
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
  });

  it('is refused while a step runs, and where nothing was trained', async () => {
    const page = new Page();
    await page.open();
    expect(await code(page.call.undoStep({}))).toBe('nothing-to-undo');
    await page.call.train({ from: 'start', settings: SETTINGS });
    expect(await code(page.call.undoStep({}))).toBe('busy');
    await page.call.stopTraining({});
  });
});

describe('held-out tasks on the way', () => {
  it('are played when they are due, always the same, and change no number of the run', async () => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train();
    const [whole] = store.kept;

    store = new TestStore();
    const page = new Page();
    await page.open();
    await page.train({ ...SETTINGS, evaluateEvery: 2 });
    const {
      heldOut,
      settings: _,
      ...evaluated
    } = numbersOf(store.kept[0]) as {
      heldOut: readonly HeldOut[];
      settings: unknown;
    };
    const {
      heldOut: none,
      settings: __,
      ...left
    } = numbersOf(whole) as typeof evaluated & {
      heldOut: unknown;
      settings: unknown;
    };
    expect(none).toEqual([]);
    expect(evaluated).toEqual(left);
    expect(heldOut.map(({ step }) => step)).toEqual([0, 2, 3]);
    expect(
      new Set(heldOut.map(({ evaluation }) => `${evaluation.n} ${evaluation.split} ${evaluation.seed}`)).size,
    ).toBe(1);
    expect(page.steps.map(({ heldOut: at }) => at?.step ?? null)).toEqual([null, 2, 3]);
    // A policy that has learned something else answers otherwise.
    expect(heldOut[2].evaluation).not.toEqual(heldOut[0].evaluation);

    // They come back with the run, and go with an update that is taken back.
    const next = new Page();
    const { checkpoint } = await next.open();
    expect(checkpoint?.heldOut.map(({ step }) => step)).toEqual([0, 2, 3]);
    expect((await next.call.undoStep({})).heldOut.map(({ step }) => step)).toEqual([0, 2]);
  });
});

describe('what goes wrong on the way', () => {
  it('a full disk: the run goes on unsaved, says so, and the page stays usable', async () => {
    const page = new Page();
    await page.open();
    store.full = true;
    await page.train();
    expect(page.steps.map(({ saved }) => saved)).toEqual([false, false, false]);
    expect(page.troubles).toHaveLength(3);
    expect(page.troubles[0]).toMatchObject({ fatal: false, error: { code: 'run-no-room' } });
    expect(page.troubles[0].error.whatToDo).toMatch(/delete a run/);
    expect(await page.plays()).not.toEqual([]);
    expect(store.kept).toEqual([]);

    // Room again: the next run is saved.
    store.full = false;
    await page.train({ ...SETTINGS, seed: 2 });
    await page.until((item) => item.kind === 'training-step' && item.saved);
  });

  it('a full disk that cannot be read either: the run goes on all the same', async () => {
    const page = new Page();
    await page.open();
    store.full = true;
    const names = vi.spyOn(store, 'names').mockRejectedValue(new Error('The disk does not answer.'));
    await page.train();
    names.mockRestore();
    expect(page.steps.map(({ saved }) => saved)).toEqual([false, false, false]);
    expect(page.troubles[0]).toMatchObject({ fatal: false, error: { code: 'storage-full' } });
  });

  it('too little memory for an update: it is taken in smaller pieces, with the same numbers, and that is said', async () => {
    const roomy = new Page();
    await roomy.open();
    await roomy.train();

    store = new TestStore();
    const page = new Page(await WasmBackend.create({ threads: 1, maximumBytes: 4 * 2 ** 20 }));
    await page.open();
    await page.train();
    expect(page.troubles).toMatchObject([{ fatal: false, error: { code: 'memory-short' } }]);
    expect(page.troubles[0].error.message).toMatch(/step 1 with 2048 tokens at a time; .* with \d+\./);
    page.steps.forEach(({ metrics }, i) => {
      const other = roomy.steps[i].metrics;
      expect(metrics.step).toBe(i + 1);
      expect(metrics.reward).toBeCloseTo(other.reward, 6);
      expect(metrics.grad_norm).toBeCloseTo(other.grad_norm, 5);
    });
  });

  it('too little memory for the rollouts: what is needed, granted and would fit is said, and that fits', async () => {
    const page = new Page(await WasmBackend.create({ threads: 1, maximumBytes: 4 * 2 ** 20 }));
    await page.open();
    await page.call.train({ from: 'start', settings: { ...SETTINGS, steps: 1, groupSize: 32 } });
    const failed = await page.inState('failed');
    const { message = '' } =
      failed.kind === 'training-state' && failed.state.kind === 'failed' ? failed.state.error : {};
    expect(message).toMatch(/needs .*; the device granted 4 MB\. What fits: \d+ rollouts at a time\./);
    const groupSize = Number(/(\d+) rollouts at a time/.exec(message)?.[1]);
    expect(groupSize).toBeGreaterThan(1);
    expect(await page.plays()).not.toEqual([]);
    page.news.length = 0;
    await page.train({ ...SETTINGS, steps: 1, groupSize });
    expect(page.steps).toHaveLength(1);
  });

  it('a lost device: the run has failed in words, the checkpoint of the last whole step is intact', async () => {
    const wasm = await WasmBackend.create({ threads: 1 });
    let lost = false;
    const page = new Page(losing(wasm, () => lost));
    await page.open();
    await page.call.train({ from: 'start', settings: SETTINGS });
    await page.until((item) => item.kind === 'training-phase' && item.step === 2 && item.phase === 'update');
    lost = true;
    const failed = await page.inState('failed');
    expect(failed).toMatchObject({
      state: { error: { code: 'device-lost', message: 'The GPU went away.' } },
    });
    expect(failed.kind === 'training-state' && failed.state.kind === 'failed' && failed.state.error.whatToDo) //
      .toMatch(/training goes on from its last checkpoint/);
    expect(store.steps).toEqual([1]);
    expect(await code(page.plays())).toBe('device-lost');

    const next = new Page();
    expect((await next.open()).checkpoint?.steps).toBe(1);
    await next.call.train({ from: 'checkpoint' });
    await next.inState('finished');
    expect(store.steps).toEqual([3, 2]);
  });
});

it.each([
  ['rollouts', 2],
  ['update', 1],
  ['update', 2],
] as const)(
  'a device lost in the %s of step %i: the run moves to another and ends with the same numbers',
  async (phase, step) => {
    const unbroken = new Page();
    await unbroken.open();
    await unbroken.train({ ...SETTINGS, steps: 2 });
    const [whole] = store.kept;

    store = new TestStore();
    let lost = false;
    const page = new Page(
      losing(await WasmBackend.create({ threads: 1 }), () => lost),
      false,
    );
    await page.open();
    await page.call.train({ from: 'start', settings: { ...SETTINGS, steps: 2 } });
    await page.until((item) => item.kind === 'training-phase' && item.step === step && item.phase === phase);
    lost = true;
    await page.inState('finished');
    expect(page.steps.map(({ metrics }) => metrics.step)).toEqual([1, 2]);
    expect(page.troubles).toMatchObject([{ fatal: false, error: { code: 'device-replaced' } }]);
    expect(page.troubles[0].error.message).toMatch(/step \d is taken again with the same numbers/);
    expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
    expect(await page.plays()).toEqual(await unbroken.plays());
  },
);

it('a second device that is lost while the run moves to it: the third ends it with the same numbers', async () => {
  const unbroken = new Page();
  await unbroken.open();
  await unbroken.train({ ...SETTINGS, steps: 2 });
  const [whole] = store.kept;

  store = new TestStore();
  let lost = false;
  const first = losing(await WasmBackend.create({ threads: 1 }), () => lost);
  const second = losing(await WasmBackend.create({ threads: 1 }), () => true);
  const page = new Page(first, false, second);
  await page.open();
  await page.call.train({ from: 'start', settings: { ...SETTINGS, steps: 2 } });
  await page.until((item) => item.kind === 'training-phase' && item.step === 2 && item.phase === 'update');
  lost = true;
  await page.until(
    (item) => item.kind === 'training-state' && ['finished', 'failed'].includes(item.state.kind),
  );
  expect(page.news.findLast((item) => item.kind === 'training-state')).toMatchObject({
    state: { kind: 'finished' },
  });
  expect(page.troubles).toMatchObject([{ fatal: false, error: { code: 'device-replaced' } }]);
  expect(numbersOf(store.kept[0])).toEqual(numbersOf(whole));
});
