/**
 * Acts of a log carried out once more, onto a saved state or from nothing: the state after the last act that can be
 * proved to follow. Pure.
 *
 * Proved: the acts are of the same incarnation, their journal records go on where those before them end, and
 * number and sum of the entries after each are those that its record tells. The first act for which this does not hold
 * ends it; what comes later is counted, not guessed at.
 */
import type { JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { inOrder } from '../rows/entry-ids';
import { entrySum } from '../rows/entry-sum';
import type { NamespaceRecord } from '../rows/rows';
import { type Frame, journalOf } from './act-frames';
import type { SavedNamespace } from './backup-file';

export interface Replayed {
  readonly saved: SavedNamespace;
  /** Acts that the frames added to the saved state. */
  readonly acts: number;
  /** Frames that could not be carried out, since one before them does not follow. */
  readonly left: number;
}

/**
 * @param frames in order
 * @param base undefined: from nothing; then the frames must begin with the first journal record
 * @returns undefined if there is neither a base nor a beginning
 */
export function replayActs(frames: readonly Frame[], base: SavedNamespace | undefined): Replayed | undefined {
  const state = new ReplayedState(base);
  let done = 0;
  for (const frame of frames) {
    if (!state.take(frame)) break;
    done++;
  }
  const saved = state.result();
  return saved && { saved, acts: state.acts, left: frames.length - done };
}

/** Whether the first is a state of the same history before the second, or the same. */
export function isUpTo(
  one: Pick<NamespaceRecord, 'revision' | 'journal'>,
  other: Pick<NamespaceRecord, 'revision' | 'journal'>,
): boolean {
  return one.journal <= other.journal && one.revision <= other.revision;
}

class ReplayedState {
  private readonly entries: Map<string, EntryText>;
  private readonly journal: JournalRecord[];
  private record: NamespaceRecord | undefined;
  private sum: number;
  private readonly known = new Set<number>();

  constructor(base: SavedNamespace | undefined) {
    this.entries = new Map(base?.entries.map((entry) => [entry.id, entry]));
    this.journal = [...(base?.journal ?? [])];
    this.record = base?.record;
    this.sum = base?.record.sum ?? 0;
  }

  get acts(): number {
    return this.known.size;
  }

  /** False, and nothing changed, if it does not follow. */
  take(frame: Frame): boolean {
    const { record, from } = frame;
    if (this.record && this.record.incarnation !== record.incarnation) return false;
    // What was erased since must not come back.
    if (this.record && this.record.erasures !== record.erasures) return false;
    if (this.record && isUpTo(record, this.record)) return true;
    if (from > this.journal.length + 1 || record.journal < this.journal.length) return false;
    const fresh = journalOf(frame).slice(this.journal.length + 1 - from);
    if (fresh.some(({ seq }, i) => seq !== this.journal.length + 1 + i)) return false;
    if (this.journal.length + fresh.length !== record.journal) return false;
    const undo = new Map<string, EntryText | undefined>();
    let sum = this.sum;
    for (const { op } of fresh) {
      if (op.kind === 'retrieve') continue;
      const { id } = op.kind === 'delete' ? op.before : op.after;
      const before = this.entries.get(id);
      if (!undo.has(id)) undo.set(id, before);
      if (before) sum -= entrySum(before);
      if (op.kind === 'delete') this.entries.delete(id);
      else {
        this.entries.set(id, op.after);
        sum += entrySum(op.after);
      }
      // Kept in 32 bits at every step: thousands of them would leave the exact integers.
      sum >>>= 0;
    }
    if (sum !== record.sum || this.entries.size !== record.count) {
      for (const [id, before] of undo) {
        if (before) this.entries.set(id, before);
        else this.entries.delete(id);
      }
      return false;
    }
    for (const line of fresh) {
      this.journal.push(line);
      this.known.add(line.act.id);
    }
    // A change without a journal record is told by its revision alone; a memory begins with 0, unchanged.
    if (fresh.length === 0 && record.revision > 0) this.known.add(-record.revision);
    this.sum = sum;
    this.record = record;
    return true;
  }

  result(): SavedNamespace | undefined {
    const { record, journal } = this;
    return record && { record, entries: inOrder(this.entries.values()), journal };
  }
}
