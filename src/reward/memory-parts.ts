/**
 * R_mem: storage quality, maintenance, relevance of what was retrieved (App. A.2; judge-free readings in
 * agemem.md section 5). All from the life of entries, none from the names of tools.
 */
import type { EventLog } from '../agent/events';
import type { Fact, Task } from '../tasks/task';
import { type Change, type EntryLife, effectOf, type Ledger, survivors, worthStored } from './ledger';
import { statementsIn } from './matching';
import { figure, notApplicable, part, type RewardPart } from './part';

/** Counts over the entries added in stage 1. */
export interface StoredCounts {
  readonly highQuality: number;
  /** Without entries that were rightly deleted again. */
  readonly added: number;
}

export interface StorageResult {
  readonly part: RewardPart;
  readonly counts: StoredCounts;
}

/**
 * N_high_quality / max(1, N_added) over stage 1. Each entry counts by what became of it: an update moves
 * it to its new content; a delete takes it out of the count if it was rightful (the entry was of no worth,
 * or another entry says the same), and leaves it in as a loss if not. Nothing stored, nothing paid.
 */
export function storagePart(ledger: Ledger, task: Task): StorageResult {
  const verdicts = judgeStorage(ledger);
  const counted = verdicts.filter(({ entry, verdict }) => entry.addedIn === 1 && verdict !== 'deleted');
  const good = counted.filter(({ verdict }) => verdict === 'good');
  const counts = { highQuality: good.length, added: counted.length };
  if (!task.facts.some((fact) => fact.worthKeeping) && counted.length === 0) {
    return { part: notApplicable('storage', 'nothing was worth keeping and nothing was stored'), counts };
  }
  const value = counts.highQuality / Math.max(1, counts.added);
  const formula = `N_high_quality / max(1, N_added) = ${counts.highQuality} / ${Math.max(1, counts.added)} = ${figure(value)}`;
  const notes = verdicts
    .filter(({ entry, verdict }) => entry.addedIn === 1 && verdict !== 'good')
    .map(({ entry, verdict }) => `${entry.id}: ${VERDICTS[verdict]}`);
  const events = good.flatMap(({ entry }) => entry.writtenAt);
  return { part: part('storage', value, formula, events, notes), counts };
}

/**
 * The same of what a memory beside the agent holds, e.g. a baseline of the table at the end of stage 1: each text is an
 * entry, in the order they came; what it has deleted or rewritten by then is not known and not counted.
 */
export function countStored(texts: readonly string[], task: Task): StoredCounts {
  const entries = texts.map(
    (content, i): EntryLife => ({
      id: String(i),
      addedIn: 1,
      writtenAt: [],
      content,
      statements: statementsIn(content, task.facts),
      deletedAt: null,
    }),
  );
  const verdicts = judgeStorage({ entries, changes: [] });
  return {
    highQuality: verdicts.filter(({ verdict }) => verdict === 'good').length,
    added: verdicts.length,
  };
}

type Verdict = 'good' | 'worthless' | 'stale' | 'duplicate' | 'deleted' | 'lost';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  good: 'states a fact worth keeping',
  worthless: 'states no fact worth keeping with its current value',
  stale: 'holds a value that has been revised',
  duplicate: 'repeats another entry',
  deleted: 'rightly deleted, not counted',
  lost: 'was worth keeping and was deleted',
};

function judgeStorage(ledger: Ledger): readonly { entry: EntryLife; verdict: Verdict }[] {
  const seen = new Set<Fact>();
  const kept = storedFacts(survivors(ledger));
  return ledger.entries.map((entry) => {
    const worth = worthStored(entry.statements);
    if (entry.deletedAt !== null) {
      return { entry, verdict: worth.every((fact) => kept.has(fact)) ? 'deleted' : 'lost' };
    }
    if (entry.statements.stale.length > 0) return { entry, verdict: 'stale' };
    if (worth.length === 0) return { entry, verdict: 'worthless' };
    if (worth.every((fact) => seen.has(fact))) return { entry, verdict: 'duplicate' };
    for (const fact of worth) seen.add(fact);
    return { entry, verdict: 'good' };
  });
}

/** Facts that some entry states well. */
function storedFacts(entries: readonly EntryLife[]): ReadonlySet<Fact> {
  return new Set(entries.flatMap((entry) => worthStored(entry.statements)));
}

