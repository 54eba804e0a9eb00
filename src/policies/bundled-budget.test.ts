/**
 * What episodes cost in tokens of the tokenizer that ships, on every split: the numbers that the window, the
 * completion limit and the time of a training step were chosen by.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BUNDLED_MAX_NEW_TOKENS } from '../agent/config';
import { ChatTemplate, ChatTokenizer } from '../engine/model/chat-template';
import { readTokenizer } from '../engine/model/tokenizer';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import { SPLITS } from '../tasks/task';
import { BUNDLED_STOP_TOKEN } from './bundled-chat';
import { demonstrate } from './demonstrations';
import { DEMONSTRATOR_ERRORS, PERFECT } from './scripted-noise';

/** Longest prompt; window of the bundled model less a completion, with room for a chat that grows. */
const MOST_PROMPT_TOKENS = 256;
/** A training step of the lab: 4 tasks with 8 rollouts each. */
const ROLLOUTS = 32;
const MOST_STEP_TOKENS = 30_000;
const EPISODES = process.env.SOAK ? 1000 : 96;

const file = (name: string) =>
  readFile(fileURLToPath(new URL(`../../public/policy/${name}`, import.meta.url)));
const settings = JSON.parse((await file('tokenizer_config.json')).toString()) as { chat_template: string };
const chat = new ChatTokenizer(
  readTokenizer(new Uint8Array(await file('tokenizer.json'))),
  new ChatTemplate(settings.chat_template),
  [BUNDLED_STOP_TOKEN],
);
const embedder = new NgramEmbedder();

it.each(
  SPLITS.flatMap((split) => [
    [split, 'noisy', DEMONSTRATOR_ERRORS] as const,
    [split, 'perfect', PERFECT] as const,
  ]),
)(
  '%s, %s demonstrator: prompts, completions and a step of rollouts stay within their budgets',
  async (split, _, errors) => {
    let [longestPrompt, longestCompletion] = [0, 0];
    const costs: number[] = [];
    const episodes = demonstrate({
      openMemory: (namespace) => createTransientMemory({ namespace, embedder, now: () => 0 }),
      countTokens: (message) => chat.encodeChat([message], { addGenerationPrompt: false }).length,
      episodes: EPISODES,
      firstSeed: 90_000,
      split,
      errors,
    });
    for await (const { steps } of episodes) {
      let cost = 0;
      for (const { messages, completion } of steps) {
        const prompt = chat.encodeChat(messages, { addGenerationPrompt: true }).length;
        const written = chat.tokenizer.encode(completion, 'content').length + chat.stopIds.length;
        longestPrompt = Math.max(longestPrompt, prompt);
        longestCompletion = Math.max(longestCompletion, written);
        cost += prompt + written;
      }
      costs.push(cost);
    }
    expect(costs).toHaveLength(EPISODES);
    expect(longestPrompt).toBeGreaterThan(MOST_PROMPT_TOKENS / 3);
    expect(longestPrompt).toBeLessThanOrEqual(MOST_PROMPT_TOKENS);
    expect(longestCompletion).toBeLessThanOrEqual(BUNDLED_MAX_NEW_TOKENS);
    for (let first = 0; first + ROLLOUTS <= EPISODES; first += ROLLOUTS) {
      const step = costs.slice(first, first + ROLLOUTS).reduce((sum, cost) => sum + cost, 0);
      expect(step).toBeLessThanOrEqual(MOST_STEP_TOKENS);
    }
  },
);
