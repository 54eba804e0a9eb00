/**
 * The part of the protocol that is about long-term memory: what the memory page asks for and is told. Types
 * only, like protocol.ts, whose rules hold here too. None of these calls uses the model, so they pass while an
 * episode plays or a run trains; only an embedder made of the policy's hidden states waits its turn.
 */

import type { AuditFinding, AuditReport } from '../memory/audit/findings';
import type { Act, ActKind, Actor, JournalOp, JournalRecord } from '../memory/journal';
import type { EntryText, Metadata } from '../memory/memory';
import type { Ageing } from '../memory/rows/rows';
import type { BackupFacts, Health } from '../memory/safety/health';
import type { StorageUse } from '../storage/storage-use';

export type {
  Act,
  ActKind,
  Actor,
  Ageing,
  AuditFinding,
  AuditReport,
  BackupFacts,
  EntryText,
  Health,
  JournalOp,
  JournalRecord,
  Metadata,
  StorageUse,
};

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

// ---------------------------------------------------------------- what is talked about

/** `user`: kept until the user deletes it. `episode`, `rollout`: of the episode or group on view, gone with the next. */
export type NamespaceKind = 'user' | 'episode' | 'rollout';

export interface NamespaceFacts {
  readonly name: string;
  readonly kind: NamespaceKind;
  /** For people, e.g. "Personal", "Episode on view", "Group, rollout 3". */
  readonly title: string;
  readonly count: number;
  readonly revision: number;
  readonly journal: number;
  /** How often texts were erased from it for good: what was read of its journal before is not what it says now. */
  readonly erasures: number;
  readonly embedderId: string;
  /** Text, vectors and journal as stored. Bytes. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly lastAt: number;
}

export interface MemoryHome {
  readonly namespaces: readonly NamespaceFacts[];
  readonly health: Readonly<Record<string, Health>>;
  readonly backups: readonly BackupFacts[];
  readonly embedders: readonly EmbedderFacts[];
  readonly storage: StorageUse;
  /** In sentences, where memory is kept. */
  readonly where: string;
  /**
   * Whether each change is on disk a second time before it is acknowledged, in a log beside the database. Null: there
   * are no files beside it at all, which `health` or `where` says. `behind`: it could not be written last time.
   */
  readonly logged: boolean | 'behind' | null;
  /** False: what is written is gone with this tab; `where` says why. */
  readonly lasts: boolean;
}

export interface EmbedderFacts {
  readonly id: string;
  readonly title: string;
  readonly dimension: number;
  /** Null: calibrated when it is first opened. */
  readonly theta: number | null;
  /** What it compares, in words. */
  readonly what: string;
  /** `ready`, or what has to happen first, in words. */
  readonly state: 'ready' | 'must be loaded' | 'unavailable';
  readonly reason: string;
}

export interface NamespaceView {
  readonly facts: NamespaceFacts;
  /** In order of creation. */
  readonly entries: readonly ViewedEntry[];
  readonly ageing: Ageing;
  /** What searches: kind, and why it is not what was asked for. */
  readonly index: { readonly kind: string; readonly degraded?: string };
  readonly theta: number;
  readonly topK: number;
}

export interface ViewedEntry extends EntryText {
  /** From the journal. */
  readonly retrievals: number;
  /** Milliseconds since the epoch; null: never retrieved. */
  readonly lastRetrieved: number | null;
  /** Who wrote it last. */
  readonly by: Actor;
  /** Milliseconds since the epoch; null: does not expire. */
  readonly expires: number | null;
  /** Factor of decay at this moment, 1 where decay is off. */
  readonly decay: number;
}

