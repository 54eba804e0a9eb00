import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrainingMetrics } from '../rl/metrics';
import { PRESETS } from '../rl/presets';
import { CheckpointStore } from '../storage/checkpoint-store';
import { LabDatabase } from '../storage/database';
import { makeVersion1 } from '../storage/database-v1.fixture';
import { CheckpointError } from '../storage/errors';
import { takeAway } from '../storage/take-away.fixture';
import type { TrainingSettings } from './protocol';
import { describeRun, loadRun, loadStep, type RunStore, type SavedRun, saveRun } from './run-checkpoint';
import { adoptEarlier, keptRuns } from './runs/run-list';

const NAME = 'run-checkpoint-test';
let database: LabDatabase;
let store: CheckpointStore;

beforeEach(async () => {
  database = await LabDatabase.open({ name: NAME });
  store = new CheckpointStore(database, { now: () => 1234 });
});

afterEach(async () => {
  database.close();
  await takeAway(NAME);
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
    baseName: 'policy',
    settings: SETTINGS,
    config: { ...PRESETS.lab.config, steps: SETTINGS.steps },
    nextStep,
    adapter: { params: floats(0), m: floats(100), v: floats(1000), updates: 2 * nextStep },
    metrics,
    norms: [{ layer: 0, module: 'q_proj', frobenius: nextStep }],
    heldOut: [],
    begun: 99,
    rolloutBytes: metrics.map(() => 0),
  };
}

describe('a training run in the store', () => {
  test('comes back bit for bit, in the next session too', async () => {
    expect(await loadRun(store, 'a1')).toBeNull();
    await saveRun(store, run(3));
    expect(await loadRun(store, 'a1')).toEqual({ ...run(3), savedAt: 1234, damaged: [] });
    database.close();
    database = await LabDatabase.open({ name: NAME });
    store = new CheckpointStore(database);
    expect(await loadRun(store, 'a1')).toEqual({ ...run(3), savedAt: 1234, damaged: [] });
  });

  test('weights that are views into larger memory are saved alone', async () => {
    const memory = new Float32Array(5000).fill(9);
    const params = memory.subarray(1003, 1003 + 1001);
    params.set(run(1).adapter.params);
    await saveRun(store, { ...run(1), adapter: { ...run(1).adapter, params } });
    memory.fill(0);
    expect((await loadRun(store, 'a1'))?.adapter.params).toEqual(run(1).adapter.params);
  });

  test('each step replaces the one before; a damaged newest one falls back to it and is told', async () => {
    for (const step of [1, 2, 3]) await saveRun(store, run(step));
    expect((await loadRun(store, 'a1'))?.nextStep).toBe(3);
    await database.run(['checkpoints'], 'readwrite', 'strict', async (transaction) => {
      const rows = transaction.objectStore('checkpoints');
      const newest = await rows.get(['run/a1', 3]);
      newest.blobs.params[17] ^= 1;
      await rows.put(newest);
    });
    const { damaged, ...found } = (await loadRun(store, 'a1')) ?? { damaged: [] };
    expect(found).toEqual({ ...run(2), savedAt: 1234 });
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toBeInstanceOf(CheckpointError);
    expect(damaged[0].message).toMatch(/number 3.*checksum/);
  });

  test('one of another version is refused with words, not half read', async () => {
    await store.put('run/a1', { meta: { format: 0, settings: SETTINGS }, blobs: {} });
    await expect(loadRun(store, 'a1')).rejects.toThrow(CheckpointError);
    await expect(loadRun(store, 'a1')).rejects.toThrow(/another version/);
  });

  test('one without a part, or with half a number, is refused with words', async () => {
    await saveRun(store, run(1));
    const found = await store.get('run/a1');
    if (!found) throw new Error('nothing was saved');
    const { v: _, ...withoutV } = found.blobs;
    for (const [blobs, words] of [
      [withoutV, /"v" is missing/],
      [{ ...found.blobs, m: found.blobs.m.subarray(1) }, /"m" is not of whole numbers/],
    ] as const) {
      await store.put('run/a1', { meta: found.meta, blobs });
      await expect(loadRun(store, 'a1')).rejects.toThrow(CheckpointError);
      await expect(loadRun(store, 'a1')).rejects.toThrow(words);
    }
  });

  test('is described without its weights, and gone when discarded', async () => {
    await saveRun(store, run(2));
    const found = await loadRun(store, 'a1');
    if (!found) throw new Error('nothing was saved');
    expect(describeRun(found)).toEqual({
      savedAt: 1234,
      settings: SETTINGS,
      steps: 2,
      metrics: run(2).metrics,
      norms: run(2).norms,
      heldOut: [],
    });
    await store.take('run/a1');
    expect(await loadRun(store, 'a1')).toBeNull();
  });

  test('of an earlier version of the page is taken into the list, with a database of that version', async () => {
    database.close();
    await takeAway(NAME);
    await makeVersion1(NAME);
    database = await LabDatabase.open({ name: NAME });
    store = new CheckpointStore(database);
    // As version 1 of the database held them; its own checkpoint is of no run and stays where it is.
    const found = await store.list();
    expect(found.map(({ name }) => name)).not.toContain('run/a1');
    const { begun: _, rolloutBytes: __, adapter, ...older } = run(3);
    const floats = ({ buffer }: Float32Array) => new Uint8Array(buffer as ArrayBuffer);
    await store.delete('training');
    for (const nextStep of [2, 3]) {
      await store.put('training', {
        meta: {
          format: 2,
          ...older,
          nextStep,
          metrics: older.metrics.slice(0, nextStep),
          updates: adapter.updates,
        },
        blobs: { params: floats(adapter.params), m: floats(adapter.m), v: floats(adapter.v) },
      });
    }
    await adoptEarlier(store);
    await adoptEarlier(store);
    expect(await loadRun(store, 'a1')).toMatchObject({
      ...older,
      begun: null,
      rolloutBytes: [0, 0, 0],
      adapter,
    });
    expect((await keptRuns(store)).runs).toMatchObject([{ id: 'a1', steps: 3, begun: null }]);
    expect([...(await store.names('training')).keys()]).toEqual([]);
    expect(await loadStep(store, 'a1', 2)).toMatchObject({ nextStep: 2 });
  });

  test('one of a hundred is listed without reading any weights', async () => {
    for (let i = 0; i < 100; i++) {
      const runId = i.toString(16).padStart(32, '0');
      await saveRun(store, { ...run(1), runId }, [{ step: 1, packed: new Uint8Array(100) }]);
    }
    const read: string[] = [];
    const watched: RunStore = Object.assign(Object.create(store), {
      get: (name: string) => {
        read.push(name);
        return store.get(name);
      },
      names: (prefix: string) => store.names(prefix),
    });
    const { runs } = await keptRuns(watched);
    expect(runs).toHaveLength(100);
    expect(read.every((name) => name.endsWith('/card'))).toBe(true);
  });
});
