import { describe, expect, it } from 'vitest';
import { startEpisode } from '../agent/playing.fixture';
import type { ChatMessage, PolicyRequest, SampledToken } from '../agent/policy';
import { isStep, mayBegin } from '../agent/protocol-automaton';
import { trainByteLevelBpe } from '../engine/model/bpe-trainer';
import { ChatTemplate, ChatTokenizer } from '../engine/model/chat-template';
import { EngineModel } from '../engine/model/engine-model';
import type { ModelConfig } from '../engine/model/model-config';
import { randomWeights } from '../engine/model/tiny-model.fixture';
import { readTokenizer } from '../engine/model/tokenizer';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { BUNDLED_ADDED_TOKENS, BUNDLED_CHAT_TEMPLATE, BUNDLED_STOP_TOKEN } from './bundled-chat';
import { ConstraintUnavailableError, EnginePolicy, PromptTooLongError } from './engine-policy';
import { PolicyChat } from './policy-chat';

const trained = trainByteLevelBpe(Array(20).fill('Mira lives in Oslo and plays the cello.'), {
  vocabSize: 300,
  addedTokens: BUNDLED_ADDED_TOKENS,
});
const chat = new ChatTokenizer(
  readTokenizer(new TextEncoder().encode(JSON.stringify(trained))),
  new ChatTemplate(BUNDLED_CHAT_TEMPLATE),
  [BUNDLED_STOP_TOKEN],
);
const config: ModelConfig = {
  architecture: 'qwen3',
  vocabSize: 300,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headDim: 16,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: false,
  qkNorm: true,
  maxPositions: 160,
};
const model = await EngineModel.open({
  backend: await WasmBackend.create({ threads: 1 }),
  config,
  weights: randomWeights(config, 5, 0.1),
  adapter: { r: 2, alpha: 4, rslora: false, targetModules: ['q_proj', 'down_proj'] },
});
const policy = new EnginePolicy('test', model, chat, true);

/** Half of the vocabulary ends a completion, so that a random model stops soon. */
const stopIds = Array.from({ length: 150 }, (_, i) => 2 * i + 1);
const stopping = new EnginePolicy(
  'stopping',
  model,
  {
    encodeChat: (messages, options) => chat.encodeChat(messages, options),
    decode: (ids) => chat.decode(ids),
    tokenText: (id) => chat.tokenText(id),
    stopIds,
  },
  true,
);

const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'You manage your memory.' },
  { role: 'user', content: 'Mira lives in Oslo.' },
  { role: 'assistant', content: '<think></think><answer>ok</answer>' },
  { role: 'tool', content: 'm1: Mira lives in Oslo <|end|>' },
];

const { state } = await (await startEpisode()).request();
const request = (seed: number, messages = MESSAGES): PolicyRequest => ({ messages, seed, state });
const sampling = { temperature: 1, maxNewTokens: 12 };

describe('tokens of a message', () => {
  it('add up to the prompt without its generation prompt', async () => {
    const [{ promptIds }] = await policy.generate([request(1)], sampling);
    const opening = chat.encodeChat([], { addGenerationPrompt: true }).length;
    const sum = MESSAGES.reduce((total, message) => total + policy.countTokens(message), 0);
    expect(promptIds).toHaveLength(sum + opening);
    expect(promptIds).toEqual(chat.encodeChat(MESSAGES, { addGenerationPrompt: true }));
  });

  it('depend on the role: what a tool repeats is spelled out', () => {
    const content = '<think></think>';
    expect(policy.countTokens({ role: 'tool', content })).toBeGreaterThan(
      policy.countTokens({ role: 'assistant', content }),
    );
    expect(policy.countTokens({ role: 'tool', content })).toBe(policy.countTokens({ role: 'tool', content }));
  });
});

describe('a completion', () => {
  it('has the ids that were sampled, untouched, and their text', async () => {
    const requests = Array.from({ length: 12 }, (_, seed) => request(seed));
    const completions = await policy.generate(requests, sampling);
    const direct = await model.generate(
      requests.map(({ seed }) => ({
        promptIds: chat.encodeChat(MESSAGES, { addGenerationPrompt: true }),
        seed,
      })),
      { ...sampling, stopIds: chat.stopIds },
    );
    for (const [i, completion] of completions.entries()) {
      expect(completion.tokens.map(({ id }) => id)).toEqual(direct[i].tokens.map(({ id }) => id));
      expect(completion.tokens.map(({ logprob }) => logprob)).toEqual(
        direct[i].tokens.map(({ logprob }) => logprob),
      );
      for (const token of completion.tokens) expect(token.text).toBe(chat.tokenText(token.id));
      expect(completion.finish).toBe(direct[i].finish);
    }
    // Sampled text need not read back as the ids it came from; that is why they are kept.
    const again = completions.map(({ text }) => chat.tokenizer.encode(text, 'content'));
    expect(again).not.toEqual(completions.map(({ tokens }) => tokens.map(({ id }) => id)));
  });

  it('keeps the stop token among its ids and out of its text', async () => {
    const completions = await stopping.generate(
      Array.from({ length: 12 }, (_, seed) => request(seed)),
      sampling,
    );
    const stopped = completions.filter(({ finish }) => finish === 'stop');
    expect(stopped.length).toBeGreaterThan(3);
    for (const { text, tokens } of stopped) {
      const ids = tokens.map(({ id }) => id);
      expect(stopIds).toContain(ids.at(-1));
      expect(text).toBe(chat.decode(ids.slice(0, -1)));
      expect(ids.slice(0, -1).some((id) => stopIds.includes(id))).toBe(false);
    }
  });

  it('of an adapter that has learned nothing is that of the base', async () => {
    const base = new EnginePolicy('base', model, chat, false);
    const [one] = await policy.generate([request(3)], sampling);
    const [other] = await base.generate([request(3)], sampling);
    expect(other).toEqual(one);
  });

  it('is told token by token, with alternatives if asked for', async () => {
    const told = new Map<number, SampledToken[]>();
    const completions = await policy.generate([request(1), request(2)], {
      ...sampling,
      alternatives: 3,
      onToken: (i, token) => told.set(i, [...(told.get(i) ?? []), token]),
    });
    for (const [i, { tokens }] of completions.entries()) {
      expect(told.get(i)).toEqual(tokens);
      for (const { alternatives } of tokens) {
        expect(alternatives).toHaveLength(3);
        expect(alternatives[0].logprob).toBeGreaterThanOrEqual(alternatives[2].logprob);
        expect(alternatives[0].text).toBe(chat.tokenText(alternatives[0].id));
      }
    }
  });
});

