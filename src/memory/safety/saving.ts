/** One memory as a backup keeps it: entries and journal of the same state. */
import { UnknownNamespaceError } from '../errors';
import { sumOfEntries } from '../rows/entry-sum';
import type { MemoryRows } from '../rows/rows';
import type { SavedNamespace } from './backup-file';

/**
 * Undefined if it is gone by now or does not add up. The journal only grows, so its first `record.journal`
 * records are those that led to these entries, whatever was written in between, unless some of it was erased.
 */
export async function readWhole(rows: MemoryRows, name: string): Promise<SavedNamespace | undefined> {
  try {
    const { record, entries } = await rows.texts(name);
    const journal = record.journal > 0 ? await rows.journal(name, 1, record.journal) : [];
    const after = await rows.record(name);
    const whole =
      after.incarnation === record.incarnation &&
      after.erasures === record.erasures &&
      entries.length === record.count &&
      sumOfEntries(entries) === record.sum &&
      journal.length === record.journal;
    return whole ? { record, entries, journal } : undefined;
  } catch (error) {
    if (error instanceof UnknownNamespaceError) return undefined;
    throw error;
  }
}