export type MemoryEdit =
  | {
      readonly kind: 'add';
      readonly content: string;
      readonly metadata: Metadata;
      readonly memoryType: string;
    }
  /** Replaces content, metadata and type as given. */
  | {
      readonly kind: 'change';
      readonly id: string;
      readonly content: string;
      readonly metadata: Metadata;
      readonly memoryType: string;
    }
  | { readonly kind: 'delete'; readonly ids: readonly string[]; readonly why: 'user' | 'audit' }
  /** The first id gets the content, the others are deleted. */
  | { readonly kind: 'merge'; readonly ids: readonly string[]; readonly content: string }
  /** What an audit proposes, all of it as one act; a proposal about entries that are gone by then is left out. */
  | { readonly kind: 'mend'; readonly proposals: readonly AuditFinding['proposal'][] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'ageing'; readonly ageing: Ageing }
  | { readonly kind: 'undo'; readonly act: number }
  /** Makes the memory what it was after record `seq`; 0: empty. */
  | { readonly kind: 'restore'; readonly seq: number };

/** `dense`: cosine with the embedder in force. `lexical`: BM25. `hybrid`: reciprocal rank fusion of both. */
export type SearchMode = 'dense' | 'lexical' | 'hybrid';

export interface SearchView {
  readonly query: string;
  readonly mode: SearchMode;
  /** All entries, best first. Scores an entry has none of (no common word) are 0. */
  readonly scores: readonly {
    readonly id: string;
    /** What the order goes by. */
    readonly score: number;
    readonly cosine: number;
    readonly lexical: number;
  }[];
  readonly theta: number;
  readonly topK: number;
  readonly ms: number;
}

/** Entries on a plane: the two main axes of their vectors, `explained` the share of variance they show. */
export interface MemoryMap {
  readonly points: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly explained: number;
}

export type ExportFormat = 'jsonl' | 'jsonl-vectors' | 'zip';

export interface ImportLine {
  /** From 1; of a zip's entries file too. */
  readonly line: number;
  readonly outcome: 'add' | 'update' | 'conflict' | 'same' | 'reject';
  /** The id it has or would have; empty for a rejected line. */
  readonly id: string;
  readonly content: string;
  /** For conflicts and updates: what is stored now. */
  readonly current: string | null;
  /** Why it is rejected or in conflict; else empty. */
  readonly reason: string;
}

export interface ImportPreview {
  /** Names the preview for `applyImport`. */
  readonly token: string;
  readonly file: string;
  readonly format: 'jsonl' | 'zip' | 'mem0' | 'plain text';
  /** At most 500; `counts` is of all. */
  readonly lines: readonly ImportLine[];
  readonly counts: Readonly<Record<ImportLine['outcome'], number>>;
  /** Journal records that come with it. */
  readonly journal: number;
  /** What is to be said of the file as a whole, in sentences, e.g. that its journal stays out and why. */
  readonly notes: readonly string[];
}

/** What forgetting for good would take, told before it is done. */
export interface ErasureFacts {
  /** Entries whose texts would go, in the order of the journal. */
  readonly ids: readonly string[];
  /** How many of them are there now. */
  readonly entries: number;
  /** Records of the journal that hold their texts. */
  readonly records: number;
  /** Backups that would be replaced by a new one. */
  readonly backups: number;
  /** Titles of the user's other memories that hold one of the texts, as an entry or in their journal, where it stays. */
  readonly copies: readonly string[];
}

/** Entries by their ids; `deleted`: all that only the journal still knows. */
export type Erasable = readonly string[] | 'deleted';

export interface Comparison {
  readonly onlyLeft: readonly EntryText[];
  readonly onlyRight: readonly EntryText[];
  readonly same: number;
  /** Same id, other content; or equal content under other ids is counted as same. */
  readonly changed: readonly { readonly left: EntryText; readonly right: EntryText }[];
}

// ---------------------------------------------------------------- calls

