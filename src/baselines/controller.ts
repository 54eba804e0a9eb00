/**
 * The `MemoryController` seam: a memory that works beside the policy and not by its will. It is shown every message, keeps
 * what it likes, and is asked once for what fits the question. The six baselines of the paper are such controllers.
 *
 * AgeMem's claim is against them: there the policy itself stores, corrects and looks up. So what a controller did, and
 * what it cost, is told in full: each call to the language model, each change with its reason, each look-up. All of it is
 * plain serialisable data. Nothing here reads gold data.
 */

import type { ReplySchema } from './reply-schema';

export type OperationKind =
  | 'ADD'
  | 'UPDATE'
  | 'DELETE'
  /** Said already, or not worth keeping. */
  | 'NONE'
  /** A note was tied to others. */
  | 'LINK'
  /** Context or tags of an older note were rewritten in the light of a newer one. */
  | 'EVOLVE'
  | 'SUMMARISE'
  /** Two names of a graph were taken for one. */
  | 'MERGE';

export interface Operation {
  readonly kind: OperationKind;
  /** What was changed; null where there is nothing to name. */
  readonly id: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly why: string;
}

/** Why a model's reply was not taken. */
export interface CallFailure {
  readonly reason: string;
  /** As it came; empty if it was not asked, the prompt being too long. */
  readonly text: string;
}

/** One call to the language model, or to the rule that stands in for it. */
export interface CallRecord {
  readonly purpose: string;
  /** The system text. */
  readonly role: string;
  readonly input: string;
  /** The form that was asked for. */
  readonly schema: ReplySchema;
  /** The reply that was used, as JSON. */
  readonly output: string;
  /** Whose reply was used. */
  readonly by: 'rule' | 'model';
  /** Prompts put to a model; by rules the one that would have been put. */
  readonly calls: number;
  /** Tokens of those prompts and of the replies. */
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Replies that could not be used, in order. */
  readonly failures: readonly CallFailure[];
}

/** Something stored that a look-up found. */
export interface Found {
  readonly id: string;
  readonly content: string;
  /** Cosine in [-1, 1], or BM25; the look-up says which. */
  readonly score: number;
}

export interface LookUp {
  /** e.g. "notes nearest to the query, by cosine" */
  readonly what: string;
  readonly query: string;
  readonly found: readonly Found[];
}

export interface WriteTrace {
  /** Empty at the end of a stage. */
  readonly message: string;
  readonly calls: readonly CallRecord[];
  readonly lookUps: readonly LookUp[];
  readonly operations: readonly Operation[];
}

export interface ReadTrace {
  readonly query: string;
  readonly calls: readonly CallRecord[];
  readonly lookUps: readonly LookUp[];
  /** What the policy is given, best first. */
  readonly entries: readonly { readonly id: string; readonly content: string }[];
}

/** One thing a controller holds, for showing. */
export interface HeldEntry {
  readonly id: string;
  readonly content: string;
  /** e.g. keywords, tags, links of a note. */
  readonly details: Readonly<Record<string, string | readonly string[]>>;
}

export interface MemoryView {
  readonly entries: readonly HeldEntry[];
  /** Of a method that keeps one. */
  readonly summary?: string;
  readonly graph?: {
    readonly nodes: readonly { readonly id: string; readonly name: string }[];
    readonly edges: readonly {
      readonly id: string;
      readonly from: string;
      readonly relation: string;
      readonly to: string;
      /** As a sentence, as it is read. */
      readonly text: string;
    }[];
  };
  /** Every change so far, oldest first. */
  readonly history: readonly Operation[];
}

export interface MemoryController {
  readonly id: string;
  /** Any text; never throws for what it says. */
  write(message: string): Promise<WriteTrace>;
  /** After the last message of a stage, where the method does something then. */
  endOfStage?(): Promise<WriteTrace>;
  read(query: string): Promise<ReadTrace>;
  view(): MemoryView;
}

export interface MemoryCost {
  /** Calls to the language model. */
  readonly calls: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Replies that could not be used. */
  readonly failures: number;
}

/** What writes or reads cost, summed up. */
export function costOf(traces: readonly { readonly calls: readonly CallRecord[] }[]): MemoryCost {
  const records = traces.flatMap(({ calls }) => calls);
  const sum = (of: (record: CallRecord) => number): number =>
    records.reduce((total, record) => total + of(record), 0);
  return {
    calls: sum(({ calls }) => calls),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    replyTokens: sum(({ replyTokens }) => replyTokens),
    failures: sum(({ failures }) => failures.length),
  };
}
