/**
 * Calls about the models one can act and train with: which there are, fetched, kept, deleted, opened in the place of
 * the one that acts. Part of the protocol between the page and its worker (`protocol.ts`, whose rules hold); types only.
 */
import type { BUNDLED_POLICY } from '../policies/site-policies';
import type { LabError, Ready } from './protocol';

/** What computes. Only the engine trains. */
export type ProviderName = 'engine' | 'transformers' | 'web-llm';

/** The bundled policy: always there, opened first, and again when another is closed. */
export const BUNDLED_MODEL = 'bundled' satisfies typeof BUNDLED_POLICY.id;

/** How a model is used once it is open; each value of an option is offered only where the model knows it. */
export interface ActingSetup {
  /** `full` spells out protocol and tool schemas (about 900 tokens); `short` is the one line the bundled policy knows. */
  readonly prompt: 'short' | 'full';
  /** Of templates that have a switch for it (Qwen3's `enable_thinking`); null where there is none. */
  readonly thinking: boolean | null;
  /** Only completions that follow the protocol can be drawn. Such completions are not trained on. */
  readonly constrained: boolean;
  readonly temperature: number;
  /** Smallest set of likeliest tokens whose probabilities add up to at least this; 1: all. */
  readonly topP: number;
  readonly maxNewTokens: number;
  /** Longest prompt with completion, tokens; what the model and the device can do at most. */
  readonly contextTokens: number;
  /** How the engine keeps the blocks' matrices; null for other providers, whose files say it. */
  readonly base: 'f32' | 'f16' | 'int8' | null;
}

/** Bytes that a use of the model takes on this device, against what the device grants. */
export interface MemoryNeed {
  /** Weights and a cache for one rollout. */
  readonly actBytes: number;
  /** With an adapter, its optimiser and a training micro-batch; null where it cannot train. */
  readonly trainBytes: number | null;
  /** In all; null where the browser does not say. */
  readonly grantedBytes: number | null;
  /** A sentence where it does not fit: what is short, and the smaller setting that fits. Null: it fits, as far as is known. */
  readonly refusal: string | null;
}

export type ModelState =
  | { readonly kind: 'absent' }
  /** Paused, or interrupted: what is stored is used when it goes on. */
  | {
      readonly kind: 'partial';
      readonly storedBytes: number;
      readonly totalBytes: number;
      /** Why it stopped; null: by the user. */
      readonly trouble: LabError | null;
    }
  | {
      readonly kind: 'downloading';
      readonly storedBytes: number;
      readonly totalBytes: number;
      /** Over the last seconds; null until it is known. */
      readonly bytesPerSecond: number | null;
      /** The file under way. */
      readonly file: string;
    }
  /** Complete, and usable without a network. */
  | { readonly kind: 'kept'; readonly storedBytes: number }
  /** In this tab only: part of the site, or files picked and not kept. */
  | { readonly kind: 'here' };

/** A model in the list. */
export interface OfferedModel {
  /** Unique, e.g. `engine:Qwen/Qwen3-0.6B`; stable from visit to visit. */
  readonly id: string;
  readonly provider: ProviderName;
  /** On the hub, or of the folder. */
  readonly name: string;
  readonly title: string;
  readonly origin: 'site' | 'hub' | 'folder';
  /** The commit of the hub whose files are meant; null for folders and the site's own. */
  readonly revision: string | null;
  /** SPDX identifier, e.g. `Apache-2.0`; null: its files do not say. */
  readonly licence: string | null;
  readonly parameters: number | null;
  /** As its files are, e.g. `bf16`, `q4f16_1`. */
  readonly quantisation: string;
  /** Of all files that are fetched; null until the hub was asked. */
  readonly downloadBytes: number | null;
  /** Hosts that are asked when it is fetched; told before the first byte. */
  readonly hosts: readonly string[];
  readonly can: ModelAbilities;
  /** Null until enough is known of it (its config.json). */
  readonly need: MemoryNeed | null;
  /** What this device lacks for it, in sentences; empty: nothing that is known. */
  readonly lacks: readonly string[];
  readonly state: ModelState;
  /** Offered from the start: it can be deleted from the disk, not from the list. */
  readonly offered: boolean;
}