describe('under the protocol', () => {
  it('every completion can still become a step, or is one; its log-probs stay those of the model', async () => {
    const constrained = new EnginePolicy('constrained', model, new PolicyChat(chat), true);
    const requests = Array.from({ length: 6 }, (_, seed) => request(seed));
    const options = { ...sampling, maxNewTokens: 40, topP: 0.95 };
    const completions = await constrained.generate(requests, { ...options, constrained: true });
    const samples = completions.map(({ promptIds, tokens }) => ({
      promptIds,
      completionIds: tokens.map(({ id }) => id),
    }));
    const scores = await model.score(samples, { temperature: 1, useAdapter: true });
    for (const [i, { text, finish, tokens }] of completions.entries()) {
      expect(text.startsWith('<think>')).toBe(true);
      // The last character may be cut.
      expect(mayBegin(text.replace(/\ufffd$/, ''))).toBe(true);
      expect(isStep(text)).toBe(finish === 'stop');
      for (const [t, { logprob }] of tokens.entries()) expect(logprob).toBeCloseTo(scores[i].logprobs[t], 3);
    }
    const free = await constrained.generate(requests, options);
    expect(free.some(({ text }) => mayBegin(text))).toBe(false);
  });

  it('is refused by a format that has no constraint, before anything is computed', async () => {
    await expect(policy.generate([request(1)], { ...sampling, constrained: true })).rejects.toThrow(
      ConstraintUnavailableError,
    );
  });

  it('a reply that the template has begun is told whole', async () => {
    const begun = new ChatTokenizer(
      chat.tokenizer,
      new ChatTemplate(`${BUNDLED_CHAT_TEMPLATE}{% if add_generation_prompt %}<think>{% endif %}`),
      [BUNDLED_STOP_TOKEN],
    );
    const thinking = new EnginePolicy('thinking', model, new PolicyChat(begun), true);
    const [completion] = await thinking.generate([request(1)], { ...sampling, constrained: true });
    expect(completion.text).toBe(`<think>${begun.decode(completion.tokens.map(({ id }) => id))}`);
    expect(begun.decode(completion.promptIds).endsWith('<|assistant|><think>')).toBe(true);
  });
});

describe('limits', () => {
  it('a prompt that leaves no room for its answer is refused with the numbers', async () => {
    const long: ChatMessage = { role: 'user', content: 'Oslo '.repeat(200) };
    const run = policy.generate([request(1), request(2, [long])], sampling);
    await expect(run).rejects.toThrow(PromptTooLongError);
    await expect(run).rejects.toMatchObject({
      tokens: policy.countTokens(long) + 1,
      limit: config.maxPositions,
    });
  });

  it('one that leaves some gets an answer of at most that, whatever was asked for', async () => {
    const length = chat.encodeChat(MESSAGES, { addGenerationPrompt: true }).length;
    const room = config.maxPositions - length;
    for (const maxNewTokens of [room, room + 50]) {
      const [fits] = await policy.generate([request(1)], { ...sampling, maxNewTokens });
      expect(fits.tokens.length).toBeGreaterThan(0);
      expect(fits.tokens.length).toBeLessThanOrEqual(room);
      if (fits.tokens.length === room) expect(fits.finish).not.toBe('aborted');
    }
  });

  it('an abort ends the completion where it is', async () => {
    const abort = new AbortController();
    let seen = 0;
    const [completion] = await policy.generate([request(1)], {
      temperature: 1,
      maxNewTokens: 60,
      signal: abort.signal,
      onToken: () => {
        if (++seen === 3) abort.abort();
      },
    });
    expect(completion.finish).toBe('aborted');
    expect(completion.tokens).toHaveLength(3);
    const [after] = await policy.generate([request(1)], sampling);
    expect(after.finish).not.toBe('aborted');
  });
});
