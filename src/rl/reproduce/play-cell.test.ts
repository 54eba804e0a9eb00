import { expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG, LARGE_WORLD_CONFIG } from '../../agent/config';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../../memory/long-term-memory';
import { ExpertReader } from '../../policies/expert-reader';
import { perfectDemonstrator } from '../../policies/scripted';
import { evaluationSeeds } from '../seeds';
import {
  BY_RULES,
  type CellSettings,
  endsOf,
  type PlayedEpisodes,
  playEpisodes,
  playSeed,
  valuesOf,
} from './play-cell';

const embedder = new NgramEmbedder();
const SETTINGS: CellSettings = {
  policy: perfectDemonstrator(),
  memories: { open: (namespace) => createTransientMemory({ embedder, namespace }), drop: async () => {} },
  embedder,
  episode: LARGE_WORLD_CONFIG,
  split: 'evaluation',
  episodesPerSeed: 6,
  temperature: 1,
  maxNewTokens: 64,
  placement: 'before',
  replies: BY_RULES,
};
const reading = { ...SETTINGS, policy: new ExpertReader() };

test('a baseline and AgeMem on the same seed: figures of both, the same each time', async () => {
  const mem0 = await playSeed('mem0', 'alfworld', 3, reading);
  expect(mem0).toEqual(await playSeed('mem0', 'alfworld', 3, reading));
  expect(mem0.score).toBeGreaterThan((await playSeed('no-memory', 'alfworld', 3, reading)).score);
  expect(mem0['env success']).toBe(mem0.score);
  expect(mem0['memory-calls']).toBeGreaterThan(0);
  const agemem = await playSeed('agemem', 'alfworld', 3, SETTINGS);
  expect(agemem.score).toBe(1);
  expect(agemem['env success']).toBe(1);
  expect(agemem['calls Retrieve_memory']).toBeGreaterThan(0);
});

test('retrieval in place of the tools for the context: those are refused, and entries are shown in stage 3', async () => {
  const plain = await playSeed('agemem', 'qa', 1, SETTINGS);
  const variant = await playSeed('agemem-rag', 'qa', 1, SETTINGS);
  expect(variant.score).toBeGreaterThan(0.8);
  // The demonstrator filters and summarises, which is refused here.
  expect(plain['failed-calls']).toBe(0);
  expect(variant['failed-calls']).toBeGreaterThan(0.2);
});

test('the component ablation: with long-term tools alone memory is built and nothing can be looked up, with none not even that', async () => {
  // The perfect demonstrator stores what it should; it reads what it asked for itself and nothing else.
  const long = await playSeed('lt', 'qa', 1, SETTINGS);
  expect(long).toMatchObject({ 'memory-quality': 1, score: 0 });
  expect(long['failed-calls']).toBeGreaterThan(0.2);
  const none = await playSeed('no-tools', 'qa', 1, SETTINGS);
  expect(none).toMatchObject({ score: 0, 'failed-calls': 1 });
  // Nothing is stored: there is no quality of it, not one of 0.
  expect(none).not.toHaveProperty('memory-quality');
  expect(none.composite).toBeLessThan(long.composite);
});

test('prompts that outgrow the window are told as such', async () => {
  const tight = { ...reading, episode: { ...BUNDLED_EPISODE_CONFIG, hardPromptTokens: 30 } };
  expect(await playSeed('rag', 'pddl', 1, tight)).toMatchObject({ 'does-not-fit': 1, score: 0 });
});

test('a seed played in pieces is the seed, and each episode alone is that episode: for a baseline and for AgeMem', async () => {
  const seeds = evaluationSeeds(2, 6);
  for (const [method, settings] of [
    ['langmem', reading],
    ['agemem-rag', SETTINGS],
  ] as const) {
    const one = (from: number, to: number) => playEpisodes(method, 'babyai', seeds.slice(from, to), settings);
    const parts = [await one(0, 1), await one(1, 5), await one(5, 6)];
    const joined = parts.reduce(join);
    const whole = await one(0, 6);
    expect(valuesOf(joined)).toEqual(await playSeed(method, 'babyai', 2, settings));
    expect(endsOf(joined)).toEqual(endsOf(whole));
    const scores = endsOf(joined).map(({ score }) => score ?? 0);
    expect(scores.reduce((sum, score) => sum + score, 0) / 6).toBeCloseTo(valuesOf(whole).score, 12);
  }
});

function join(a: PlayedEpisodes, b: PlayedEpisodes): PlayedEpisodes {
  if (a.kind === 'baseline' && b.kind === 'baseline') return { ...a, results: [...a.results, ...b.results] };
  if (a.kind === 'agemem' && b.kind === 'agemem') return { ...a, rollouts: [...a.rollouts, ...b.rollouts] };
  throw new Error('Of two kinds.');
}

test('memory quality of a baseline: what it holds after stage 1, against the facts of the task', async () => {
  const quality = async (method: 'no-memory' | 'rag' | 'mem0' | 'mem0-graph' | 'langmem') =>
    (await playSeed(method, 'qa', 2, reading))['memory-quality'];
  // The extractor drops small talk and replaces what is over; chunks keep all of it.
  const [rag, mem0] = [await quality('rag'), await quality('mem0')];
  expect(rag).toBeGreaterThan(0.2);
  expect(rag).toBeLessThan(mem0 - 0.1);
  expect(mem0).toBeGreaterThan(0.8);
  // Its graph says the same once more, and is not counted as entries that repeat.
  expect(await quality('mem0-graph')).toBe(mem0);
  // Of nothing there is no quality.
  expect(await quality('no-memory')).toBeUndefined();
});

test('with replies by the model it is asked, what it cannot write is counted, and rules stand in', async () => {
  /** Answers as the expert does and replies with nothing that can be read. */
  class Mute extends ExpertReader {
    override readonly generate: ExpertReader['generate'] = async (requests, how) => {
      if ((how as { form?: string }).form === undefined) return super.generate(requests, how);
      return requests.map(() => ({ text: 'no', promptIds: [], tokens: [], finish: 'stop' as const }));
    };
  }
  const asked = await playSeed('mem0', 'qa', 2, {
    ...reading,
    policy: new Mute(),
    replies: { kind: 'model', window: null },
  });
  const ruled = await playSeed('mem0', 'qa', 2, reading);
  expect(asked.score).toBe(ruled.score);
  expect(asked['unread-replies']).toBe(asked['memory-calls']);
  expect(asked['memory-calls']).toBe(2 * ruled['memory-calls']);
  expect(ruled['unread-replies']).toBeUndefined();
  const late = await playSeed('mem0', 'qa', 2, {
    ...reading,
    policy: new Mute(),
    replies: { kind: 'model', window: 10 },
  });
  // Too long for the window: not asked, and counted as unread all the same.
  expect(late['memory-calls']).toBe(0);
  expect(late['unread-replies']).toBe(ruled['memory-calls']);
});
