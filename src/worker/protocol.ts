/**
 * The one protocol between the page and its worker. The worker holds everything heavy: engine, policy,
 * episode, memory, rewards, trainer. The page holds event logs and derives every view from them.
 *
 * Messages are plain data. The page makes *calls*, each answered once by a result or an error; the worker
 * also sends *news* while it works. Rules that both sides rely on:
 *
 * - Calls are taken up in order of arrival; a call that uses the model (marked *model*) while another one
 *   runs is refused with code `busy`. `cancel`, `pauseTraining`, `stopTraining` and `listMemory` always pass.
 * - News of a call comes before its result. `episode-events` come in order, without gaps, each once: the
 *   page's copy of a log equals the worker's log whenever a call has been answered.
 * - A run of the table plays in the background and is no call: model calls go before it, and it waits for training.
 * - Training runs between calls: `train` is answered when training has started. While it runs, model calls
 *   are refused; while it is paused they are served, with the adapter they ask for.
 * - Same seeds, same back end, same adapter: same events.
 *
 * This file has types only, so that importing it loads nothing. It passes on the types that the page
 * needs, which is how the page stays free of imports from the rooms behind the worker.
 */
import type { EntryRecord, EpisodeEvent, EventLog } from '../agent/events';
import type { SampledToken } from '../agent/policy';
import type { BackendName, FastPath, KernelProfile } from '../engine/backend';
import type { FastPathTexts } from '../engine/fast-paths';
import type { AdapterNorm } from '../engine/language-model';
import type { LoraModule } from '../engine/model/model-config';
import type { SitePolicy } from '../policies/site-policies';
import type { RewardBreakdown } from '../reward/reward';
import type { RewardPreset } from '../reward/weights';
import type { AdvantageMode, AdvantageOptions, GroupStatistics } from '../rl/advantages';
import type { Evaluation } from '../rl/evaluate';
import type { TrainingMetrics } from '../rl/metrics';
import type { PresetName } from '../rl/presets';
import type { TrainingPhase } from '../rl/trainer';
import type { Difficulty, Split, Task } from '../tasks/task';
import type { AdapterCalls } from './adapter-protocol';
import type { BaselinesCalls } from './baselines-protocol';
import type { EpisodeCalls } from './episode-protocol';
import type { GroupCalls } from './group-protocol';
import type { JudgeCalls, WrittenBy, WrittenDistractors } from './judge-protocol';
import type { MemoryCalls, MemoryNews } from './memory-protocol';
import type { ModelAbilities, ModelsCalls, ModelsNews, ProviderName } from './models-protocol';
import type { OwnCalls } from './own-protocol';
import type { RunsCalls } from './runs-protocol';
import type { TableCalls, TableNews } from './table-protocol';
import type { HeldOut, TrainingCalls } from './training-protocol';
import type { WhatIfCalls } from './what-if-protocol';
import type { WorldsCalls } from './worlds-protocol';

export type {
  ContextMessage,
  EntryRecord,
  EpisodeEvent,
  EpisodeLimits,
  EventLog,
  MessageOrigin,
  ParsedAction,
  RequestedCall,
  Stage,
  ToolEffect,
  ToolName,
  ToolOutcome,
} from '../agent/events';
export type { ChatRole, SampledToken } from '../agent/policy';
export type { BackendName, FastPath, KernelProfile } from '../engine/backend';
export type { FastPathName, FastPathTexts } from '../engine/fast-paths';
export type { AdapterNorm } from '../engine/language-model';
export type { LoraModule } from '../engine/model/model-config';
export type { ExplainedPart, RewardBreakdown } from '../reward/reward';
export type { RewardPreset } from '../reward/weights';
export type { AdvantageMode, AdvantageOptions, GroupStatistics } from '../rl/advantages';
export type { Evaluation } from '../rl/evaluate';
export type { TrainingMetrics } from '../rl/metrics';
export type { PresetName } from '../rl/presets';
export type { TrainingPhase } from '../rl/trainer';
export type { Difficulty, Fact, Split, Task, TaskMessage } from '../tasks/task';
export type {
  AdapterFacts,
  Decision,
  LearnedAdapter,
  LearnedDecisions,
  MovedToken,
} from './adapter-protocol';
export type { HeldOut, TrainingEstimate, UndoneStep } from './training-protocol';

// ---------------------------------------------------------------- what is talked about

/** Which weights act: the base model, the adapter shipped with the site, or the one trained in this tab. */
export type AdapterChoice = 'none' | 'shipped' | 'trained';