export interface MemoryCalls {
  memoryHome: Call<Record<string, never>, MemoryHome>;
  viewNamespace: Call<{ readonly name: string }, NamespaceView>;
  createNamespace: Call<{ readonly name: string }, MemoryHome>;
  /** The copy has ids and times of the original and a journal of its own. */
  copyNamespace: Call<{ readonly from: string; readonly to: string }, MemoryHome>;
  dropNamespace: Call<{ readonly name: string }, MemoryHome>;
  compareNamespaces: Call<{ readonly left: string; readonly right: string }, Comparison>;
  editMemory: Call<{ readonly name: string; readonly edit: MemoryEdit }, NamespaceView>;
  searchMemory: Call<
    { readonly name: string; readonly query: string; readonly mode: SearchMode },
    SearchView
  >;
  neighbours: Call<
    { readonly name: string; readonly id: string; readonly count: number },
    readonly { readonly id: string; readonly cosine: number }[]
  >;
  mapMemory: Call<{ readonly name: string }, MemoryMap>;
  /** Newest first from `before` (exclusive; null: the end), at most `limit`; `id`: of one entry only. */
  readJournal: Call<
    {
      readonly name: string;
      readonly before: number | null;
      readonly limit: number;
      readonly id: string | null;
    },
    readonly JournalRecord[]
  >;
  /** The memory as it was after record `seq`. */
  memoryAt: Call<{ readonly name: string; readonly seq: number }, readonly EntryText[]>;
  auditMemory: Call<{ readonly name: string }, AuditReport>;
  /** Changes nothing. */
  erasureFacts: Call<{ readonly name: string; readonly ids: Erasable }, ErasureFacts>;
  /** From rows, vectors, journal, saved index and backups. Nothing brings it back. */
  eraseForGood: Call<{ readonly name: string; readonly ids: Erasable }, NamespaceView>;
  exportMemory: Call<
    { readonly name: string; readonly format: ExportFormat },
    { readonly file: string; readonly data: Blob }
  >;
  /** `asText`: one entry a line, whatever it looks like. */
  previewImport: Call<
    { readonly name: string; readonly file: string; readonly data: Blob; readonly asText: boolean },
    ImportPreview
  >;
  /** `conflicts`: what to do with lines in conflict. All of it or nothing. */
  applyImport: Call<
    { readonly name: string; readonly token: string; readonly conflicts: 'keep mine' | 'take theirs' },
    NamespaceView
  >;
  /** Starts or goes on; answered when done, cancelled or failed. News: `reembedding`. */
  reembed: Call<{ readonly name: string; readonly embedder: string }, NamespaceView>;
  cancelReembedding: Call<Record<string, never>, null>;
  /** What the browser says after the page, which alone may, has asked it not to clear this site by itself. */
  persistStorage: Call<Record<string, never>, StorageUse>;
  deleteStored: Call<{ readonly kind: 'checkpoints' | 'backups' | 'index snapshots' }, StorageUse>;
  backUpNow: Call<Record<string, never>, MemoryHome>;
  /**
   * Restores one namespace from a backup, as one act that can be undone. `stayed`: entries that were written since the
   * memory was lost, which are there beside what was restored.
   */
  restoreBackup: Call<
    { readonly id: string; readonly name: string },
    { readonly home: MemoryHome; readonly stayed: number }
  >;
  /** The loss is known; the memory as found is the memory from now on. */
  acceptLoss: Call<{ readonly name: string }, MemoryHome>;
}

export type MemoryNews =
  /** Somebody changed it: this page, a rollout, another tab. */
  | { readonly kind: 'memory-changed'; readonly name: string; readonly elsewhere: boolean }
  /** What is known of how memories are kept has changed: a backup was made, the storage cannot be used any more. */
  | { readonly kind: 'keeping-changed' }
  /** A large act of this page's is under way. Steps of a bar, not entries. */
  | { readonly kind: 'acting'; readonly name: string; readonly done: number; readonly total: number }
  | {
      readonly kind: 'reembedding';
      readonly name: string;
      readonly embedder: string;
      readonly done: number;
      readonly total: number;
    }
  /** Bytes of a model an embedder needs. */
  | {
      readonly kind: 'embedder-loading';
      readonly embedder: string;
      readonly file: string;
      readonly done: number;
      readonly total: number;
    };
