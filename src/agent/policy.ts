/**
 * The `Policy` seam: who acts. The agent owns this port; `policies/` plugs in the bundled engine
 * model, the scripted demonstrator and, later, transformers.js and WebLLM.
 */

import type { MemoryEntry } from '../memory/memory';
import type { Task } from '../tasks/task';
import type { ContextMessage, Stage } from './events';

export type ChatRole = 'system' | 'user' | 'assistant' | 'tool';

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

export interface PolicyCapabilities {
  readonly train: boolean;
  readonly logprobs: boolean;
  readonly streaming: boolean;
  readonly kvReuse: boolean;
}

/** The state s_t = (C_t, M_t, T) as data. Language models ignore it; scripted policies act on it. */
export interface EpisodeState {
  readonly task: Task;
  readonly stage: Stage;
  /** Number of this step in the episode, from 1. */
  readonly step: number;
  /** Steps already taken on the newest message. */
  readonly stepsOnMessage: number;
  readonly context: readonly ContextMessage[];
  /** Entries shown by introspective retrieval with this prompt. */
  readonly introspected: readonly MemoryEntry[];
}

export interface PolicyRequest {
  readonly messages: readonly ChatMessage[];
  /** Draws depend on it alone, so a rollout is the same whatever it is batched with. */
  readonly seed: number;
  readonly state: EpisodeState;
}

export interface SampledToken {
  readonly id: number;
  readonly text: string;
  /** Natural log at the sampling temperature. */
  readonly logprob: number;
  readonly entropy: number;
  readonly alternatives: readonly { readonly id: number; readonly text: string; readonly logprob: number }[];
}

export interface PolicyCompletion {
  /** Without the stop token. */
  readonly text: string;
  /** Exactly what was fed and sampled; empty for policies without tokens. Trained on as they are, never re-tokenised. */
  readonly promptIds: readonly number[];
  readonly tokens: readonly SampledToken[];
  readonly finish: 'stop' | 'length' | 'aborted';
}

/** What a reply to a question may be: any text, or a score in tags. */
export type ReplyForm = 'free' | 'score';

export interface PolicyGenerateOptions {
  readonly temperature: number;
  /** Draws from the smallest set of likeliest tokens whose probabilities add up to at least this. Default 1: from all. */
  readonly topP?: number;
  /**
   * Only completions that follow the protocol can be drawn (`protocol-automaton.ts`), where the policy knows how; one
   * that runs out of tokens is cut short all the same. Log-probs stay those of the model. Default false.
   */
  readonly constrained?: boolean;
  /**
   * These requests are no steps of an episode but questions (`questions.ts`): the protocol is neither imposed nor are
   * they counted as steps. `score`: where the policy knows how, only `<score>0.0</score>` to `<score>1.0</score>` can
   * be drawn. Left out: steps.
   */
  readonly form?: ReplyForm;
  readonly maxNewTokens: number;
  /** How many alternatives to report for each token. Default 0. */
  readonly alternatives?: number;
  readonly signal?: AbortSignal;
  readonly onToken?: (request: number, token: SampledToken) => void;
}

export interface Policy {
  readonly id: string;
  readonly capabilities: PolicyCapabilities;
  /** Tokens this message costs in a prompt, role markers included. */
  countTokens(message: ChatMessage): number;
  /** Completions in the order of the requests. */
  generate(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]>;
}