/** Names a task; the worker makes the same task from it every time. */
export interface TaskAddress {
  /** Task family, e.g. `qa`. */
  readonly family: string;
  readonly split: Split;
  /** `mix`: drawn from the ladder by the seed, as in training. */
  readonly difficulty: Difficulty | 'mix';
  readonly seed: number;
  /** Hash of a set of the user's own: the seed then counts its tasks from 1, round and round, and the rest says nothing. */
  readonly set?: string | null;
}

/** How an episode is played: the same three values give the same rollout. */
export interface PlayOptions {
  readonly adapter: AdapterChoice;
  /** Seed of the dice, apart from the task's seed. */
  readonly dice: number;
  readonly reward: RewardPreset;
  /** What a model writes for it. Left out: nothing. */
  readonly written?: WrittenBy;
  /** One of AgeMem's own variants (`baselines/agemem-variants.ts`): its tools, its rules. Left out: as usual. */
  readonly method?: string;
  /** Left out: the model. The demonstrator is a script that errs nowhere and reads the task's gold data. */
  readonly player?: 'demonstrator';
}

export interface BackendOption {
  readonly name: BackendName;
  /** Whether asking for it could work. */
  readonly available: boolean;
  /** Why it was not taken. */
  readonly reason: string;
}

export interface BackendReport {
  readonly name: BackendName;
  readonly device: string;
  readonly threads: number;
  readonly software: boolean;
  /** One sentence: why this one was chosen. */
  readonly reason: string;
  /** Faster ways of device and model, with what came of each. */
  readonly fastPaths: readonly FastPath[];
  /** The others. */
  readonly alternatives: readonly BackendOption[];
}

/** The model that acts. What it cannot do is not offered, or refused as `needs-engine`. */
export interface ModelFacts {
  /** Of the list of models; `bundled` for the one of the site. */
  readonly id: string;
  readonly provider: ProviderName;
  readonly can: ModelAbilities;
  readonly name: string;
  /** Null where nothing says it; so with the next two. */
  readonly parameters: number | null;
  readonly vocabulary: number | null;
  readonly layers: number | null;
  /** Longest prompt with completion, tokens. */
  readonly window: number;
  /** How tokens are decoded, in words, e.g. "one pass a token". */
  readonly decoding: string;
  /** Where it computes, in words, if not on the device of the engine (`backend`). */
  readonly device: string | null;
  /** Families of tasks it was taught; null where nobody knows. */
  readonly taught: readonly string[] | null;
  /** Tokens it was pretrained on; null if its card does not say. */
  readonly trainingTokens: number | null;
  /** Evaluation of base and shipped adapter on the same held-out tasks; null where a card lacks it. */
  readonly base: Evaluation | null;
  readonly shipped: Evaluation | null;
  /** Metrics of the run that made the shipped adapter, if they lie beside it: shown until one trains here. */
  readonly shippedRun: readonly TrainingMetrics[];
  /** False if no adapter lies beside the model. */
  readonly hasShippedAdapter: boolean;
  /** True if the adapter of an earlier run, finished or not, could be restored: `trained` can play. */
  readonly hasTrainedAdapter: boolean;
}

/** What the page lets one set; the rest of a preset is as the table says. */
export interface TrainingSettings {
  readonly preset: PresetName;
  readonly steps: number;
  readonly tasksPerStep: number;
  readonly groupSize: number;
  readonly lr: number;
  readonly seed: number;
  readonly advantageMode: AdvantageMode;
  readonly reward: RewardPreset;
  /** Held-out tasks are played before the first step, after each so many and after the last; 0 or left out: never. */
  readonly evaluateEvery?: number;
  /** A set of the user's own and the seed that splits it ("3f…9c~1"); empty or left out: made-up tasks. */
  readonly taskSet?: string;
  /** What made-up tasks are about: a family; left out: people. */
  readonly taskFamily?: string;
}

export interface PresetFacts {
  readonly name: PresetName;
  readonly settings: TrainingSettings;
  /** Every field of the preset in words, with its source. */
  readonly fields: readonly { readonly field: string; readonly value: string; readonly source: string }[];
}

export interface CheckpointFacts {
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  readonly settings: TrainingSettings;
  /** Steps done. */
  readonly steps: number;
  /** Metrics of all steps so far, so that curves go on where they were. */
  readonly metrics: readonly TrainingMetrics[];
  readonly norms: readonly AdapterNorm[];
  readonly heldOut: readonly HeldOut[];
}

export interface StoredEntry extends EntryRecord {
  readonly created: number;
  readonly updated: number;
  readonly sourceStep: string;
}

