/**
 * The bundled policy as a judge: its prompts fit its window, and of what it writes hardly anything is a judgement,
 * which is told as failures and changes no reward.
 */
import { expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import { directory } from '../../cli/directory';
import { EngineModel } from '../../engine/model/engine-model';
import { openModelFolder } from '../../engine/model/model-folder';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { createTransientMemory } from '../../memory/long-term-memory';
import { EnginePolicy } from '../../policies/engine-policy';
import { ScriptedPolicy } from '../../policies/scripted';
import { evaluationRollouts } from '../../rl/evaluate';
import { judgeEpisodes } from './judge';

test('it fails as a judge, in words, and no reward is changed by it', async () => {
  const opened = await openModelFolder(directory('public/policy'));
  const model = await EngineModel.open({
    backend: await WasmBackend.create(),
    config: opened.config,
    weights: opened.weights,
  });
  const policy = new EnginePolicy('bundled', model, opened.chat, false);
  const episodes = await evaluationRollouts({
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
  const judgements = await judgeEpisodes(episodes, {
    policy,
    window: model.maxPositions,
    seed: 1,
    size: 'short',
  });
  const parts = judgements.flatMap((judgement) => judgement.parts);
  const attempts = parts.flatMap(({ items }) => items.flatMap((item) => item.attempts));
  expect(attempts.length).toBeGreaterThan(20);
  expect(attempts.filter(({ failure }) => failure === 'too-long')).toEqual([]);
  expect(
    attempts.every(({ promptTokens, replyTokens }) => promptTokens + replyTokens <= model.maxPositions),
  ).toBe(true);
  const failed = parts.filter(({ verdict }) => verdict === 'failed');
  expect(failed.length).toBeGreaterThan(parts.length / 2);
  for (const { judged, ruled, parts: own } of judgements) {
    if (own.every(({ verdict }) => verdict !== 'judged')) expect(judged).toEqual(ruled);
  }
  model.dispose();
});
