/**
 * The journal in words, act by act: the records of one act (an import, a merge) stand together, as they were
 * written together and are undone together.
 */
import type { Act, ActKind, Actor, JournalOp, JournalRecord } from '../../worker/memory-protocol';
import { count, figure } from '../figures';

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

export const ACT_WORDS: Readonly<Record<ActKind, string>> = {
  add: 'Added',
  update: 'Changed',
  delete: 'Deleted',
  retrieve: 'Retrieved',
  clear: 'Forgot everything',
  import: 'Imported',
  merge: 'Merged',
  clean: 'Mended',
  copy: 'Copied here',
  expire: 'Expired',
  restore: 'Restored',
  undo: 'Undid',
  erase: 'Forgot for good',
  loss: 'Found lost',
};

export const ACT_KINDS = Object.keys(ACT_WORDS) as readonly ActKind[];

/** "Imported: 40 added, 1 changed"; "Restored the state after record 41: 3 added". */
export function actTitle({ act, records }: Pick<ToldAct, 'act' | 'records'>): string {
  const of =
    act.of === undefined
      ? ''
      : act.kind === 'restore'
        ? act.of === 0
          ? ' the empty memory'
          : ` the state after record ${act.of}`
        : ` act ${act.of}`;
  if (records.length === 1 && of === '') return ACT_WORDS[act.kind];
  const kinds = [
    ['add', 'added'],
    ['update', 'changed'],
    ['delete', 'deleted'],
    ['retrieve', 'retrieved'],
  ] as const;
  const done = kinds.flatMap(([kind, words]) => {
    const found = records.filter(({ op }) => op.kind === kind).length;
    return found === 0 ? [] : `${found} ${words}`;
  });
  return `${ACT_WORDS[act.kind]}${of}: ${done.join(', ')}`;
}

/** Retrievals change nothing, what was erased is gone, and what storage lost is not there to be put back: a backup is. */
export function canUndo({ act }: Pick<ToldAct, 'act'>): boolean {
  return act.kind !== 'retrieve' && act.kind !== 'loss' && act.kind !== 'erase';
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
  if (actor.kind === 'user') return 'you';
  if (actor.kind === 'lab') return 'the lab, by a rule you set';
  const { policy, adapter, run, episode, step } = actor;
  const told = adapter === '' || adapter === 'none' || policy.endsWith(`+${adapter}`);
  const adapterWords = told ? '' : ` with adapter ${adapter}`;
  return [
    `policy ${policy}${adapterWords}`,
    ...(run === '' ? [] : [`run ${run}`]),
    ...(episode === '' ? [] : [`episode ${episode}`]),
    `step ${step}`,
  ].join(' · ');
}

/** One word for lists: who wrote it. */
export function actorMark(actor: Actor): string {
  return actor.kind === 'user' ? 'by hand' : actor.kind === 'lab' ? 'by the lab' : 'by a policy';
}

/** What a record did to one entry, or what was looked up. `id`: as seen from this entry, for retrievals. */
export function opWords(op: JournalOp, id?: string): string {
  switch (op.kind) {
    case 'add':
      return `${op.after.id} written`;
    case 'update':
      return `${op.after.id} changed`;
    case 'delete':
      return `${op.before.id} deleted`;
    case 'retrieve': {
      if (id !== undefined) {
        const rank = op.hits.findIndex((hit) => hit.id === id);
        const place =
          rank < 0
            ? ''
            : `, place ${rank + 1} of ${op.hits.length}, cosine ${figure(op.hits[rank].score, 2)}`;
        return `${id} retrieved${place}`;
      }
      return op.hits.length === 0
        ? 'nothing was found'
        : `found ${count(op.hits.length, 'entry', 'entries')}`;
    }
  }
}
