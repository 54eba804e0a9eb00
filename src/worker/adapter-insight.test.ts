/** What an adapter learned, on the real session with a tiny policy that is trained here. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { toLabError } from './lab-errors';
import { LabSession } from './lab-session';
import { LabMemories } from './memories';
import type { EventLog, News, TaskAddress } from './protocol';
import { type ServedSite, serveTinyPolicy } from './served-policy.fixture';

const TASK: TaskAddress = { family: 'qa', split: 'evaluation', difficulty: 'one-fact', seed: 5 };
const PLAY = { task: TASK, dice: 3, reward: 'paper-appendix' } as const;

let site: ServedSite;
let session: LabSession;
const news: News[] = [];

beforeAll(async () => {
  site = await serveTinyPolicy();
  session = new LabSession((item) => news.push(item), {
    chooseBackend: async () => ({
      backend: await WasmBackend.create({ threads: 1 }),
      chosen: 'wasm',
      reason: 'asked for',
      alternatives: [],
    }),
    openMemories: async () => LabMemories.transient('In the test.'),
  });
  await session.handlers.init({ site: site.address, backend: null });
});

afterAll(() => site.close());

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );
const said = (log: EventLog) => log.flatMap((event) => (event.type === 'completion' ? event.tokens : []));

async function trainTwoSteps(): Promise<void> {
  await session.handlers.train({
    from: 'start',
    settings: {
      preset: 'lab',
      steps: 2,
      tasksPerStep: 1,
      groupSize: 4,
      lr: 3e-2,
      seed: 1,
      advantageMode: 'broadcast',
      reward: 'paper-appendix',
    },
  });
  await expect
    .poll(() => news.findLast((item) => item.kind === 'training-state'), { timeout: 60_000 })
    .toMatchObject({
      state: { kind: 'finished' },
    });
}

it('before anything is trained there is nothing to look at, and it is said', async () => {
  const { handlers } = session;
  expect(await code(handlers.describeAdapter({ adapter: 'trained' }))).toBe('no-adapter');
  expect(await code(handlers.learnedDecisions({ adapter: 'shipped' }))).toBe('no-adapter');
  expect(await code(handlers.replayStrength({ ...PLAY, adapter: 'trained', strength: 1 }))).toBe(
    'no-adapter',
  );
});

it('the size and the rank of its change: singular values whose squares are the squared norm', async () => {
  await trainTwoSteps();
  const { layers, r, scaling } = await session.handlers.describeAdapter({ adapter: 'trained' });
  const reported = news.findLast((item) => item.kind === 'training-step');
  expect(reported?.kind === 'training-step' && reported.norms).toEqual(
    layers.map(({ layer, module, frobenius }) => ({ layer, module, frobenius })),
  );
  expect(scaling).toBeGreaterThan(0);
  for (const { singular, frobenius } of layers) {
    expect(singular).toHaveLength(r);
    const sum = singular.reduce((total, value) => total + value * value, 0);
    expect(Math.abs(Math.sqrt(sum) - frobenius)).toBeLessThan(1e-9 * Math.max(1, frobenius));
  }
});

it('the decisions that changed: the same set each time, most changed first, probabilities of both', async () => {
  const first = await session.handlers.learnedDecisions({ adapter: 'trained' });
  expect(await session.handlers.learnedDecisions({ adapter: 'trained' })).toEqual(first);
  expect(first.decisions.length).toBeGreaterThan(first.tasks * 3);
  expect(new Set(first.decisions.map(({ stage }) => stage))).toEqual(new Set([1, 2, 3]));
  expect(first.decisions[0].distance).toBeGreaterThan(0);
  // The place is right: what the base is sure of there is what it begins its thoughts with when it plays.
  const begun = new Set<string>();
  for (let dice = 0; dice < 4; dice++) {
    const [{ log }] = await session.handlers.compareAdapters({ ...PLAY, dice, adapters: ['none'] });
    for (const event of log) {
      if (event.type !== 'completion' || event.tokens[0].text !== '<think>') continue;
      begun.add(event.tokens[1].text);
    }
  }
  expect(begun.size).toBeGreaterThan(0);
  const sure = first.decisions.flatMap(({ moved }) => moved.filter(({ base }) => base > 0.3));
  expect(sure.length).toBeGreaterThan(0);
  expect(sure.map(({ text }) => text).filter((text) => !begun.has(text))).toEqual([]);
  expect(first.decisions.some(({ message }) => message.startsWith('related: '))).toBe(false);
  let last = 1;
  for (const { distance, moved } of first.decisions) {
    expect(distance).toBeLessThanOrEqual(last);
    last = distance;
    const sizes = moved.map(({ base, adapted }) => Math.abs(adapted - base));
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    // What is told is part of the whole distance.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2 * distance + 1e-9);
  }
});

it('strength 0 plays as the base policy, 1 as the adapter, token by token; between them as neither', async () => {
  const { handlers } = session;
  const [base, trained] = await handlers.compareAdapters({ ...PLAY, adapters: ['none', 'trained'] });
  const at = async (strength: number) =>
    said((await handlers.replayStrength({ ...PLAY, adapter: 'trained', strength })).log);
  expect(await at(0)).toEqual(said(base.log));
  expect(await at(1)).toEqual(said(trained.log));
  const half = await at(0.5);
  expect(half).not.toEqual(said(base.log));
  expect(half).not.toEqual(said(trained.log));
  expect(await at(0)).toEqual(said(base.log));
});

it.each([-0.1, 1.6, Number.NaN])('strength %d is refused in words', async (strength) => {
  expect(await code(session.handlers.replayStrength({ ...PLAY, adapter: 'trained', strength }))).toBe(
    'strength',
  );
});
