/**
 * Undoing an act: what has to change so that every entry it touched is again what it was before.
 *
 * An act may be undone at any time, not only as the last one, as long as each entry is still what the act
 * left. If another act has changed one since, there is no one right answer (whose words should stand?), and
 * the undo is refused with the name of the entry and of the act that stands in the way. Undoing is an act
 * itself, with the entries it changed in the journal, so undoing an undo does the act again.
 *
 * Undone entries come back under their own ids with their old times; a plan holds texts, no vectors.
 */
import { MemoryError } from '../errors';
import type { Act, JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { isErased } from '../rows/erased';
import { changeOf } from './past';
import { sameEntry } from './same-entry';

/** What has to be done to the entries, each once. */
export interface Reversal {
  readonly put: readonly EntryText[];
  readonly remove: readonly string[];
}

/** An act that cannot be undone, now or ever; the message says why and what can be done. */
export class UndoError extends MemoryError {
  constructor(
    code: 'unknown-act' | 'nothing-to-undo' | 'undone-already' | 'changed-since',
    readonly act: number,
    message: string,
  ) {
    super(code, message);
  }
}

/** What an act did to an entry from its first record to its last. */
interface NetChange {
  readonly id: string;
  readonly before: EntryText | null;
  readonly after: EntryText | null;
}

/**
 * The net changes of an act's records, in order of first touch. Entries that ended as they began are left out, and those
 * erased for good, which nothing brings back.
 */
export function netChanges(records: readonly JournalRecord[]): readonly NetChange[] {
  const net = new Map<string, NetChange>();
  for (const { op } of records) {
    const change = changeOf(op);
    if (!change) continue;
    const earlier = net.get(change.id);
    net.set(change.id, { ...change, before: earlier ? earlier.before : change.before });
  }
  return [...net.values()].filter(
    ({ before, after }) => !sameEntry(before, after) && !isGone(before) && !isGone(after),
  );
}

/**
 * How to undo act `act`. `journal`: the records from the act's first one to the last of the memory, without
 * gaps. `current`: the entries of the memory now. Throws `UndoError`.
 */
export function planUndo(
  journal: readonly JournalRecord[],
  act: number,
  current: ReadonlyMap<string, EntryText>,
): Reversal {
  const first = journal[0];
  if (first?.seq !== act || first.act.id !== act) {
    throw new UndoError('unknown-act', act, `The journal has no act ${act}. Choose one of those it shows.`);
  }
  const records = journal.filter((record) => record.act.id === act);
  const changes = netChanges(records);
  if (changes.length === 0) {
    const why = records.some(({ op }) => [changeOf(op)?.before, changeOf(op)?.after].some(isGone))
      ? 'What it was about was erased for good'
      : first.act.kind === 'retrieve'
        ? 'It only searched'
        : 'It left every entry as it found it';
    throw new UndoError('nothing-to-undo', act, `Act ${act} cannot be undone. ${why}, so nothing is to do.`);
  }
  for (const { id, after } of changes) {
    if (sameEntry(after, current.get(id) ?? null)) continue;
    throw refusal(act, id, journal.slice(records.length), current.get(id) ?? null);
  }
  return {
    put: changes.flatMap(({ before }) => (before ? [before] : [])),
    remove: changes.flatMap(({ id, before }) => (before ? [] : [id])),
  };
}

/** Says who stands in the way. `later`: the records after the act. */
function refusal(act: number, id: string, later: readonly JournalRecord[], now: EntryText | null): UndoError {
  const blocking = later.findLast(({ op }) => changeOf(op)?.id === id)?.act;
  const undone = later.find((record) => isUndoOf(record.act, act))?.act.id;
  if (blocking?.id === undone && undone !== undefined) {
    return new UndoError(
      'undone-already',
      act,
      `Act ${act} was undone by act ${undone} already. To do it again, undo act ${undone}.`,
    );
  }
  const state = now ? `now says ${JSON.stringify(cut(now.content))}` : 'is deleted';
  const message = blocking
    ? `Act ${act} cannot be undone by itself: act ${blocking.id} (${blocking.kind}) has changed ${id} since; it ${state}. Undo act ${blocking.id} first, or restore the memory as it was after record ${act - 1}.`
    : `Act ${act} cannot be undone by itself: ${id} is not what the act left, and the journal does not say why; it ${state}. Restore the memory as it was after record ${act - 1}.`;
  return new UndoError('changed-since', act, message);
}

const isGone = (text: EntryText | null | undefined): boolean => (text ? isErased(text) : false);
const isUndoOf = (act: Act, of: number): boolean => act.kind === 'undo' && act.of === of;
const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
