/**
 * The event log: everything that happened in an episode, in order, as serialisable data. Rewards,
 * the lab's time travel, exports and tests all read it; nothing is ever inferred from text.
 */
import type { Metadata } from '../memory/memory';
import type { Difficulty, Split } from '../tasks/task';
import type { ChatRole, SampledToken } from './policy';

export type Stage = 1 | 2 | 3;

export type ToolName =
  | 'Add_memory'
  | 'Update_memory'
  | 'Delete_memory'
  | 'Retrieve_memory'
  | 'Summary_context'
  | 'Filter_context';

/** A memory entry as the log keeps it: without its vector. */
export interface EntryRecord {
  readonly id: string;
  readonly content: string;
  readonly metadata: Metadata;
  readonly memoryType: string;
}

/** A sentence of a summary and the message it was taken from. */
export interface SummaryPart {
  readonly text: string;
  readonly messageId: string;
  /** Origin of that message; for summaries of summaries, of the original message. */
  readonly origin: Exclude<MessageOrigin['kind'], 'summary'>;
}

/** A model was asked for a summary; what it wrote was taken, or the extractive one stands in its place. */
export interface AskedForSummary {
  readonly model: string;
  /** Why what it wrote was not taken; null: it was. */
  readonly failure: SummaryFailure | null;
}

export type SummaryFailure =
  /** The messages do not fit into its window. */
  | 'prompt-too-long'
  /** Nothing, or something else than a summary in its tags. */
  | 'format'
  /** The limit of tokens ended it. */
  | 'cut-off'
  /** It costs more than its share. */
  | 'over-budget'
  /** The step was cancelled meanwhile. */
  | 'cancelled'
  /** The model failed. */
  | 'model-failed';

/** Where a message of C came from; decides what rewards may count and what tools may touch. */
export type MessageOrigin =
  | { readonly kind: 'system' }
  | { readonly kind: 'task'; readonly index: number }
  | { readonly kind: 'distractor'; readonly index: number }
  | { readonly kind: 'query' }
  | { readonly kind: 'observation' }
  | { readonly kind: 'assistant'; readonly step: number }
  | { readonly kind: 'tool'; readonly step: number; readonly call: number }
  | {
      readonly kind: 'retrieval';
      readonly step: number;
      /** -1: introspective retrieval kept in C; nobody called a tool. */
      readonly call: number;
      readonly entries: readonly EntryRecord[];
    }
  | {
      readonly kind: 'summary';
      readonly step: number;
      readonly call: number;
      readonly parts: readonly SummaryPart[];
    };

export interface ContextMessage {
  /** c1, c2, … unique in the episode. */
  readonly id: string;
  readonly role: ChatRole;
  readonly content: string;
  /** Tokens it costs in a prompt. */
  readonly tokens: number;
  readonly origin: MessageOrigin;
}

export interface ToolCall<Name extends string = ToolName> {
  readonly name: Name;
  readonly arguments: Metadata;
}

/** A call as a policy wrote it: aliases are resolved, but the name may be no tool at all. */
export type RequestedCall = ToolCall<string>;

/** Something the parser read charitably, e.g. a missing closing tag. */
export interface Tolerance {
  readonly kind:
    | 'missing-closing-tag'
    | 'outer-text'
    | 'code-fence'
    | 'single-object'
    | 'alias'
    | 'missing-think';
  /** Character offset in the completion. */
  readonly at: number;
}

export type ParsedAction =
  | {
      readonly kind: 'tool-calls';
      readonly think: string;
      readonly calls: readonly RequestedCall[];
      readonly tolerances: readonly Tolerance[];
    }
  | {
      readonly kind: 'answer';
      readonly think: string;
      readonly text: string;
      readonly tolerances: readonly Tolerance[];
    }
  | {
      readonly kind: 'protocol-error';
      readonly reason: string;
      readonly at: number;
      readonly tolerances: readonly Tolerance[];
    };

/** What a successful tool call changed. */
export type ToolEffect =
  | { readonly kind: 'added'; readonly entry: EntryRecord }
  | { readonly kind: 'updated'; readonly before: EntryRecord; readonly after: EntryRecord }
  | { readonly kind: 'deleted'; readonly entry: EntryRecord }
  | {
      readonly kind: 'retrieved';
      readonly query: string;
      readonly results: readonly { readonly entry: EntryRecord; readonly score: number }[];
    }
  | {
      readonly kind: 'summarised';
      readonly removed: readonly string[];
      readonly summaryId: string;
      readonly tokensBefore: number;
      readonly tokensAfter: number;
      /** Left out: no model was asked, it is the extractive one. */
      readonly asked?: AskedForSummary;
    }
  | {
      readonly kind: 'filtered';
      readonly criteria: string;
      readonly threshold: number;
      /** Every message that could have been removed, with its similarity. */
      readonly scores: readonly {
        readonly messageId: string;
        readonly score: number;
        readonly removed: boolean;
      }[];
      readonly tokensBefore: number;
      readonly tokensAfter: number;
    };

