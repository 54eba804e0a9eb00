/** The bundled policy, hot enough to stumble, with and without the protocol imposed: on real weights, as the lab plays it. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startEpisode } from '../agent/playing.fixture';
import type { PolicyRequest } from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import { isStep } from '../agent/protocol-automaton';
import { checkCall } from '../agent/tool-schemas';
import { EngineModel } from '../engine/model/engine-model';
import { openModelFolder } from '../engine/model/model-folder';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import { demonstrate } from './demonstrations';
import { EnginePolicy } from './engine-policy';
import { PolicyChat } from './policy-chat';

const folder = new URL('../../public/policy/', import.meta.url);
const opened = await openModelFolder(async (name) => new Uint8Array(await readFile(new URL(name, folder))));
const model = await EngineModel.open({
  backend: await WasmBackend.create({ threads: 1 }),
  config: opened.config,
  weights: opened.weights,
});
const policy = new EnginePolicy('bundled', model, new PolicyChat(opened.chat), false);

const embedder = new NgramEmbedder();
// For scripted policies; a language model reads the messages.
const { state } = await (await startEpisode()).request();
const requests: PolicyRequest[] = [];
for await (const { steps } of demonstrate({
  openMemory: (namespace) => createTransientMemory({ namespace, embedder, now: () => 0 }),
  episodes: 8,
  split: 'evaluation',
})) {
  for (const { messages } of steps) requests.push({ messages, seed: requests.length, state });
}

function isWellFormed(text: string): boolean {
  const action = parseCompletion(text);
  if (action.kind === 'protocol-error' || action.tolerances.length > 0) return false;
  return action.kind === 'answer' || action.calls.every((call) => checkCall(call).ok);
}

const share = (texts: readonly string[]) => texts.filter(isWellFormed).length / texts.length;

test('every step that comes to its end is well formed, where without it many are not', async () => {
  const hot = { temperature: 2.2, maxNewTokens: 64 };
  const free = await policy.generate(requests, hot);
  const constrained = await policy.generate(requests, { ...hot, constrained: true });
  const ended = constrained.filter(({ finish }) => finish === 'stop');
  expect(share(ended.map(({ text }) => text))).toBe(1);
  expect(ended.length).toBeGreaterThan(0.5 * requests.length);
  expect(share(free.map(({ text }) => text))).toBeLessThan(0.8);
});

test('it changes nothing where nothing is wrong', async () => {
  const greedy = { temperature: 0, maxNewTokens: 64 };
  const free = await policy.generate(requests, greedy);
  const constrained = await policy.generate(requests, { ...greedy, constrained: true });
  const fine = free.flatMap(({ text }, i) => (isStep(text) ? [i] : []));
  expect(fine.length).toBeGreaterThan(0.9 * requests.length);
  for (const i of fine) expect(constrained[i].text).toBe(free[i].text);
});
