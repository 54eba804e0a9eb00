/** What every controller is given. */
import type { Embedder } from '../memory/memory';
import type { Caller } from './written-call';

export interface ControllerSettings {
  readonly embedder: Embedder;
  readonly caller: Caller;
  /** Entries that a read brings. Default 3, as `Retrieve_memory` does: the policy's window is the same for all methods. */
  readonly topK?: number;
}

export const READ_TOP_K = 3;
/** Entries that a new fact is held against: 5 in Mem0, A-Mem and LangMem alike. */
export const NEIGHBOURS = 5;
