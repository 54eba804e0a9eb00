import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrainingMetrics } from '../rl/metrics';
import { PRESETS } from '../rl/presets';
import { CheckpointStore } from '../storage/checkpoint-store';
import { deleteDatabase, LabDatabase } from '../storage/database';
import { CheckpointError } from '../storage/errors';
import type { TrainingSettings } from './protocol';
import { describeRun, discardRun, loadRun, type SavedRun, saveRun } from './run-checkpoint';

const NAME = 'run-checkpoint-test';
let database: LabDatabase;
let store: CheckpointStore;

beforeEach(async () => {
  database = await LabDatabase.open({ name: NAME });
  store = new CheckpointStore(database, { now: () => 1234 });
});

afterEach(async () => {
  database.close();
  await deleteDatabase(NAME);
});

const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 20,
  tasksPerStep: 4,
  groupSize: 8,
  lr: 3e-3,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
  evaluateEvery: 0,
  taskSet: '',
};

/** A run after so many steps, its numbers told apart by it. */
function run(nextStep: number): SavedRun {
  const floats = (offset: number) => Float32Array.from({ length: 1001 }, (_, i) => offset + nextStep + i / 7);
  const metrics = Array.from(
    { length: nextStep },
    (_, i) => ({ step: i + 1, reward: i / 10, kl: 1e-3 * i, 'ms/away': 0 }) as TrainingMetrics,
  );
  return {
    runId: 'a1',
    base: '0123456789abcdef',
    settings: SETTINGS,
    config: { ...PRESETS.lab.config, steps: SETTINGS.steps },
    nextStep,
    adapter: { params: floats(0), m: floats(100), v: floats(1000), updates: 2 * nextStep },
    metrics,
    norms: [{ layer: 0, module: 'q_proj', frobenius: nextStep }],
    heldOut: [],
  };
}

describe('a training run in the store', () => {
  test('comes back bit for bit, in the next session too', async () => {
    expect(await loadRun(store)).toBeNull();
    await saveRun(store, run(3));
    expect(await loadRun(store)).toEqual({ ...run(3), savedAt: 1234, damaged: [] });
    database.close();
    database = await LabDatabase.open({ name: NAME });
    store = new CheckpointStore(database);
    expect(await loadRun(store)).toEqual({ ...run(3), savedAt: 1234, damaged: [] });
  });

  test('weights that are views into larger memory are saved alone', async () => {
    const memory = new Float32Array(5000).fill(9);
    const params = memory.subarray(1003, 1003 + 1001);
    params.set(run(1).adapter.params);
    await saveRun(store, { ...run(1), adapter: { ...run(1).adapter, params } });
    memory.fill(0);
    expect((await loadRun(store))?.adapter.params).toEqual(run(1).adapter.params);
  });

  test('each step replaces the one before; a damaged newest one falls back to it and is told', async () => {
    for (const step of [1, 2, 3]) await saveRun(store, run(step));
    expect((await loadRun(store))?.nextStep).toBe(3);
    await database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      const rows = transaction.objectStore('checkpoints');
      const [newest] = (await rows.getAll()).reverse();
      newest.blobs.params[17] ^= 1;
      await rows.put(newest);
    });
    const { damaged, ...found } = (await loadRun(store)) ?? { damaged: [] };
    expect(found).toEqual({ ...run(2), savedAt: 1234 });
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toBeInstanceOf(CheckpointError);
    expect(damaged[0].message).toMatch(/number 3.*checksum/);
  });

  test('one of another version is refused with words, not half read', async () => {
    await store.put('training', { meta: { format: 0, settings: SETTINGS }, blobs: {} });
    await expect(loadRun(store)).rejects.toThrow(CheckpointError);
    await expect(loadRun(store)).rejects.toThrow(/another version/);
  });

  test('one without a part, or with half a number, is refused with words', async () => {
    await saveRun(store, run(1));
    const found = await store.get('training');
    if (!found) throw new Error('nothing was saved');
    const { v: _, ...withoutV } = found.blobs;
    for (const [blobs, words] of [
      [withoutV, /"v" is missing/],
      [{ ...found.blobs, m: found.blobs.m.subarray(1) }, /"m" is not of whole numbers/],
    ] as const) {
      await store.put('training', { meta: found.meta, blobs });
      await expect(loadRun(store)).rejects.toThrow(CheckpointError);
      await expect(loadRun(store)).rejects.toThrow(words);
    }
  });

  test('is described without its weights, and gone when discarded', async () => {
    await saveRun(store, run(2));
    const found = await loadRun(store);
    if (!found) throw new Error('nothing was saved');
    expect(describeRun(found)).toEqual({
      savedAt: 1234,
      settings: SETTINGS,
      steps: 2,
      metrics: run(2).metrics,
      norms: run(2).norms,
      heldOut: [],
    });
    await discardRun(store);
    expect(await loadRun(store)).toBeNull();
  });
});
