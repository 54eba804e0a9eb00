/**
 * Restoring: what has to change so that a memory holds exactly these entries, e.g. those of an earlier
 * moment. Entries that are right already are left alone, so the journal says only what really changed.
 */
import type { EntryText } from '../memory';
import { isErased } from '../rows/erased';
import { sameEntry } from './same-entry';
import type { Reversal } from './undo';

/** From `current` to `wanted`; empty if they are equal. */
export function planRestore(current: readonly EntryText[], wanted: readonly EntryText[]): Reversal {
  const now = new Map(current.map((entry) => [entry.id, entry]));
  const kept = new Set(wanted.map(({ id }) => id));
  return {
    put: wanted.filter((entry) => {
      // Of what was erased for good the journal knows only that there was something.
      if (isErased(entry)) return false;
      const known = now.get(entry.id);
      return !known || !sameEntry(known, entry);
    }),
    remove: current.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
  };
}
