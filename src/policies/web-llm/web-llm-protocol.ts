/** What WebLLM's worker is told and tells; types only. One model for each worker, one completion at a time. */
import type { ChatCompletionMessageParam } from '@mlc-ai/web-llm';
import type { PlainError } from './web-llm-errors';

/** A model whose files the other side hands over as they are asked for. */
export interface ModelToOpen {
  readonly id: string;
  /** Name to length, bytes. */
  readonly files: ReadonlyMap<string, number>;
  readonly library: {
    /** Among the files. */
    readonly file: string;
    /** `sha256-…`: WebLLM runs no other bytes. */
    readonly integrity: string;
  };
  /** Longest prompt with completion, tokens. */
  readonly window: number;
  readonly features: readonly string[];
}

export interface GenerationOrder {
  readonly messages: readonly ChatCompletionMessageParam[];
  /** An integer. */
  readonly seed: number;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  /** How many of the likeliest tokens are reported for each. */
  readonly alternatives: number;
  /** Qwen3's switch; null: left to the model. */
  readonly thinking: boolean | null;
  /** EBNF that the completion has to follow; null: free. */
  readonly grammar: string | null;
}

/** A token as the logits tell it, at the temperature of the order. */
export interface RecordedToken {
  readonly id: number;
  readonly logprob: number;
  /** Nats. */
  readonly entropy: number;
  readonly alternatives: readonly { readonly id: number; readonly logprob: number }[];
}

export type ToWebLlm =
  /** First, and once. */
  | { readonly kind: 'open'; readonly model: ModelToOpen }
  | { readonly kind: 'file'; readonly read: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'no-file'; readonly read: number; readonly error: PlainError }
  | { readonly kind: 'generate'; readonly id: number; readonly order: GenerationOrder }
  | { readonly kind: 'abort'; readonly id: number };

export type FinishReason = 'stop' | 'length' | 'aborted';

export type FromWebLlm =
  /** Answered by `file` or `no-file`. */
  | { readonly kind: 'read'; readonly read: number; readonly name: string }
  | { readonly kind: 'progress'; readonly text: string; readonly share: number }
  | { readonly kind: 'opened'; readonly device: string }
  | { readonly kind: 'open-failed'; readonly error: PlainError }
  /** Text may lag behind tokens: a character waits for all of its bytes. */
  | {
      readonly kind: 'drawn';
      readonly id: number;
      readonly text: string;
      readonly tokens: readonly RecordedToken[];
    }
  | { readonly kind: 'generated'; readonly id: number; readonly finish: FinishReason }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'device-lost'; readonly error: PlainError };