export interface Rollout {
  readonly k: number;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
  /** A_k before it is handed to steps. */
  readonly advantage: number;
  /** One for each step of the rollout, in order. */
  readonly stepAdvantages: readonly number[];
  /** A continuation of a fork: steps of the common past. */
  readonly pastSteps?: number;
}

/** K rollouts of one task, compared. */
export interface GroupRun {
  readonly task: Task;
  readonly adapter: AdapterChoice;
  /** By whose rules it was played, as `PlayOptions` says it. */
  readonly method?: string;
  readonly rollouts: readonly Rollout[];
  readonly statistics: GroupStatistics;
  readonly options: AdvantageOptions;
  /** In words where the group comes from, e.g. "training step 7, task 1 of 4". */
  readonly origin: string;
}

export interface ReplayRun {
  readonly adapter: AdapterChoice;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
}

export interface OpenedEpisode {
  readonly episodeId: string;
  readonly task: Task;
  readonly options: PlayOptions;
  /** What a model wrote in place of the task's distractors, and what it tried in vain; null: they are the task's own. */
  readonly distractors: WrittenDistractors | null;
}

export interface EpisodeStatus {
  readonly episodeId: string;
  readonly done: boolean;
  /** Present exactly when done. */
  readonly reward: RewardBreakdown | null;
}

/** A step of the open episode in which the policy wrote something. */
export interface StepAddress {
  readonly episodeId: string;
  /** As its `completion` event counts. */
  readonly step: number;
}

/** What went on in the model when it chose one token: the pass of the token before it, which predicts it. */
export interface InsideToken {
  /** Every token it could look at, oldest first: the prompt, then what it had written. */
  readonly context: readonly string[];
  /** How many of these are the prompt. */
  readonly promptTokens: number;
  readonly written: InsideCandidate;
  /** The ten likeliest next tokens, likeliest first. */
  readonly candidates: readonly InsideCandidate[];
  /** What logits are divided by before they become probabilities. */
  readonly temperature: number;
  readonly layer: number;
  /** `[heads][context]`: shares of each head's attention, each row adding up to 1. */
  readonly attention: readonly (readonly number[])[];
  /** What the adapter added to each linear layer of this block, for this token; empty without an adapter. */
  readonly deltas: readonly {
    readonly module: LoraModule;
    /** Euclidean norm of s (x A^T) B^T. */
    readonly delta: number;
    /** Euclidean norm of the layer's whole output, the delta included. */
    readonly output: number;
  }[];
  /** What else of this block, and of the ends of the model, `captureIntermediate` can show. */
  readonly intermediates: readonly Intermediate[];
}

/** Something the engine can show of a pass, by the name it has there (`engine/capture/capturable.ts`). */
export interface Intermediate {
  readonly name: string;
  readonly what: string;
  readonly equation: string;
  /** Empty: no unit. */
  readonly unit: '' | 'probability' | 'nats';
  /** Of a loss and a backward pass. */
  readonly gradient: boolean;
}

/** An intermediate as numbers: of one token where it has a row for each, else the whole of it. */
export interface SeenIntermediate extends Intermediate {
  /** Of what the numbers below are about, e.g. [4, 32] for the query heads of a token; [] for a number. */
  readonly shape: readonly number[];
  readonly ofToken: boolean;
  readonly count: number;
  readonly smallest: number;
  readonly largest: number;
  readonly mean: number;
  /** Euclidean. */
  readonly norm: number;
  /** How many values lie in each of equally wide parts of smallest to largest. */
  readonly histogram: readonly number[];
  /** The values farthest from zero, with their place from 0 in each dimension. */
  readonly strongest: readonly { readonly at: readonly number[]; readonly value: number }[];
}

export interface InsideCandidate {
  readonly id: number;
  readonly text: string;
  readonly logit: number;
  readonly probability: number;
}

/** One pass that scores what a step wrote, kernel by kernel. */
export interface MeasuredPass {
  /** Prompt and completion. */
  readonly tokens: number;
  readonly submits: number;
  /** Milliseconds from start to end as the worker saw them, the cost of measuring included. */
  readonly wallMs: number;
  /** Dearest first. */
  readonly kernels: readonly KernelProfile[];
}