export type ToolOutcome =
  | { readonly ok: true; readonly effect: ToolEffect }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Soft limits cost reward; hard caps end the episode. */
export interface EpisodeLimits {
  /** N_max: rounds in a stage above which P = -1. */
  readonly maxRounds: number;
  /** T_max: tokens in C above which P = -0.5; also the scale of the compression reward. */
  readonly maxContextTokens: number;
  /** Rounds of each stage after which the episode ends. */
  readonly hardRounds: Readonly<Record<Stage, number>>;
  /** Tokens a whole prompt may have, messages shown for one step included. */
  readonly hardContextTokens: number;
}

interface EventBase {
  /** Position in the log, from 0. */
  readonly seq: number;
  readonly stage: Stage;
  /** Steps begun so far; 0 before the first prompt. */
  readonly step: number;
}

export type EpisodeEventBody =
  | {
      readonly type: 'episode-started';
      readonly episodeId: string;
      readonly taskId: string;
      readonly family: string;
      readonly split: Split;
      readonly difficulty: Difficulty;
      readonly seed: number;
      readonly policyId: string;
      readonly namespace: string;
      readonly limits: EpisodeLimits;
      /** M before the first step: empty for rollouts. */
      readonly initialMemory: readonly EntryRecord[];
    }
  | { readonly type: 'stage-started' }
  /** C after the reset holds the system message only. */
  | {
      readonly type: 'context-reset';
      readonly removed: readonly string[];
      readonly tokensBefore: number;
      readonly tokensAfter: number;
    }
  /** M emptied on purpose (the wiped-memory control). */
  | { readonly type: 'memory-wiped'; readonly entries: readonly EntryRecord[] }
  /** An entry taken out of M by hand, between two steps: no doing of the policy. */
  | { readonly type: 'entry-forgotten'; readonly entry: EntryRecord }
  | { readonly type: 'message-added'; readonly message: ContextMessage }
  /** Entries shown with the next prompt only. */
  | {
      readonly type: 'introspection';
      readonly query: string;
      readonly results: readonly { readonly entry: EntryRecord; readonly score: number }[];
    }
  | {
      readonly type: 'prompt';
      /** Messages of C in order, then any shown for this step only. */
      readonly messages: readonly {
        readonly role: ChatRole;
        readonly content: string;
        readonly messageId: string | null;
      }[];
      /** Tokens in C (what T_max is compared with). */
      readonly contextTokens: number;
    }
  | {
      readonly type: 'completion';
      readonly text: string;
      readonly promptIds: readonly number[];
      readonly tokens: readonly SampledToken[];
      readonly finish: 'stop' | 'length' | 'aborted';
    }
  | { readonly type: 'parsed'; readonly action: ParsedAction }
  | {
      readonly type: 'tool-called';
      readonly call: number;
      readonly requested: RequestedCall;
      readonly outcome: ToolOutcome;
    }
  | {
      readonly type: 'message-removed';
      readonly messageId: string;
      readonly by: 'Filter_context' | 'Summary_context';
    }
  | { readonly type: 'answered'; readonly text: string; readonly contextTokens: number }
  | {
      readonly type: 'environment-acted';
      readonly action: string;
      readonly observation: string | null;
      readonly done: boolean;
      readonly score: number | null;
      /** It acts in a world; left out: it answers a question, or the log is older than this field. */
      readonly interactive?: true;
    }
  | {
      readonly type: 'limit-exceeded';
      readonly limit: 'rounds' | 'context-tokens';
      readonly value: number;
      readonly bound: number;
      readonly hard: boolean;
    }
  | {
      readonly type: 'episode-ended';
      readonly reason: 'answered' | 'environment-done' | 'hard-rounds' | 'hard-context' | 'aborted';
      readonly answer: string | null;
      /** Tokens in C when the answer was made, else at the end. */
      readonly contextTokens: number;
      /** Score of the environment; of one that a limit cut off what was reached, null where that counts nothing. */
      readonly score: number | null;
    };

export type EpisodeEvent = EventBase & EpisodeEventBody;
export type EpisodeEventType = EpisodeEvent['type'];
export type EventLog = readonly EpisodeEvent[];
