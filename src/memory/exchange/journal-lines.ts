/**
 * The journal in a file: one record a line, fields in one order, like the entries. A journal is history, so
 * it comes back whole or not at all: one wrong record, a gap, a time that goes back or an entry that does
 * not follow from the records refuses the file.
 */
import type { Act, ActKind, Actor, JournalOp, JournalRecord } from '../journal';
import type { EntryText, JsonValue } from '../memory';
import { canonicalText } from '../rows/entry-sum';
import { field, isObject, type Reading, readWholeEntry, refused, writeEntryText } from './entry-text';
import { ImportFileError } from './errors';
import { grouped, LIMITS } from './limits';
import { readJson, writeJson } from './strict-json';
import { textLines } from './text-lines';

/** All of them, by the type. */
const ACT_KINDS: Readonly<Record<ActKind, true>> = {
  add: true,
  update: true,
  delete: true,
  retrieve: true,
  clear: true,
  import: true,
  merge: true,
  clean: true,
  copy: true,
  expire: true,
  restore: true,
  undo: true,
  erase: true,
  loss: true,
};

export function* writeJournal(records: readonly JournalRecord[]): Generator<string> {
  for (const record of records) {
    const what = `Record ${record.seq} of the journal`;
    const { by, act } = record;
    const of = act.of === undefined ? '' : `,"of":${act.of}`;
    const members = [
      `"seq":${record.seq}`,
      `"at":${writeJson(record.at, what)}`,
      `"by":${writeActor(by)}`,
      `"why":${JSON.stringify(record.why)}`,
      `"act":{"id":${act.id},"kind":"${act.kind}"${of}}`,
      `"op":${writeOp(record.op, what)}`,
    ];
    yield `{${members.join(',')}}\n`;
  }
}

function writeActor(by: Actor): string {
  if (by.kind !== 'policy') return `{"kind":"${by.kind}"}`;
  const { policy, adapter, run, episode, step } = by;
  const names = { policy, adapter, run, episode };
  const members = Object.entries(names).map(([name, value]) => `"${name}":${JSON.stringify(value)}`);
  return `{"kind":"policy",${members.join(',')},"step":${step}}`;
}

function writeOp(op: JournalOp, what: string): string {
  switch (op.kind) {
    case 'add':
      return `{"kind":"add","after":${writeTold(op.after)}}`;
    case 'update':
      return `{"kind":"update","before":${writeTold(op.before)},"after":${writeTold(op.after)}}`;
    case 'delete':
      return `{"kind":"delete","before":${writeTold(op.before)}}`;
    case 'retrieve': {
      const hits = op.hits.map(
        ({ id, score }) => `{"id":${JSON.stringify(id)},"score":${writeJson(score, what)}}`,
      );
      return `{"kind":"retrieve","query":${JSON.stringify(op.query)},"topK":${op.topK},"hits":[${hits.join(',')}]}`;
    }
  }
}

/** An entry as the journal has it: with the time where its text was erased. */
function writeTold(entry: EntryText): string {
  const text = writeEntryText(entry);
  return entry.erased === undefined ? text : `${text.slice(0, -1)},"erased":${entry.erased}}`;
}

/** Reads every record, or throws `ImportFileError` with the line that is wrong. */
export function readJournal(bytes: Uint8Array): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const { number, text } of textLines(bytes)) {
    const json = text === null ? refused('It is not text in UTF-8.') : readJson(text);
    const record = json.ok ? readRecord(json.value) : json;
    if (!record.ok) throw badJournal(`Line ${grouped(number)}: ${record.reason}`);
    records.push(record.value);
  }
  return records;
}

/**
 * Replays the records from an empty memory. Throws `ImportFileError` unless they count 1, 2, 3, …, never
 * go back in time, each fits what the ones before it left, and they end in these entries.
 */
export function checkJournal(records: readonly JournalRecord[], entries: readonly EntryText[]): void {
  const state = new Map<string, EntryText>();
  let last = Number.NEGATIVE_INFINITY;
  records.forEach((record, i) => {
    const { seq, at, act, op } = record;
    if (seq !== i + 1) throw badJournal(`Record ${i + 1} has the number ${seq}.`);
    if (at < last) throw badJournal(`Record ${seq} is older than the one before it.`);
    // A record begins an act or goes on with the one that its neighbour belongs to.
    if (act.id !== seq && act.id !== records[i - 1]?.act.id) {
      throw badJournal(`Record ${seq} belongs to an act that is not its neighbour's.`);
    }
    last = at;
    if (op.kind === 'retrieve') return;
    const id = op.kind === 'delete' ? op.before.id : op.after.id;
    const stored = state.get(id);
    const fits =
      op.kind === 'add'
        ? stored === undefined
        : stored !== undefined && canonicalText(stored) === canonicalText(op.before) && op.before.id === id;
    if (!fits) throw badJournal(`Record ${seq} does not follow from the records before it.`);
    if (op.kind === 'delete') state.delete(id);
    else state.set(id, op.after);
  });
  const agree =
    entries.length === state.size &&
    entries.every((entry) => {
      const replayed = state.get(entry.id);
      return replayed !== undefined && canonicalText(replayed) === canonicalText(entry);
    });
  if (!agree) throw badJournal('Its records do not end in the entries of the file.');
}