export type TrainingState =
  | { readonly kind: 'idle' }
  /** `pausing`: a pause is wanted and comes when the running step ends. */
  | { readonly kind: 'running'; readonly pausing?: boolean }
  /** Between two steps. */
  | { readonly kind: 'paused' }
  /** All steps are done. */
  | { readonly kind: 'finished' }
  /** Stopped by the user; the adapter stays usable as `trained`. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: LabError };

/** A policy of the site, whether it acts or not. */
export interface SitePolicyFacts {
  /** Of the list of models. */
  readonly id: string;
  readonly title: string;
  /** Families of tasks it was taught. */
  readonly taught: readonly string[];
  /** What its adapter was trained for: AgeMem as a whole, or the variant of that name. */
  readonly trainedAs: SitePolicy['trainedAs'];
  /** Of the site, which its files and its adapter's are read from. */
  readonly folders: readonly string[];
  /** False where its files were left out, as of the lab in one file, which has no room for all. */
  readonly here: boolean;
}

export interface Ready {
  readonly backend: BackendReport;
  readonly model: ModelFacts;
  /** The policies of the site, that which is opened first before others. */
  readonly sitePolicies: readonly SitePolicyFacts[];
  readonly families: readonly string[];
  readonly difficulties: readonly Difficulty[];
  readonly splits: readonly Split[];
  readonly presets: readonly PresetFacts[];
  readonly rewardPresets: readonly { readonly name: RewardPreset; readonly source: string }[];
  /** An earlier run, its adapter restored; it can be continued unless all its steps are done. Null if there is none. */
  readonly checkpoint: CheckpointFacts | null;
  /** One sentence on where memory and checkpoints are kept, e.g. that this browser keeps nothing. */
  readonly storage: string;
}

// ---------------------------------------------------------------- calls

/** `code` is stable; message and whatToDo are sentences for the page. */
export interface LabError {
  readonly code: string;
  readonly message: string;
  readonly whatToDo: string;
  /** BCP 47 tag of the language of both sentences. Left out: English, which is all that the worker speaks. */
  readonly lang?: string;
}

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

export interface Calls
  extends MemoryCalls,
    AdapterCalls,
    BaselinesCalls,
    EpisodeCalls,
    GroupCalls,
    JudgeCalls,
    ModelsCalls,
    OwnCalls,
    RunsCalls,
    TableCalls,
    TrainingCalls,
    WhatIfCalls,
    WorldsCalls {
  /** Opens device, model and memory. Once, first. News: `loading`. */
  init: Call<
    {
      /** Absolute address of the page's folder, with a slash at its end: where `policy/` lies. */
      readonly site: string;
      /**
       * The files below it by their paths, e.g. `policy/config.json`, from a page that can fetch nothing (the single
       * file). Left out: they are fetched.
       */
      readonly files?: ReadonlyMap<string, Uint8Array>;
      /** From `?backend=`; null lets the worker choose. */
      readonly backend: BackendName | null;
      /** `?hub=`: a folder of this site that stands for the Hugging Face hub; left out: the hub itself. */
      readonly hub?: string | null;
      /** `?simd=` and so on as they stand in the address; a word that is none is told by news and left out. */
      readonly fastPaths?: FastPathTexts;
    },
    Ready
  >;
  /**
   * Makes the task and opens a new episode at its first prompt; an open one is dropped. News:
   * `episode-events`. *model* (counts tokens).
   */
  openEpisode: Call<{ readonly task: TaskAddress; readonly options: PlayOptions }, OpenedEpisode>;
  /** One policy call and what it leads to, up to the next prompt or the end. News: `token`, `episode-events`. *model* */
  stepEpisode: Call<{ readonly episodeId: string }, EpisodeStatus>;
  /** Steps to the end; `cancel` stops it after the running step, and the episode stays open. News as `stepEpisode`. *model* */
  runEpisode: Call<{ readonly episodeId: string }, EpisodeStatus>;
  /** K rollouts of one task, compared as a training run with these settings would. News: `rollouts`. *model* */
  runGroup: Call<
    {
      readonly task: TaskAddress;
      readonly options: PlayOptions;
      readonly groupSize: number;
      readonly preset: PresetName;
      readonly advantageMode: AdvantageMode;
    },
    GroupRun
  >;
  /** The same task and dice with each adapter, to see them side by side. News: `rollouts`. *model* */
  compareAdapters: Call<
    {
      readonly task: TaskAddress;
      readonly dice: number;
      readonly reward: RewardPreset;
      readonly adapters: readonly AdapterChoice[];
    },
    readonly ReplayRun[]
  >;
  /**
   * Looks into the model at token `token` (from 0) of a step, in block `layer` (from 0), with the adapter that
   * plays the episode as it is now. *model*
   */
  lookInside: Call<StepAddress & { readonly token: number; readonly layer: number }, InsideToken>;
  /**
   * One of the `intermediates` of a look inside. Gradients are of L = mean of -log p over what the step wrote; what
   * training has gathered stays as it is. *model*
   */
  captureIntermediate: Call<
    StepAddress & { readonly token: number; readonly name: string },
    SeenIntermediate
  >;
  /** Scores a step twice, the second time with a clock on every kernel. *model* */
  measureKernels: Call<StepAddress, MeasuredPass>;
  /** Stops the running model call, if any: it is answered with error `cancelled` or, for `runEpisode`, as it stands. */
  cancel: Call<Record<string, never>, null>;
  /**
   * From zero, the run before being kept as it is, or from the checkpoint of the run on view with its own settings.
   * An error leaves everything as it was. News: `training-*`. *model*
   */
  train: Call<
    ({ readonly from: 'start'; readonly settings: TrainingSettings } | { readonly from: 'checkpoint' }) & {
      /** One step, then a pause. */ readonly once?: boolean;
    },
    null
  >;
  /** After the running step; news says at once that it is wanted. */
  pauseTraining: Call<Record<string, never>, null>;
  /** Takes back a pause, also one that has not come yet; refused as `busy` while another call uses the model. */
  resumeTraining: Call<{ /** One step, then a pause again. */ readonly once?: boolean }, null>;
  /** Now; the running step is given up. The checkpoint of the last whole step stays. */
  stopTraining: Call<Record<string, never>, null>;
  /** `episode`: M of the open episode as the store holds it. `user`: what was kept by hand; no rollout sees it. */
  listMemory: Call<{ readonly namespace: 'episode' | 'user' }, readonly StoredEntry[]>;
  /** Copies entries of the open episode to the user's memory. Returns the user's memory. */
  keepEntries: Call<{ readonly ids: readonly string[] }, readonly StoredEntry[]>;
  /** Removes one entry, or all, from the user's memory. Returns what is left. */
  forgetEntries: Call<{ readonly ids: readonly string[] | 'all' }, readonly StoredEntry[]>;
}

