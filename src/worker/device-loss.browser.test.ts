/**
 * The GPU is destroyed in the middle of a training step, on the real back end: while rollouts are sampled,
 * when the update has begun, and when all of it is enqueued and nothing read. The run moves to a new device,
 * takes the step again, and ends with the numbers of a run that nothing happened to.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { writeModelConfig } from '../engine/model/config';
import { MissingFileError, type ReadFile } from '../engine/model/model-folder';
import { writeSafetensors } from '../engine/model/safetensors-writer';
import { WebGpuBackend } from '../engine/webgpu/webgpu-backend';
import { bundledTokenizerConfig } from '../policies/bundled-chat';
import { TINY_CONFIG, TINY_TOKENIZER, tinyWeights } from '../rl/tiny-policy.fixture';
import type { Checkpoint } from '../storage/checkpoint-store';
import { TransientCheckpoints } from '../storage/transient-checkpoints.fixture';
import { LabMemories } from './memories';
import { LabModels } from './models';
import type { News, TrainingSettings } from './protocol';
import { TrainingSession } from './training-session';

/** A software adapter beside other work took up to a minute a run. */
const LIMIT_MS = 300_000;
const SOAK = import.meta.env.VITE_SOAK !== undefined;
const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 2,
  tasksPerStep: 1,
  groupSize: 2,
  lr: 1e-2,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
};

let folder: ReadFile;

beforeAll(async () => {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files: Readonly<Record<string, Uint8Array>> = {
    'config.json': json(writeModelConfig(TINY_CONFIG)),
    'tokenizer.json': json(TINY_TOKENIZER),
    'tokenizer_config.json': json(bundledTokenizerConfig(TINY_CONFIG.maxPositions)),
    'model.safetensors': writeSafetensors(await tinyWeights()),
  };
  folder = async (name) => {
    if (!files[name]) throw new MissingFileError(name, 'in the test');
    return files[name];
  };
});

const missing: ReadFile = async (name) => {
  throw new MissingFileError(name, 'in the test');
};

interface Ended {
  readonly news: readonly News[];
  readonly last: Checkpoint;
  readonly devices: number;
}

/** A run from its start to its end; `at` may take the device away. */
async function train(at: (news: News, lose: () => void) => void = () => {}): Promise<Ended> {
  const store = new TransientCheckpoints();
  const news: News[] = [];
  let devices = 1;
  const models = await LabModels.open(
    { folders: (name) => (name === 'policy' ? folder : missing), decode: 'fused', tell: () => {} },
    await WebGpuBackend.create(),
    () => {},
  );
  const lose = () => (models.backend as WebGpuBackend).device.destroy();
  const ended = new Promise<void>((resolve) => {
    const session = new TrainingSession(
      models,
      LabMemories.transient('In the test.', undefined, store),
      (item) => {
        news.push(item);
        at(item, lose);
        if (item.kind === 'training-state' && ['finished', 'failed'].includes(item.state.kind)) resolve();
      },
      async () => {
        devices++;
        return WebGpuBackend.create();
      },
    );
    session.start(SETTINGS, null);
  });
  await ended;
  models.backend.dispose();
  const [newest] = [...store.rows].filter(([name]) => /^run\/\w+$/.test(name));
  return { news, last: newest[1][0].checkpoint, devices };
}

const states = (news: readonly News[]) =>
  news.flatMap((item) => (item.kind === 'training-state' ? [item.state] : []));
const steps = (news: readonly News[]) =>
  news.flatMap((item) => (item.kind === 'training-step' ? [item.metrics] : []));

/** Once, when the phase of a step is reached. */
function losingAt(
  step: number,
  phase: 'rollouts' | 'update',
  ready: (done: number, total: number) => boolean,
) {
  let done = false;
  return (item: News, lose: () => void) => {
    if (done || item.kind !== 'training-phase' || item.step !== step || item.phase !== phase) return;
    if (!ready(item.done, item.total)) return;
    done = true;
    lose();
  };
}

// Minutes on a software adapter; the suite loses a device in Node (training-runs.test.ts).
describe.skipIf(!SOAK)('a device that goes away in the middle of a step', () => {
  let unbroken: Ended;
  beforeAll(async () => {
    unbroken = await train();
    expect(states(unbroken.news).at(-1)).toEqual({ kind: 'finished' });
  }, LIMIT_MS);

  const SPOTS = [
    ['while rollouts are sampled, step 2', losingAt(2, 'rollouts', () => true)],
    [
      'when the update is enqueued, step 1',
      losingAt(1, 'update', (done, total) => total > 0 && done === total),
    ],
    ['when the update begins, step 2', losingAt(2, 'update', (_, total) => total === 0)],
  ] as const;

  it.each(SPOTS)('%s', { timeout: LIMIT_MS }, async (_, at) => {
    const broken = await train(at);
    expect(states(broken.news).at(-1)).toEqual({ kind: 'finished' });
    expect(broken.devices).toBe(2);
    expect(states(broken.news).at(-1)).toEqual({ kind: 'finished' });
    const told = broken.news.flatMap((item) => (item.kind === 'trouble' ? [item] : []));
    expect(told).toMatchObject([{ fatal: false, error: { code: 'device-replaced' } }]);
    expect(told[0].error.message).toMatch(/went away during step (1|2).*taken again with the same numbers/);

    expect(steps(broken.news).map(({ step }) => step)).toEqual([1, 2]);
    steps(broken.news).forEach((metrics, i) => {
      expect(metrics.reward).toBeCloseTo(steps(unbroken.news)[i].reward, 6);
      expect(metrics.grad_norm).toBeCloseTo(steps(unbroken.news)[i].grad_norm, 5);
    });
    for (const part of ['params', 'm', 'v'] as const) {
      const [own, other] = [broken, unbroken].map(({ last }) => floats(last.blobs[part]));
      const scale = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      own.forEach((value, i) => {
        expect(Math.abs(value - other[i])).toBeLessThanOrEqual(1e-5 * scale);
      });
    }
  });
});

const floats = (bytes: Uint8Array) => new Float32Array(bytes.slice().buffer);
