/** What the tests ask of the memory in the browser, and what it says by itself. Types only. */
import type { JournalRecord } from '../../src/memory/journal';
import type { EntryText } from '../../src/memory/memory';
import type { NamespaceRecord } from '../../src/memory/rows/rows';
import type { BackupFacts, Health } from '../../src/memory/safety/health';
import type { Stored } from '../../src/memory/safety/judge';

/** A change that was committed: its promise has resolved. Content is null for an entry that was deleted. */
export interface Acknowledged {
  /** Records in the journal by then. */
  readonly journal: number;
  readonly revision: number;
  readonly changes: readonly { readonly id: string; readonly content: string | null }[];
}

export interface Dump {
  readonly record: NamespaceRecord;
  readonly entries: readonly EntryText[];
  readonly journal: readonly JournalRecord[];
  /** Counted and read from below. */
  readonly stored: Stored;
  /** What the sum has to be. */
  readonly sum: number;
  /** What a search for everything finds. */
  readonly searched: number;
}

export interface Cost {
  readonly acts: number;
  /** Medians, milliseconds from the call to the acknowledgement of an act that writes one entry. */
  readonly plain: number;
  readonly logged: number;
  /** Of the logged acts, written to log files. */
  readonly logBytesPerAct: number;
  /** How often log files were brought to disk in all acts of that kind. */
  readonly flushes: { readonly plain: number; readonly logged: number };
}

export interface Calls {
  /** Opens the lab's memory as its worker does. */
  open: { args: null; result: { readonly description: string } };
  /** Changes the user's memory without end, or so many times; each change is told as it is acknowledged. */
  work: { args: { readonly tag: string; readonly changes: number | null }; result: null };
  /** One act of so many entries. */
  bring: { args: { readonly entries: number; readonly length: number }; result: number };
  retrieve: { args: { readonly query: string }; result: readonly string[] };
  clear: { args: null; result: null };
  dump: { args: null; result: Dump };
  health: { args: null; result: Readonly<Record<string, Health>> };
  backups: { args: null; result: readonly BackupFacts[] };
  /** Writes the sentinel, which follows changes by itself a moment later, now. */
  settle: { args: null; result: null };
  backUp: { args: null; result: readonly BackupFacts[] };
  restore: { args: { readonly id: string }; result: null };
  accept: { args: null; result: null };
  /** Names of the memories that changed in other tabs, since the last time it was asked. */
  elsewhere: { args: null; result: readonly string[] };
  /** So many acts in turn on a memory whose acts are logged and on one whose are not. */
  cost: { args: { readonly acts: number }; result: Cost };
  troubles: {
    args: null;
    result: readonly { readonly fatal: boolean; readonly code: string; readonly message: string }[];
  };
}

export type CallName = keyof Calls;
export type Request = {
  readonly [N in CallName]: { readonly id: number; readonly call: N; readonly args: Calls[N]['args'] };
}[CallName];
export type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: 'acknowledged'; readonly change: Acknowledged };