/**
 * `meaningful` (section 3.5 of the paper): with revisions, 1 only if the old value of each revised fact
 * was replaced or removed by an update or delete, is nowhere left, and the current value is there, and 0
 * if one of them was missed; without, 1 if something worth keeping was stored and no good entry was lost.
 * `any` (eq. 24): 1 for whatever update or delete succeeded. Easy to game, which is a lesson worth seeing.
 */
export type MaintenanceMode = 'meaningful' | 'any';

export function maintenancePart(ledger: Ledger, task: Task, mode: MaintenanceMode): RewardPart {
  if (mode === 'any') return anyChange(ledger);
  const revised = task.facts.filter((fact) => fact.worthKeeping && fact.superseded.length > 0);
  return revised.length > 0 ? revisionsCarried(ledger, revised) : nothingHarmed(ledger);
}

function anyChange({ changes }: Ledger): RewardPart {
  const value = changes.length > 0 ? 1 : 0;
  const formula = `${changes.length} updates or deletes succeeded (eq. 24): ${value}`;
  return part(
    'maintenance',
    value,
    formula,
    changes.map(({ seq }) => seq),
  );
}

function revisionsCarried(ledger: Ledger, revised: readonly Fact[]): RewardPart {
  const alive = survivors(ledger);
  const stored = storedFacts(alive);
  const events: number[] = [];
  const notes: string[] = [];
  let carried = 0;
  for (const fact of revised) {
    const corrections = ledger.changes.filter((change) => corrects(change, fact));
    const name = `${fact.subject} ${fact.relation} ${fact.value}`;
    if (corrections.length === 0) notes.push(`${name}: no old value was replaced or removed`);
    else if (alive.some((entry) => entry.statements.stale.includes(fact))) {
      notes.push(`${name}: an old value is still stored`);
    } else if (!stored.has(fact)) notes.push(`${name}: the current value is not stored`);
    else {
      carried++;
      events.push(...corrections.map(({ seq }) => seq));
    }
  }
  const value = carried === revised.length ? 1 : 0;
  const formula = `${carried} of ${revised.length} revised facts were corrected in memory, all are asked for: ${value}`;
  return part('maintenance', value, formula, events, notes);
}

function corrects(change: Change, fact: Fact): boolean {
  return change.before.stale.includes(fact) && !change.after?.stale.includes(fact);
}

function nothingHarmed(ledger: Ledger): RewardPart {
  const alive = survivors(ledger);
  const stored = storedFacts(alive);
  const harmful = ledger.changes.filter((change) =>
    worthStored(change.before).some((fact) => !stored.has(fact)),
  );
  const value = stored.size > 0 && harmful.length === 0 ? 1 : 0;
  const formula = `no revisions; ${stored.size} facts worth keeping stored, ${harmful.length} changes lost one: ${value}`;
  const keepers = alive.filter((entry) => worthStored(entry.statements).length > 0);
  const events = value === 1 ? keepers.flatMap((entry) => entry.writtenAt) : harmful.map(({ seq }) => seq);
  return part('maintenance', value, formula, events);
}

/**
 * Share of the facts needed for the query that Retrieve_memory brought, stated with their current value
 * and nothing stale beside it. Stages 2 and 3 count: what was retrieved in stage 1 left with its C.
 */
export function relevancePart(log: EventLog, task: Task): RewardPart {
  const needed = task.facts.filter((fact) => task.neededFactIds.includes(fact.id));
  if (needed.length === 0) return notApplicable('relevance', 'the task needs no stored fact');
  const foundBy = new Map<Fact, number>();
  for (const event of log) {
    const effect = effectOf(event);
    if (effect?.kind !== 'retrieved' || event.stage === 1) continue;
    for (const { entry } of effect.results) {
      const { current, stale } = statementsIn(entry.content, task.facts);
      if (stale.length > 0) continue;
      for (const fact of current) if (!foundBy.has(fact)) foundBy.set(fact, event.seq);
    }
  }
  const found = needed.filter((fact) => foundBy.has(fact));
  const value = found.length / needed.length;
  const formula = `${found.length} of ${needed.length} needed facts were retrieved: ${figure(value)}`;
  const events = [...new Set(found.map((fact) => foundBy.get(fact) ?? 0))];
  const missing = needed.filter((fact) => !foundBy.has(fact));
  return part(
    'relevance',
    value,
    formula,
    events,
    missing.map((fact) => `not retrieved: ${fact.subject} ${fact.relation} ${fact.value}`),
  );
}
