/**
 * Undoing and restoring, carried out: plan from what is stored, make the vectors of what comes back (the
 * journal has none), write everything as one act. `expected` guards the plan: if the memory changes while
 * the vectors are being made, nothing is written and the plan is made anew from what is stored then.
 */
import { embedInTurns } from '../embedders/embed-in-turns';
import { EmbedderMismatchError, MemoryChangedError } from '../errors';
import type { ActKind, Note } from '../journal';
import { BY_USER } from '../journal';
import type { OpenedMemory } from '../long-term-memory';
import type { Embedder, EntryText } from '../memory';
import type { MemoryRows, NamespaceRecord, RowChange, Written } from '../rows/rows';
import { ActProgress, type Progress } from './act-progress';
import { checkMoment, entriesAt } from './past';
import { planRestore } from './restore';
import { planUndo, type Reversal } from './undo';

/** Where an act takes place: an open memory, whose copy follows what is written, and the rows it is over. */
export interface ActingMemory {
  readonly rows: MemoryRows;
  readonly memory: Pick<OpenedMemory, 'namespace' | 'embedder' | 'write' | 'add'>;
  /** Told now and then during a large act. */
  readonly onProgress?: Progress;
}

/** How often a plan is made anew because others write; each time somebody else got ahead. */
const MOST_PLANS = 8;

/** Undoes an act. Throws `UndoError`, and what rows and embedder throw; then nothing has changed. */
export function undoAct(acting: ActingMemory, act: number, note: Note = BY_USER): Promise<Written | null> {
  const { rows, memory } = acting;
  return asPlanned(acting, { kind: 'undo', of: act }, note, async (record, current) => {
    const known = Number.isInteger(act) && act >= 1 && act <= record.journal;
    const journal = known ? await rows.journal(memory.namespace, act) : [];
    return planUndo(journal, act, new Map(current.map((entry) => [entry.id, entry])));
  });
}

/**
 * Makes the memory what it was after record `seq` (0: empty); null if it is that already. Throws
 * `UnknownMomentError`, and what rows and embedder throw; then nothing has changed.
 */
export function restoreMoment(
  acting: ActingMemory,
  seq: number,
  note: Note = BY_USER,
): Promise<Written | null> {
  return asPlanned(acting, { kind: 'restore', of: seq }, note, async (record, current) => {
    checkMoment(seq, record.journal);
    const journal = seq === 0 ? [] : await acting.rows.journal(acting.memory.namespace, 1, seq);
    return planRestore(current, entriesAt(journal, seq));
  });
}

/**
 * One act from a plan that is made from what is stored, anew if that changes in between. `plan` gets the
 * record and the entries; an empty plan writes nothing and gives null.
 */
export async function asPlanned(
  { rows, memory, onProgress }: ActingMemory,
  act: { readonly kind: ActKind; readonly of?: number },
  note: Note,
  plan: (record: NamespaceRecord, current: readonly EntryText[]) => Promise<Reversal> | Reversal,
): Promise<Written | null> {
  const { namespace, embedder } = memory;
  for (let plans = 1; ; plans++) {
    const { record, entries } = await rows.texts(namespace);
    const reversal = await plan(record, entries);
    if (reversal.put.length + reversal.remove.length === 0) return null;
    if (reversal.put.length > 0 && record.embedderId !== embedder.id) {
      throw new EmbedderMismatchError(namespace, record.embedderId, embedder.id);
    }
    const told = new ActProgress(reversal.put.length, onProgress);
    const changes = await asChanges(reversal, embedder, told.embedded);
    try {
      return await memory.write({ act, note, changes, expected: record, onProgress: told.written });
    } catch (error) {
      if (!(error instanceof MemoryChangedError) || plans === MOST_PLANS) throw error;
    }
  }
}

async function asChanges(
  { put, remove }: Reversal,
  embedder: Embedder,
  onEmbedded: (done: number) => void,
): Promise<readonly RowChange[]> {
  const vectors = await embedInTurns(
    embedder,
    put.map(({ content }) => content),
    onEmbedded,
  );
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
