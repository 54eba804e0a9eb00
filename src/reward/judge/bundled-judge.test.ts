/**
 * The bundled policy as a judge: its prompts fit its window, and of what it writes hardly anything is a judgement,
 * which is told as failures and changes no reward. Held to scores it
 * writes nothing else.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import { directory } from '../../cli/directory';
import { EngineModel } from '../../engine/model/engine-model';
import { openModelFolder } from '../../engine/model/model-folder';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { createTransientMemory } from '../../memory/long-term-memory';
import { EnginePolicy } from '../../policies/engine-policy';
import { PolicyChat } from '../../policies/policy-chat';
import { ScriptedPolicy } from '../../policies/scripted';
import { evaluationRollouts } from '../../rl/evaluate';
import { type JudgedEpisode, type Judgement, judgeEpisodes } from './judge';

let model: EngineModel;
let policy: EnginePolicy;
let episodes: readonly JudgedEpisode[];

beforeAll(async () => {
  const opened = await openModelFolder(directory('public/policy'));
  model = await EngineModel.open({
    backend: await WasmBackend.create(),
    config: opened.config,
    weights: opened.weights,
  });
  policy = new EnginePolicy('bundled', model, new PolicyChat(opened.chat), false);
  episodes = await evaluationRollouts({
    policy: new ScriptedPolicy(),
    backend: 'none',
    memories: { open: (namespace) => createTransientMemory({ namespace }), drop: async () => undefined },
    episode: BUNDLED_EPISODE_CONFIG,
    reward: 'paper-appendix',
    episodes: 8,
    seed: 3,
    split: 'evaluation',
    temperature: 1,
    maxNewTokens: 64,
  });
});
afterAll(() => model.dispose());

const judged = (form: 'free' | 'score') =>
  judgeEpisodes(episodes, { policy, window: model.maxPositions, seed: 1, size: 'short', form });
const attemptsOf = (judgements: readonly Judgement[]) =>
  judgements.flatMap(({ parts }) => parts.flatMap(({ items }) => items.flatMap((item) => item.attempts)));

test('it fails as a judge, in words, and no reward is changed by it', async () => {
  const judgements = await judged('free');
  const parts = judgements.flatMap((judgement) => judgement.parts);
  const attempts = attemptsOf(judgements);
  expect(attempts.length).toBeGreaterThan(20);
  expect(attempts.filter(({ failure }) => failure === 'too-long')).toEqual([]);
  expect(
    attempts.every(({ promptTokens, replyTokens }) => promptTokens + replyTokens <= model.maxPositions),
  ).toBe(true);
  const failed = parts.filter(({ verdict }) => verdict === 'failed');
  expect(failed.length).toBeGreaterThan(parts.length / 2);
  for (const { judged: paid, ruled, parts: own } of judgements) {
    if (own.every(({ verdict }) => verdict !== 'judged')) expect(paid).toEqual(ruled);
  }
});

test('held to scores every reply is one, asked once', async () => {
  const judgements = await judged('score');
  const attempts = attemptsOf(judgements);
  expect(attempts.length).toBeGreaterThan(20);
  for (const { text, failure } of attempts) {
    expect(failure).toBeNull();
    expect(text).toMatch(/^<score>(?:0\.[0-9]|1\.0)<\/score>$/);
  }
  expect(judgements.every(({ cost }) => cost.retries === 0)).toBe(true);
  expect(await judged('score')).toEqual(judgements);
});
