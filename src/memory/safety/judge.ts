/**
 * The judgement on one memory: what the sentinel remembers, what the record claims and what lies in the store,
 * and whether the three agree. Pure; reading is done elsewhere.
 *
 * The sentinel may be behind (it is written after the rows), so a store that is newer than it is no loss. What
 * can never be by itself: a store that is older, of another incarnation, gone, or that does not add up.
 */
import type { NamespaceRecord } from '../rows/rows';
import type { SentinelState, Witness } from './sentinel';

/** What lies in the store, counted in one step together with the record. */
export interface Stored {
  readonly entries: number;
  readonly journal: number;
  /** Vectors of the embedder in force. */
  readonly vectors: number;
  /** Found by reading everything; absent while only counted. */
  readonly read?: {
    /** Of `entrySum` over the entries, modulo 2^32. */
    readonly sum: number;
    /** Entries whose vector is missing, of another length, or not finite. */
    readonly withoutVector: number;
  };
}

export interface Evidence {
  readonly name: string;
  /** `unavailable`: this page may keep no files. `unreadable`: they could not be read this time. */
  readonly sentinel: SentinelState | 'unavailable' | 'unreadable';
  readonly witness: Witness | undefined;
  /** What it had come to before it went back and was written to again, by a log that was put by. */
  readonly wentBack?: Witness;
  readonly record: NamespaceRecord | undefined;
  /** Absent if there is no record or nothing could be counted. */
  readonly stored: Stored | undefined;
}

export type Verdict =
  | { readonly state: 'whole' }
  | {
      readonly state: 'lost' | 'damaged';
      /** What was found, with numbers; what can be done is for the caller to add. */
      readonly finding: string;
      readonly expected: number;
      readonly found: number;
    }
  | { readonly state: 'unchecked'; readonly message: string };

/** Undefined: there is no such memory and there should be none. */
export function judge(evidence: Evidence): Verdict | undefined {
  const { name, sentinel, witness, wentBack, record, stored } = evidence;
  const title = `The memory ${JSON.stringify(name)}`;
  const remembered = witness && !witness.leaving ? witness : undefined;
  if (!record) {
    if (!remembered) return undefined;
    return {
      state: 'lost',
      finding: `${title} is gone: ${memories(remembered.count)} and ${records(remembered.journal)} that were stored are not there any more.`,
      expected: remembered.count,
      found: 0,
    };
  }
  const found = stored?.entries ?? record.count;
  const lost = (how: string): Verdict => ({
    state: 'lost',
    finding: `${title} ${how}`,
    expected: remembered?.count ?? record.count,
    found,
  });
  if (remembered && remembered.incarnation !== record.incarnation) {
    return lost(
      `was lost and begun anew: it held ${memories(remembered.count)}, and holds ${memories(found)} written since.`,
    );
  }
  if (remembered && (record.revision < remembered.revision || record.journal < remembered.journal)) {
    return lost(
      `is older than it was: it is at change ${record.revision} with ${records(record.journal)} and was at change ${remembered.revision} with ${records(remembered.journal)}. It holds ${memories(found)}, and held ${memories(remembered.count)}.`,
    );
  }
  if (wentBack) {
    return {
      state: 'lost',
      finding: `${title} went back: it was at change ${wentBack.revision} with ${memories(wentBack.count)} and ${records(wentBack.journal)}, lost some of them, and holds ${memories(found)} with what was written since.`,
      expected: wentBack.count,
      found,
    };
  }
  const faults = [...contradictions(record, remembered), ...(stored ? unsound(record, stored) : [])];
  if (faults.length > 0) {
    return {
      state: 'damaged',
      finding: `${title} is damaged: ${faults.join('; ')}.`,
      expected: record.count,
      found,
    };
  }
  if (sentinel === 'unavailable') {
    return {
      state: 'unchecked',
      message:
        'What is stored adds up. Whether it is all that was ever stored cannot be told here: the page may keep no files beside its database (it was opened from file://, without TLS, or in a private window), so there are no backups either.',
    };
  }
  if (sentinel === 'unreadable') {
    return {
      state: 'unchecked',
      message:
        'What is stored adds up. Whether it is all that was ever stored cannot be told now: the browser could not read the file to compare it with. It is tried again with the next change and at the next start.',
    };
  }
  if (sentinel === 'damaged') {
    return {
      state: 'unchecked',
      message:
        'What is stored adds up. Whether it is all that was ever stored cannot be told this time: the file to compare it with was damaged, and has been written anew.',
    };
  }
  return { state: 'whole' };
}

/** Where the record says other things about the same change than the sentinel does. */
function contradictions(record: NamespaceRecord, witness: Witness | undefined): readonly string[] {
  if (!witness) return [];
  if (record.nextId < witness.nextId) {
    return [`its next id is m${record.nextId} and was m${witness.nextId}`];
  }
  if (record.revision !== witness.revision) return [];
  return (['count', 'sum', 'embedderId', 'dimension'] as const)
    .filter((field) => record[field] !== witness[field])
    .map((field) => `its ${WORDS[field]} is ${record[field]} and was ${witness[field]} at the same change`);
}

const WORDS = {
  count: 'number of memories',
  sum: 'checksum',
  embedderId: 'embedder',
  dimension: 'vector length',
} as const;

/** Where the store does not hold what the record says it holds. */
function unsound(record: NamespaceRecord, stored: Stored): readonly string[] {
  const faults: string[] = [];
  if (stored.entries !== record.count) {
    faults.push(`${memories(stored.entries)} are stored, ${record.count} by its count`);
  }
  if (stored.journal !== record.journal) {
    faults.push(`${records(stored.journal)} are stored, ${record.journal} by its count`);
  }
  if (stored.vectors !== stored.entries) {
    faults.push(`${stored.vectors} vectors are stored for ${memories(stored.entries)}`);
  } else if (stored.read && stored.read.withoutVector > 0) {
    faults.push(`${stored.read.withoutVector} vectors are not usable`);
  }
  if (stored.read && stored.read.sum !== record.sum && stored.entries === record.count) {
    faults.push(`the texts do not fit their checksum`);
  }
  return faults;
}

function memories(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

function records(count: number): string {
  return count === 1 ? '1 journal record' : `${count} journal records`;
}
