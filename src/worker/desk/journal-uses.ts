/** What the journals tell of entries' use, kept between calls and brought up to date by the new records alone. */
import { JournalUse } from '../../memory/history/use';
import type { MemoryRows, NamespaceRecord } from '../../memory/rows/rows';

/** Records read at once. */
const BATCH = 5000;

export class JournalUses {
  private readonly known = new Map<string, { readonly incarnation: string; readonly use: JournalUse }>();

  constructor(private readonly rows: MemoryRows) {}

  /** As of this record of the namespace, or later. */
  async of({ name, incarnation, journal }: NamespaceRecord): Promise<JournalUse> {
    let known = this.known.get(name);
    if (known?.incarnation !== incarnation) {
      known = { incarnation, use: new JournalUse() };
      this.known.set(name, known);
    }
    const { use } = known;
    while (use.last < journal) {
      const before = use.last;
      use.take(await this.rows.journal(name, before + 1, Math.min(journal, before + BATCH)));
      // A journal with a hole in it: what is there has been taken in.
      if (use.last === before) break;
    }
    return use;
  }

  forget(name: string): void {
    this.known.delete(name);
  }
}
