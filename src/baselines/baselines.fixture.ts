/** What tests of the baselines share: rules as the caller with a count by hand, and a model that says what it is told to. */
import type { ChatMessage, Policy, PolicyRequest } from '../agent/policy';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import type { MemoryController, Operation } from './controller';
import type { ControllerSettings } from './settings';
import type { Caller } from './written-call';

export const embedder = new NgramEmbedder();

/** One token a message: what is counted is messages. */
export const BY_RULE: ControllerSettings = { embedder, caller: { kind: 'rules', countTokens: () => 1 } };

/** Replies in turn, the last one for ever; keeps what it was asked. */
export function saying(...texts: readonly string[]): {
  readonly policy: Policy;
  readonly asked: ChatMessage[][];
} {
  const asked: ChatMessage[][] = [];
  const policy: Policy = {
    id: 'literal',
    capabilities: { train: false, logprobs: false, streaming: false, kvReuse: false },
    countTokens: ({ content }) => content.split(' ').length,
    generate: async (requests: readonly PolicyRequest[]) =>
      requests.map(({ messages }) => {
        const text = texts[Math.min(asked.length, texts.length - 1)];
        asked.push([...messages]);
        return { text, promptIds: [], tokens: [], finish: 'stop' };
      }),
  };
  return { policy, asked };
}

export const byModel = (policy: Policy): Caller => ({ kind: 'policy', policy, window: null, seed: 1 });

/** Kinds and texts of what a row of messages leads to, in order. */
export async function story(
  controller: MemoryController,
  messages: readonly string[],
): Promise<readonly (readonly Pick<Operation, 'kind' | 'before' | 'after'>[])[]> {
  const told = [];
  for (const message of messages) {
    const { operations } = await controller.write(message);
    told.push(operations.map(({ kind, before, after }) => ({ kind, before, after })));
  }
  return told;
}

export const held = (controller: MemoryController): readonly string[] =>
  controller.view().entries.map(({ content }) => content);
