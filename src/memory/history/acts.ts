/**
 * Undoing and restoring, carried out: plan from what is stored, make the vectors of what comes back (the
 * journal has none), write everything as one act. `expected` guards the plan: if the memory changes while
 * the vectors are being made, nothing is written and the plan is made anew from what is stored then.
 */
import { EmbedderMismatchError, MemoryChangedError } from '../errors';
import type { ActKind, Note } from '../journal';
import { BY_USER } from '../journal';
import type { Embedder, EntryText } from '../memory';
import type { MemoryRows, NamespaceRecord, RowChange, Written } from '../rows/rows';
import { checkMoment, entriesAt } from './past';
import { planRestore } from './restore';
import { planUndo, type Reversal } from './undo';

/** Where an act takes place. */
export interface ActingMemory {
  readonly rows: MemoryRows;
  readonly namespace: string;
  /** The one in force. */
  readonly embedder: Embedder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often a plan is made anew because others write; each time somebody else got ahead. */
const MOST_PLANS = 8;

/** Undoes an act. Throws `UndoError`, and what rows and embedder throw; then nothing has changed. */
export function undoAct(memory: ActingMemory, act: number, note: Note = BY_USER): Promise<Written | null> {
  return asPlanned(memory, { kind: 'undo', of: act }, note, async (record, current) => {
    const journal = act >= 1 && act <= record.journal ? await memory.rows.journal(memory.namespace, act) : [];
    return planUndo(journal, act, new Map(current.map((entry) => [entry.id, entry])));
  });
}

/**
 * Makes the memory what it was after record `seq` (0: empty); null if it is that already. Throws
 * `UnknownMomentError`, and what rows and embedder throw; then nothing has changed.
 */
export function restoreMoment(
  memory: ActingMemory,
  seq: number,
  note: Note = BY_USER,
): Promise<Written | null> {
  return asPlanned(memory, { kind: 'restore', of: seq }, note, async (record, current) => {
    checkMoment(seq, record.journal);
    const journal = seq === 0 ? [] : await memory.rows.journal(memory.namespace, 1, seq);
    return planRestore(current, entriesAt(journal, seq));
  });
}

/**
 * One act from a plan that is made from what is stored, anew if that changes in between. `plan` gets the
 * record and the entries; an empty plan writes nothing and gives null.
 */
export async function asPlanned(
  { rows, namespace, embedder, now }: ActingMemory,
  act: { readonly kind: ActKind; readonly of?: number },
  note: Note,
  plan: (record: NamespaceRecord, current: readonly EntryText[]) => Promise<Reversal> | Reversal,
): Promise<Written | null> {
  for (let plans = 1; ; plans++) {
    const { record, entries } = await rows.texts(namespace);
    const reversal = await plan(record, entries);
    if (reversal.put.length + reversal.remove.length === 0) return null;
    if (reversal.put.length > 0 && record.embedderId !== embedder.id) {
      throw new EmbedderMismatchError(namespace, record.embedderId, embedder.id);
    }
    const changes = await asChanges(reversal, embedder);
    try {
      return await rows.write(namespace, { act, note, at: now(), changes, expected: record }, 'strict');
    } catch (error) {
      if (!(error instanceof MemoryChangedError) || plans === MOST_PLANS) throw error;
    }
  }
}

async function asChanges({ put, remove }: Reversal, embedder: Embedder): Promise<readonly RowChange[]> {
  const vectors = await embedder.embed(put.map(({ content }) => content));
  return [
    ...remove.map((id): RowChange => ({ kind: 'remove', id })),
    ...put.map(
      (entry, i): RowChange => ({
        kind: 'put',
        entry: { ...entry, embedding: vectors[i], embedderId: embedder.id },
      }),
    ),
  ];
}
