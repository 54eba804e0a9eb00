/**
 * The pretraining corpus: demonstrations as token ids. Episode i depends on (seed, i) alone; the first
 * ones also train the tokenizer, on each message once, as the policy would read it.
 */
import type { ChatTokenizer } from '../../engine/model/chat-template';
import { demonstrate } from '../../policies/demonstrations';
import type { WordShares } from '../../tasks/inventory';
import { createQaFamily } from '../../tasks/qa/family';
import { transientMemories } from '../node-memory';
import type { EncodedStep } from './loop';

/** Far apart, so that corpora of different seeds and phases share no episode. */
const SEED_STRIDE = 10_000_000;
const PHASE_STRIDE = 2_000_000;

function episodes(seed: number, count: number, phase = 0, words?: WordShares) {
  const memories = transientMemories();
  return demonstrate({
    episodes: count,
    firstSeed: seed * SEED_STRIDE + phase * PHASE_STRIDE,
    family: createQaFamily({ shares: words }),
    openMemory: (namespace) => memories.open(namespace),
  });
}

/** Texts for the tokenizer: every completion, and every message where it first appears. */
export async function tokenizerTexts(seed: number, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const episode of episodes(seed, count)) {
    const seen = new Set<string>();
    for (const step of episode.steps) {
      for (const { content } of step.messages) if (!seen.has(content)) texts.push(content);
      for (const { content } of step.messages) seen.add(content);
      texts.push(step.completion);
      seen.add(step.completion);
    }
  }
  return texts;
}

/** Endless stream of a phase's demonstrated steps; the stop token ends each completion. */
export async function* encodedSteps(
  seed: number,
  phase: number,
  words: WordShares,
  tokenizer: ChatTokenizer,
): AsyncGenerator<EncodedStep, void, void> {
  for await (const episode of episodes(seed, Number.POSITIVE_INFINITY, phase, words)) {
    for (const step of episode.steps) {
      const promptIds = tokenizer.encodeChat(step.messages, { addGenerationPrompt: true });
      yield {
        promptIds,
        completionIds: [...tokenizer.tokenizer.encode(step.completion, 'content'), ...tokenizer.stopIds],
      };
    }
  }
}
