/** The journal page by page, newest first; of one entry, its life. */
import { lifeOf } from '../../memory/history/past';
import type { JournalRecord } from '../../memory/journal';
import type { MemoryRows } from '../../memory/rows/rows';

/** Records looked through at once for those of one entry. */
const BATCH = 1000;

export interface JournalPage {
  readonly name: string;
  /** Exclusive; null: the end. */
  readonly before: number | null;
  readonly limit: number;
  readonly id: string | null;
}

/** Throws `UnknownNamespaceError`. */
export async function readJournalPage(
  rows: MemoryRows,
  { name, before, limit, id }: JournalPage,
): Promise<readonly JournalRecord[]> {
  const { journal } = await rows.record(name);
  let end = Math.min(journal, (before ?? Number.POSITIVE_INFINITY) - 1);
  const page: JournalRecord[] = [];
  while (end >= 1 && page.length < limit) {
    const start = Math.max(1, end - (id === null ? limit - page.length : BATCH) + 1);
    const records = await rows.journal(name, start, end);
    page.push(...(id === null ? [...records] : lifeOf(records, id).slice()).reverse());
    end = start - 1;
  }
  return page.slice(0, limit);
}