export type CallName = keyof Calls;
export type Args<Name extends CallName> = Calls[Name]['args'];
export type Result<Name extends CallName> = Calls[Name]['result'];

/** What the worker has to implement. */
export type Handlers = { readonly [Name in CallName]: (args: Args<Name>) => Promise<Result<Name>> };

export type ToWorker = {
  readonly [Name in CallName]: { readonly id: number; readonly call: Name; readonly args: Args<Name> };
}[CallName];

// ---------------------------------------------------------------- news

export type LoadingStage = 'device' | 'model' | 'adapter' | 'memory' | 'self-timing' | 'checkpoint';

export type News =
  | MemoryNews
  | ModelsNews
  | TableNews
  | {
      readonly kind: 'loading';
      readonly stage: LoadingStage;
      /** A sentence, e.g. "Reading the policy's weights". */
      readonly text: string;
      readonly done: number;
      /** Bytes or things; 0 if unknown. */
      readonly total: number;
    }
  /** A token of the step under way; the `completion` event brings them all again. */
  | {
      readonly kind: 'token';
      readonly episodeId: string;
      readonly step: number;
      readonly token: SampledToken;
    }
  | { readonly kind: 'episode-events'; readonly episodeId: string; readonly events: readonly EpisodeEvent[] }
  | { readonly kind: 'rollouts'; readonly finished: number; readonly total: number }
  | {
      readonly kind: 'training-state';
      readonly state: TrainingState;
      readonly settings: TrainingSettings | null;
    }
  | {
      readonly kind: 'training-phase';
      /** Number of the step under way, from 1. */
      readonly step: number;
      readonly phase: TrainingPhase | 'evaluation';
      /** Rollouts, held-out episodes, in the update tokens; a total of 0 is not known yet. */
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'training-step';
      readonly metrics: TrainingMetrics;
      readonly norms: readonly AdapterNorm[];
      /** After this step, where it was due. */
      readonly heldOut: HeldOut | null;
      /** The group of the step's first task. */
      readonly group: GroupRun;
      /** False if it could not be saved; a `trouble` says why. */
      readonly saved: boolean;
    }
  /** Before the first step; later ones come with their step. */
  | { readonly kind: 'training-held-out'; readonly heldOut: HeldOut }
  /** Something outside any call went wrong (device lost, storage full). `fatal`: reload the page to go on. */
  | { readonly kind: 'trouble'; readonly error: LabError; readonly fatal: boolean };

export type FromWorker =
  | {
      readonly [Name in CallName]: {
        readonly kind: 'result';
        readonly id: number;
        readonly call: Name;
        readonly result: Result<Name>;
      };
    }[CallName]
  | { readonly kind: 'error'; readonly id: number; readonly error: LabError }
  | { readonly kind: 'news'; readonly news: News };
