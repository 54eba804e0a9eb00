/** What a look inside tells is what playing told: same probabilities, whole attention; kernels are counted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TINY_CONFIG } from '../rl/tiny-policy.fixture';
import { toLabError } from './lab-errors';
import { LabSession } from './lab-session';
import type { EpisodeEvent, PlayOptions, TaskAddress, TrainingSettings } from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

const TASK: TaskAddress = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 };
const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 2,
  tasksPerStep: 2,
  groupSize: 4,
  lr: 1e-2,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
};

let served: ServedSite;
let session: LabSession;
let events: EpisodeEvent[] = [];
let finished: () => void = () => undefined;
beforeAll(async () => {
  served = await serveTinyPolicy();
  session = new LabSession((item) => {
    if (item.kind === 'episode-events') events.push(...item.events);
    if (item.kind === 'training-state' && item.state.kind === 'finished') finished();
  });
  await session.handlers.init({ site: served.address, backend: 'wasm' });
});
afterAll(() => served.close());

/** Opens an episode and takes its first step. */
async function played(adapter: PlayOptions['adapter']) {
  events = [];
  const options: PlayOptions = { adapter, dice: 0, reward: 'paper-appendix' };
  const { episodeId } = await session.handlers.openEpisode({ task: TASK, options });
  await session.handlers.stepEpisode({ episodeId });
  const completion = events.find((event) => event.type === 'completion');
  if (completion?.type !== 'completion') throw new Error('the policy wrote nothing');
  return { completion, address: { episodeId, step: completion.step } };
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );

describe('a look inside', () => {
  it('shows for each token the probability with which it was drawn, and all of every head', async () => {
    const { completion, address } = await played('none');
    const { promptIds, tokens } = completion;
    for (const token of new Set([0, 1, tokens.length - 1])) {
      const layer = token % TINY_CONFIG.layers;
      const look = await session.handlers.lookInside({ ...address, token, layer });
      expect(look.layer).toBe(layer);
      expect(look.written).toMatchObject({ id: tokens[token].id, text: tokens[token].text });
      expect(Math.log(look.written.probability)).toBeCloseTo(tokens[token].logprob, 3);
      expect(look.promptTokens).toBe(promptIds.length);
      expect(look.context.slice(promptIds.length)).toEqual(tokens.slice(0, token).map(({ text }) => text));
      expect(look.attention).toHaveLength(TINY_CONFIG.heads);
      for (const head of look.attention) {
        expect(head).toHaveLength(look.context.length);
        expect(head.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
      }
      expect(look.candidates).toHaveLength(10);
      const told = tokens[token].alternatives.slice(0, 3).map(({ id }) => id);
      expect(look.candidates.slice(0, 3).map(({ id }) => id)).toEqual(told);
      expect(look.deltas).toEqual([]);
    }
  });

  it('shows what an adapter adds once it has learned', async () => {
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    await session.handlers.train({ from: 'start', settings: SETTINGS });
    await done;
    const { completion, address } = await played('trained');
    const look = await session.handlers.lookInside({ ...address, token: 0, layer: 1 });
    expect(Math.log(look.written.probability)).toBeCloseTo(completion.tokens[0].logprob, 3);
    expect(look.deltas.map(({ module }) => module)).toContain('q_proj');
    for (const { delta, output } of look.deltas) {
      expect(delta).toBeGreaterThan(0);
      expect(delta).toBeLessThan(output);
    }
  });

  it('shows every intermediate that it lists, and gradients only where an adapter plays', async () => {
    for (const adapter of ['none', 'trained'] as const) {
      const { address } = await played(adapter);
      const { lookInside, captureIntermediate } = session.handlers;
      const { intermediates, deltas, context, attention } = await lookInside({
        ...address,
        token: 0,
        layer: 1,
      });
      expect(intermediates.some(({ gradient }) => gradient)).toBe(adapter === 'trained');
      expect(intermediates.every(({ name }) => !name.startsWith('layers.0.'))).toBe(true);
      for (const { name } of intermediates) {
        const seen = await captureIntermediate({ ...address, token: 0, name });
        expect(seen.count, name).toBe(seen.shape.reduce((product, dim) => product * dim, 1));
        expect(
          seen.histogram.reduce((sum, part) => sum + part, 0),
          name,
        ).toBe(seen.count);
        expect(Number.isFinite(seen.norm), name).toBe(true);
        if (seen.gradient) expect(seen.norm, name).toBeGreaterThan(0);
        const told = deltas.find(({ module }) => name === `layers.1.${module}.lora_delta`);
        if (told) expect(seen.norm).toBeCloseTo(told.delta, 5);
        if (name.endsWith('attention.probabilities')) {
          expect(seen.shape).toEqual([TINY_CONFIG.heads, context.length]);
          expect(seen.largest).toBeCloseTo(Math.max(...attention.flat()), 6);
        }
      }
    }
  });

  it('is refused in words where there is nothing', async () => {
    const { completion, address } = await played('none');
    const { lookInside, measureKernels } = session.handlers;
    const place = { ...address, token: 0, layer: 0 };
    expect(await code(lookInside({ ...place, token: completion.tokens.length }))).toBe('no-token');
    expect(await code(lookInside({ ...place, layer: TINY_CONFIG.layers }))).toBe('no-layer');
    expect(await code(lookInside({ ...place, step: 99 }))).toBe('no-step');
    const { captureIntermediate } = session.handlers;
    for (const name of ['logit', 'layers.0.q_proj.lora_delta', 'layers.0.q_proj.lora_A.gradient']) {
      expect(await code(captureIntermediate({ ...address, token: 0, name })), name).toBe('no-intermediate');
    }
    expect(await code(measureKernels({ ...address, episodeId: 'other' }))).toBe('no-episode');
  });
});

it('a measured pass lists every kernel with calls, time and bytes, and the clock is off after it', async () => {
  const { completion, address } = await played('none');
  const pass = await session.handlers.measureKernels(address);
  expect(pass.tokens).toBe(completion.promptIds.length + completion.tokens.length);
  const calls = new Map(pass.kernels.map(({ kernel, calls }) => [kernel, calls]));
  expect(calls.get('attention')).toBe(TINY_CONFIG.layers);
  for (const { kernel, ms, bytes } of pass.kernels) {
    expect(ms, kernel).toBeGreaterThanOrEqual(0);
    expect(bytes, kernel).toBeGreaterThan(0);
  }
  const again = await session.handlers.measureKernels(address);
  expect(again.kernels.map(({ kernel, calls }) => [kernel, calls]).sort()).toEqual([...calls].sort());
});
