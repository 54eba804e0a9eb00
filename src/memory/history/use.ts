/**
 * What the journal tells of an entry's use: how often and when it was found by a retrieval, who wrote it
 * last, how many retrievals it could have been found by. Kept up to date record by record, so that a long
 * journal is read once.
 */
import type { Actor, JournalRecord } from '../journal';
import { changeOf } from './past';

export interface EntryUse {
  readonly retrievals: number;
  /** Milliseconds since the epoch; null: never. */
  readonly lastRetrieved: number | null;
  /**
   * When it was put there as it is: by whom it was added, changed, imported, or brought back. Milliseconds since the
   * epoch; null: the journal does not say.
   */
  readonly lastWritten: number | null;
  readonly by: Actor;
  /** Retrievals of the memory, this entry found or not, before the entry was written first. */
  readonly retrievalsBefore: number;
}

const UNKNOWN: Actor = { kind: 'user' };

export class JournalUse {
  #last = 0;
  #retrievals = 0;
  readonly #entries = new Map<string, EntryUse>();

  /** `seq` of the last record taken in; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Retrievals so far. */
  get retrievals(): number {
    return this.#retrievals;
  }

  /** Takes in the records that follow those taken in already; earlier ones are passed over. */
  take(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.seq <= this.#last) continue;
      this.#last = record.seq;
      if (record.op.kind === 'retrieve') {
        this.#retrievals++;
        for (const { id } of record.op.hits) this.#found(id, record.at);
      } else {
        // A deleted entry may come back; what is known of it stays.
        const change = changeOf(record.op);
        if (change?.after) {
          this.#entries.set(change.id, { ...this.of(change.id), by: record.by, lastWritten: record.at });
        }
      }
    }
  }

  /** Of an entry the journal has not seen: never retrieved. */
  of(id: string): EntryUse {
    return (
      this.#entries.get(id) ?? {
        retrievals: 0,
        lastRetrieved: null,
        lastWritten: null,
        by: UNKNOWN,
        retrievalsBefore: this.#retrievals,
      }
    );
  }

  #found(id: string, at: number): void {
    const use = this.of(id);
    this.#entries.set(id, { ...use, retrievals: use.retrievals + 1, lastRetrieved: at });
  }
}
