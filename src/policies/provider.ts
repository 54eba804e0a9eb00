/**
 * The `Provider` seam: what computes for a policy. A provider turns the files of a model into a `Policy`; the engine,
 * transformers.js and WebLLM are one each. What all of them share is here, so that the lab above need not know which
 * of them acts: where files come from, how a model is opened and closed, and what it is.
 *
 * Heavy libraries live in workers of their own. Closing ends the worker: that frees the memory at once and for
 * certain, whatever a library keeps.
 */
import type { Policy } from '../agent/policy';
import type { WeightSource } from '../engine/model/weight-source';

/** How completions are drawn, beyond what each call says; fixed while a model is open. */
export interface DrawSettings {
  /** Smallest set of likeliest tokens whose probabilities add up to at least this; 1: all. */
  readonly topP: number;
  /** Only completions that follow the protocol can be drawn. */
  readonly constrained: boolean;
  /** The template's own switch for thinking (Qwen3: `enable_thinking`); null: left to the template. */
  readonly thinking: boolean | null;
  /** Longest prompt with completion, tokens. */
  readonly contextTokens: number;
}

export interface OpeningRequest {
  /** For messages, e.g. `onnx-community/Qwen3-0.6B-ONNX`. */
  readonly name: string;
  /** The model's files, all of them on this machine already. */
  readonly files: WeightSource;
  /** Names of the files there are. */
  readonly fileNames: readonly string[];
  readonly draw: DrawSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string, done: number, total: number) => void;
}

/** A model at work. */
export interface OpenedPolicy {
  readonly policy: Policy;
  readonly facts: {
    /** Null where nothing says it. */
    readonly parameters: number | null;
    readonly vocabulary: number | null;
    readonly layers: number | null;
    /** Longest prompt with completion, tokens. */
    readonly window: number;
    /** The device, in words. */
    readonly device: string;
  };
  /** From the next completion on. */
  redraw(draw: DrawSettings): void;
  /** Gives all memory back; what is being generated ends as aborted. */
  close(): Promise<void>;
}

/** @throws errors with a name, a `code` and a sentence that says what to do; nothing stays open then */
export type OpenPolicy = (request: OpeningRequest) => Promise<OpenedPolicy>;