function badJournal(found: string): ImportFileError {
  return new ImportFileError(
    'import-journal',
    `The journal of the file is not whole. ${found} Export again; or take entries.jsonl out of the zip and import it alone, without the history.`,
  );
}

function readRecord(value: JsonValue): Reading<JournalRecord> {
  if (!isObject(value)) return refused('It is no record.');
  const seq = field(value, 'seq');
  const at = field(value, 'at');
  const why = field(value, 'why');
  if (!isCount(seq) || typeof at !== 'number' || Math.abs(at) > LIMITS.time || typeof why !== 'string') {
    return refused('"seq", "at" or "why" is wrong.');
  }
  const by = readActor(field(value, 'by'));
  const act = readAct(field(value, 'act'));
  if (by === null) return refused('"by" names nobody that can act.');
  if (act === null) return refused('"act" is none that this version knows.');
  const op = readOp(field(value, 'op'));
  return op.ok ? { ok: true, value: { seq, at, by, why, act, op: op.value } } : op;
}

function readActor(value: JsonValue | undefined): Actor | null {
  if (!isObject(value)) return null;
  const kind = field(value, 'kind');
  if (kind === 'user' || kind === 'lab') return { kind };
  const [policy, adapter, run, episode] = ['policy', 'adapter', 'run', 'episode'].map((name) => {
    const text = field(value, name);
    return typeof text === 'string' ? text : null;
  });
  const step = field(value, 'step');
  if (kind !== 'policy' || policy === null || adapter === null || run === null || episode === null)
    return null;
  return typeof step === 'number' && Number.isSafeInteger(step)
    ? { kind, policy, adapter, run, episode, step }
    : null;
}

function readAct(value: JsonValue | undefined): Act | null {
  if (!isObject(value)) return null;
  const id = field(value, 'id');
  const kind = field(value, 'kind');
  const of = field(value, 'of');
  if (!isCount(id) || !isActKind(kind)) return null;
  if (of === undefined) return { id, kind };
  return typeof of === 'number' && Number.isSafeInteger(of) ? { id, kind, of } : null;
}

function readOp(value: JsonValue | undefined): Reading<JournalOp> {
  if (!isObject(value)) return refused('"op" is missing.');
  const kind = field(value, 'kind');
  if (kind === 'retrieve') return readRetrieval(value);
  if (kind !== 'add' && kind !== 'update' && kind !== 'delete') return refused('"op" is of no known kind.');
  const before = kind === 'add' ? null : readWholeEntry(field(value, 'before'));
  if (before && !before.ok) return before;
  const after = kind === 'delete' ? null : readWholeEntry(field(value, 'after'));
  if (after && !after.ok) return after;
  if (before && after)
    return { ok: true, value: { kind: 'update', before: before.value, after: after.value } };
  if (after) return { ok: true, value: { kind: 'add', after: after.value } };
  if (before) return { ok: true, value: { kind: 'delete', before: before.value } };
  return refused('"op" has no entry.');
}

function readRetrieval(value: { readonly [key: string]: JsonValue }): Reading<JournalOp> {
  const query = field(value, 'query');
  const topK = field(value, 'topK');
  const list = field(value, 'hits');
  if (typeof query !== 'string' || !isCount(topK) || !Array.isArray(list)) {
    return refused('A retrieval has no query, no topK or no hits.');
  }
  const hits: { readonly id: string; readonly score: number }[] = [];
  for (const hit of list as readonly JsonValue[]) {
    const id = isObject(hit) ? field(hit, 'id') : undefined;
    const score = isObject(hit) ? field(hit, 'score') : undefined;
    if (typeof id !== 'string' || typeof score !== 'number') return refused('A hit has no id or no score.');
    hits.push({ id, score });
  }
  return { ok: true, value: { kind: 'retrieve', query, topK, hits } };
}

function isActKind(value: JsonValue | undefined): value is ActKind {
  return typeof value === 'string' && Object.hasOwn(ACT_KINDS, value);
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