export interface ModelAbilities {
  readonly act: boolean;
  readonly logprobs: boolean;
  readonly train: boolean;
  readonly constrain: boolean;
}

/** Steps written by the model that acts, as this visit has seen them, with and without the protocol imposed. */
export interface WellFormed {
  readonly free: { readonly steps: number; readonly wellFormed: number };
  readonly constrained: { readonly steps: number; readonly wellFormed: number };
}

/** The model that acts. */
export interface ActiveModel {
  readonly id: string;
  readonly provider: ProviderName;
  readonly title: string;
  readonly can: ModelAbilities;
  readonly setup: ActingSetup;
  /** What `setup` may hold for it. */
  readonly choices: {
    readonly thinking: boolean;
    readonly bases: readonly ('f32' | 'f16' | 'int8')[];
    readonly maxContextTokens: number;
  };
  readonly wellFormed: WellFormed;
}

export interface ModelShelf {
  readonly models: readonly OfferedModel[];
  readonly active: ActiveModel;
  /** Of all models kept in this browser. */
  readonly storedBytes: number;
  /** What the browser gives in all, and what is used of it; null where it does not say. */
  readonly quota: { readonly usedBytes: number; readonly grantedBytes: number } | null;
  /** False where this browser keeps nothing. */
  readonly keeps: boolean;
}

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

type None = Record<string, never>;
type OfModel = { readonly id: string };

export interface ModelsCalls {
  listModels: Call<None, ModelShelf>;
  /**
   * Asks the hub what a repository holds, and puts it in the list. `name`: owner/name, or its address.
   * Refused by name for layouts nobody here reads, gated or missing repositories, no network.
   */
  addHubModel: Call<{ readonly name: string; readonly provider: ProviderName }, ModelShelf>;
  /**
   * A folder in the hub's layout (paths below it): picked, or dropped on the page. `keep`: copied into this browser.
   * Refused by name for what is missing or of another layout.
   */
  addModelFolder: Call<
    {
      readonly name: string;
      readonly files: ReadonlyMap<string, File>;
      readonly keep: boolean;
    },
    ModelShelf
  >;
  /** Fetches what is missing; goes on where it stopped. Answered when it is whole, paused, or failed. News: `models-changed`. */
  downloadModel: Call<OfModel, ModelShelf>;
  /** What came stays. */
  pauseDownload: Call<OfModel, ModelShelf>;
  /** What came is deleted. */
  cancelDownload: Call<OfModel, ModelShelf>;
  /** Its files are deleted, and its place in the list unless it is offered. Refused as `model-in-use` while it acts. */
  deleteModel: Call<OfModel, ModelShelf>;
  /**
   * Opens a model in the place of the one that acts, whose memory is freed first; on an error or `cancel` the bundled
   * one acts again. A run in progress refuses it. `setup`: parts of it; the rest is as the model wants it. The page
   * begins anew with what `Ready` says. News: `model-loading`. *model*
   */
  openModel: Call<OfModel & { readonly setup?: Partial<ActingSetup> }, OpenedModel>;
  /** Of the model that acts; from the next episode on. What cannot be changed while it is open (`base`) opens it anew. *model* */
  setUpModel: Call<{ readonly setup: Partial<ActingSetup> }, OpenedModel>;
}

export interface OpenedModel {
  readonly ready: Ready;
  readonly shelf: ModelShelf;
}

export type ModelsNews =
  /** Something of the list; progress comes a few times a second. */
  | { readonly kind: 'models-changed'; readonly shelf: ModelShelf }
  | {
      readonly kind: 'model-loading';
      readonly id: string;
      /** A sentence, e.g. "Reading the weights". */
      readonly text: string;
      readonly done: number;
      /** 0 if unknown. */
      readonly total: number;
    }
  /** About to be asked of another host; told before it is sent. */
  | {
      readonly kind: 'foreign-request';
      readonly host: string;
      readonly address: string;
      readonly why: string;
    };
