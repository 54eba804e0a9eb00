/**
 * The journal in words, act by act: the records of one act (an import, a merge) stand together, as they were
 * written together and are undone together.
 */
import type { Act, ActKind, Actor, JournalOp, JournalRecord } from '../../worker/memory-protocol';
import { count, figure } from '../figures';
import { listed, type Phrase, phrase, say } from '../language/language';

export interface ToldAct {
  readonly act: Act;
  /** Of its first record. */
  readonly at: number;
  readonly by: Actor;
  readonly why: string;
  /** In the order they were given. */
  readonly records: readonly JournalRecord[];
}

/** Neighbouring records of one act together, in the order given. */
export function actsOf(records: readonly JournalRecord[]): readonly ToldAct[] {
  const acts: { act: Act; at: number; by: Actor; why: string; records: JournalRecord[] }[] = [];
  for (const record of records) {
    const last = acts[acts.length - 1];
    if (last?.act.id === record.act.id) last.records.push(record);
    else acts.push({ act: record.act, at: record.at, by: record.by, why: record.why, records: [record] });
  }
  return acts;
}

export const ACT_WORDS: Readonly<Record<ActKind, Phrase>> = {
  add: phrase('Added§act'),
  update: phrase('Changed§act'),
  delete: phrase('Deleted§act'),
  retrieve: phrase('Retrieved§act'),
  clear: phrase('Forgot everything§act'),
  import: phrase('Imported§act'),
  merge: phrase('Merged§act'),
  clean: phrase('Mended§act'),
  copy: phrase('Copied here§act'),
  expire: phrase('Expired§act'),
  restore: phrase('Restored§act'),
  undo: phrase('Undid§act'),
  erase: phrase('Forgot for good§act'),
  loss: phrase('Found lost§act'),
};

export const ACT_KINDS = Object.keys(ACT_WORDS) as readonly ActKind[];

/** "Imported: 40 added, 1 changed"; "Restored the state after record 41: 3 added". */
export function actTitle({ act, records }: Pick<ToldAct, 'act' | 'records'>): string {
  const words = say(ACT_WORDS[act.kind]);
  if (records.length === 1 && act.of === undefined) return words;
  const done = OPS.flatMap(([kind, told]) => {
    const n = records.filter(({ op }) => op.kind === kind).length;
    return n === 0 ? [] : say(told, { n });
  });
  const values = { act: words, done: listed(done) };
  if (act.of === undefined) return say('{act}: {done}', values);
  if (act.kind !== 'restore') return say('{act} act {id}: {done}', { ...values, id: act.of });
  return act.of === 0
    ? say('{act} the empty memory: {done}', values)
    : say('{act} the state after record {record}: {done}', { ...values, record: act.of });
}

const OPS = [
  ['add', phrase('{n} added')],
  ['update', phrase('{n} changed')],
  ['delete', phrase('{n} deleted')],
  ['retrieve', phrase('{n} retrieved')],
] as const;

/** Retrievals change nothing, what was erased is gone, and what storage lost is not there to be put back: a backup is. */
export function canUndo({ act, records }: Pick<ToldAct, 'act' | 'records'>): boolean {
  if (act.kind === 'retrieve' || act.kind === 'loss' || act.kind === 'erase') return false;
  return !records.every(({ op }) => op.kind === 'retrieve' || tellsErased(op));
}

/** Its text is gone for good, before or after: such an entry is left as it is by an undo. */
function tellsErased(op: Exclude<JournalOp, { kind: 'retrieve' }>): boolean {
  const before = op.kind === 'add' ? undefined : op.before.erased;
  const after = op.kind === 'delete' ? undefined : op.after.erased;
  return before !== undefined || after !== undefined;
}

/** Ids of acts that a later act undid and that were not done again. Newest first. */
export function undoneActs(acts: readonly ToldAct[]): ReadonlySet<number> {
  const undone = new Set<number>();
  for (const { act } of acts) {
    if (act.kind === 'undo' && act.of !== undefined && !undone.has(act.id)) undone.add(act.of);
  }
  return undone;
}

/** "you", "the lab, by a rule you set", "the policy bundled, adapter shipped · run r1 · episode e2 · step 3". */
export function actorWords(actor: Actor): string {
  if (actor.kind === 'user') return say('you');
  if (actor.kind === 'lab') return say('the lab, by a rule you set');
  const { policy, adapter, run, episode, step } = actor;
  const told = adapter === '' || adapter === 'none' || policy.endsWith(`+${adapter}`);
  return [
    told
      ? say('policy {policy}', { policy })
      : say('policy {policy} with adapter {adapter}', { policy, adapter }),
    ...(run === '' ? [] : [say('run {run}', { run })]),
    ...(episode === '' ? [] : [say('episode {episode}', { episode })]),
    say('step {step}', { step }),
  ].join(' · ');
}

export const ACTOR_MARKS: Readonly<Record<Actor['kind'], Phrase>> = {
  user: phrase('by hand'),
  policy: phrase('by a policy'),
  lab: phrase('by the lab'),
};

/** One word for lists: who wrote it. */
export function actorMark(actor: Actor): string {
  return say(ACTOR_MARKS[actor.kind]);
}

/** What a record did to one entry, or what was looked up. `id`: as seen from this entry, for retrievals. */
export function opWords(op: JournalOp, id?: string): string {
  switch (op.kind) {
    case 'add':
      return say('{id} written', { id: op.after.id });
    case 'update':
      return say('{id} changed', { id: op.after.id });
    case 'delete':
      return say('{id} deleted', { id: op.before.id });
    case 'retrieve': {
      if (id !== undefined) {
        const rank = op.hits.findIndex((hit) => hit.id === id);
        if (rank < 0) return say('{id} retrieved', { id });
        return say('{id} retrieved, place {place} of {all}, cosine {cosine}', {
          id,
          place: rank + 1,
          all: op.hits.length,
          cosine: figure(op.hits[rank].score, 2),
        });
      }
      return op.hits.length === 0
        ? say('nothing was found')
        : say('found {entries}', { entries: count(op.hits.length, 'entry', 'entries') });
    }
  }
}
