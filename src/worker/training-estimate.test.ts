/** What a run takes is told before it starts, by numbers that what comes then bears out. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { code, LabLife, SETTINGS, TestStore } from './lab-life.fixture';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

let site: ServedSite;
let store: TestStore;
beforeAll(async () => {
  await ensureWasm();
  site = await serveTinyPolicy();
});
afterAll(() => site?.close());
beforeEach(() => {
  store = new TestStore();
});

it('memory follows from the shapes and grows with what acts together', async () => {
  const life = new LabLife(site.address, store);
  await life.open();
  const of = async (groupSize: number) => {
    const settings = { ...SETTINGS, groupSize };
    const { memory, time } = await life.call.estimateTraining({ settings, measure: false });
    expect(time).toBeNull();
    expect(memory).toMatchObject({ grantedBytes: expect.any(Number), refusal: null });
    return memory.needBytes;
  };
  const [few, many] = [await of(2), await of(8)];
  expect(few).toBeGreaterThan(100_000);
  expect(many).toBeGreaterThan(few);
  expect(life.news.filter(({ kind }) => kind === 'rollouts')).toEqual([]);
});

it('what does not fit says what is needed and granted, and what fits', async () => {
  const life = new LabLife(
    site.address,
    store,
    await WasmBackend.create({ threads: 1, maximumBytes: 4 * 2 ** 20 }),
  );
  await life.open();
  const settings = { ...SETTINGS, groupSize: 32 };
  const { memory } = await life.call.estimateTraining({ settings, measure: false });
  expect(memory.refusal).toMatch(/needs .*grants 4 MB.*What fits \(.*\): .*\d+ rollouts at a time/);
});

it('time is measured by playing and learning; the lab is afterwards as it was', async () => {
  const life = new LabLife(site.address, store);
  await life.open();
  const settings = { ...SETTINGS, tasksPerStep: 3, groupSize: 4, steps: 1 };
  const { time } = await life.call.estimateTraining({ settings, measure: true });
  expect(time).toMatchObject({ episodesPerStep: 12 });
  const { stepSeconds = 0, playSeconds = 0, learnSeconds = 0 } = time ?? {};
  expect(Math.min(playSeconds, learnSeconds)).toBeGreaterThan(0);
  expect(stepSeconds).toBeCloseTo(12 * (playSeconds + learnSeconds), 6);
  expect(await code(life.plays())).toBe('no-adapter');
  expect((await life.call.listRuns({})).runs).toEqual([]);
  await life.train(settings);
  expect(life.steps).toHaveLength(1);
});

it('is stopped like any other call, and refuses settings that training would refuse', async () => {
  const life = new LabLife(site.address, store);
  await life.open();
  const measuring = code(life.call.estimateTraining({ settings: SETTINGS, measure: true }));
  await life.call.cancel({});
  expect(await measuring).toBe('cancelled');
  const settings = { ...SETTINGS, groupSize: 1 };
  expect(await code(life.call.estimateTraining({ settings, measure: false }))).toBe('TrainingConfigError');
});
