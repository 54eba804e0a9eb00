/**
 * The journal of a namespace: every change and every retrieval, in order, with who, when and why, and what
 * the entry was before and after. It only grows: undoing and restoring are new records, so nothing that was
 * ever stored becomes untraceable while its namespace lives, unless the user has its text erased for good; then a mark
 * stands in the place of the text. Records hold texts, no vectors, which any embedder can make again.
 *
 * Records of one act (an import, a merge, "forget all") are written in one transaction and undone together.
 */
import type { EntryText } from './memory';

/** Who did it. */
export type Actor =
  | { readonly kind: 'user' }
  /** A step of an episode. `adapter` names the weights that acted, `run` the run the episode belongs to. */
  | {
      readonly kind: 'policy';
      readonly policy: string;
      readonly adapter: string;
      readonly run: string;
      readonly episode: string;
      readonly step: number;
    }
  /** The lab by itself, by a rule the user set, e.g. expiry. */
  | { readonly kind: 'lab' };

/** What an act was, in one word; the records say what it did. */
export type ActKind =
  | 'add'
  | 'update'
  | 'delete'
  | 'retrieve'
  | 'clear'
  | 'import'
  | 'merge'
  | 'clean'
  | 'copy'
  | 'expire'
  | 'restore'
  | 'undo'
  /** Entries that went, texts and all: their records hold marks (rows/erased.ts), and nothing brings them back. */
  | 'erase'
  /** By the lab: what storage was found to have lost or damaged, written down when the memory was put in order. */
  | 'loss';

/** What whoever acts says about it. */
export interface Note {
  readonly by: Actor;
  /** The policy's own think text, or the user's words; may be empty. */
  readonly why: string;
}

export interface Act {
  /** `seq` of its first record: acts are told apart by it. */
  readonly id: number;
  readonly kind: ActKind;
  /** For `undo`: the id of the act undone. For `restore`: the `seq` whose state was restored. */
  readonly of?: number;
}

export type JournalOp =
  | { readonly kind: 'add'; readonly after: EntryText }
  | { readonly kind: 'update'; readonly before: EntryText; readonly after: EntryText }
  | { readonly kind: 'delete'; readonly before: EntryText }
  | {
      readonly kind: 'retrieve';
      readonly query: string;
      readonly topK: number;
      /** Best first; `score` is the cosine. */
      readonly hits: readonly { readonly id: string; readonly score: number }[];
    };

export interface JournalRecord {
  /** 1, 2, 3, … without gaps. */
  readonly seq: number;
  /** Milliseconds since the epoch; never before the record in front of it, whatever the clock did. */
  readonly at: number;
  readonly by: Actor;
  readonly why: string;
  readonly act: Act;
  readonly op: JournalOp;
}

export const BY_USER: Note = { by: { kind: 'user' }, why: '' };
