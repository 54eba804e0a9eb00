/**
 * The life of every memory entry, read from the event log: when it was added, how it changed, whether it
 * was deleted, and what it said then. Nothing here looks at C, so an add of stage 1 is remembered though C
 * was emptied after it, and a failed call leaves no trace because only effects are read.
 *
 * A wipe of M (the control) is not the agent's doing: entries are judged as they stood before it.
 */
import type { EntryRecord, EpisodeEvent, EventLog, Stage, ToolEffect } from '../agent/events';
import type { Fact, Task } from '../tasks/task';
import { type Statements, statementsIn } from './matching';

export interface EntryLife {
  readonly id: string;
  /** 0: it was there before the episode. */
  readonly addedIn: 0 | Stage;
  /** `seq` of the add and of every update. */
  readonly writtenAt: readonly number[];
  /** Last content; of a deleted entry, its content when deleted. */
  readonly content: string;
  readonly statements: Statements;
  /** `seq` of the delete; null while it lives. */
  readonly deletedAt: number | null;
}

/** An update or delete that succeeded. */
export interface Change {
  readonly seq: number;
  readonly kind: 'updated' | 'deleted';
  readonly before: Statements;
  /** Null for a delete. */
  readonly after: Statements | null;
}

export interface Ledger {
  /** In order of creation. */
  readonly entries: readonly EntryLife[];
  readonly changes: readonly Change[];
}

export function readLedger(log: EventLog, task: Task): Ledger {
  const entries = new Map<string, EntryLife>();
  const changes: Change[] = [];
  for (const event of log) {
    if (event.type === 'episode-started') {
      for (const entry of event.initialMemory) entries.set(entry.id, born(entry, 0, [], task));
    }
    const effect = effectOf(event);
    switch (effect?.kind) {
      case 'added':
        entries.set(effect.entry.id, born(effect.entry, event.stage, [event.seq], task));
        break;
      case 'updated': {
        const life = entries.get(effect.after.id) ?? born(effect.before, 0, [], task);
        const writtenAt = [...life.writtenAt, event.seq];
        entries.set(life.id, born(effect.after, life.addedIn, writtenAt, task));
        changes.push({
          seq: event.seq,
          kind: 'updated',
          before: statementsIn(effect.before.content, task.facts),
          after: statementsIn(effect.after.content, task.facts),
        });
        break;
      }
      case 'deleted': {
        const life = entries.get(effect.entry.id) ?? born(effect.entry, 0, [], task);
        entries.set(life.id, { ...life, deletedAt: event.seq });
        changes.push({ seq: event.seq, kind: 'deleted', before: life.statements, after: null });
        break;
      }
    }
  }
  return { entries: [...entries.values()], changes };
}

/** The effect of a tool call that succeeded; undefined for every other event. */
export function effectOf(event: EpisodeEvent): ToolEffect | undefined {
  return event.type === 'tool-called' && event.outcome.ok ? event.outcome.effect : undefined;
}

/** Entries that are still there at the end. */
export function survivors(ledger: Ledger): readonly EntryLife[] {
  return ledger.entries.filter((entry) => entry.deletedAt === null);
}

/** Facts worth keeping that a text states with nothing stale beside them. */
export function worthStored(statements: Statements): readonly Fact[] {
  return statements.stale.length > 0 ? [] : statements.current.filter((fact) => fact.worthKeeping);
}

function born(
  entry: EntryRecord,
  addedIn: EntryLife['addedIn'],
  writtenAt: readonly number[],
  task: Task,
): EntryLife {
  const statements = statementsIn(entry.content, task.facts);
  return { id: entry.id, addedIn, writtenAt, content: entry.content, statements, deletedAt: null };
}
