/** The difference one tool call made: what it took from and brought to short-term and long-term memory. */
import type { ContextMessage, EntryRecord, EventLog, ToolEffect } from '../../worker/protocol';
import type { Frame } from './frames';

export interface CallChange {
  /** `seq` of the call. */
  readonly seq: number;
  readonly added: readonly ContextMessage[];
  readonly removed: readonly ContextMessage[];
  /** Tokens in C before and after. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly memory: MemoryChange | null;
}

export type MemoryChange =
  | { readonly kind: 'added' | 'deleted'; readonly entry: EntryRecord }
  | { readonly kind: 'updated'; readonly before: EntryRecord; readonly after: EntryRecord };

/** One for each call of a moment, in order. A call reaches to the next one, or to what comes from outside. */
export function callChanges(log: EventLog, frame: Frame): readonly CallChange[] {
  const held = new Map<string, ContextMessage>();
  const changes: (Omit<CallChange, 'added' | 'removed'> & {
    readonly added: ContextMessage[];
    readonly removed: ContextMessage[];
    tokensAfter: number;
  })[] = [];
  const tokens = () => [...held.values()].reduce((sum, message) => sum + message.tokens, 0);
  for (const event of log) {
    if (event.seq >= frame.to) break;
    const current = event.seq >= frame.from ? changes[changes.length - 1] : undefined;
    switch (event.type) {
      case 'message-added':
        held.set(event.message.id, event.message);
        current?.added.push(event.message);
        break;
      case 'message-removed': {
        const message = held.get(event.messageId);
        held.delete(event.messageId);
        if (message) current?.removed.push(message);
        break;
      }
      case 'context-reset':
        for (const id of event.removed) held.delete(id);
        break;
      case 'tool-called':
        if (event.seq >= frame.from) {
          const now = tokens();
          const memory = event.outcome.ok ? memoryChange(event.outcome.effect) : null;
          changes.push({
            seq: event.seq,
            added: [],
            removed: [],
            tokensBefore: now,
            tokensAfter: now,
            memory,
          });
        }
        break;
    }
    const changed = changes[changes.length - 1];
    if (changed) changed.tokensAfter = tokens();
  }
  return changes;
}

function memoryChange(effect: ToolEffect): MemoryChange | null {
  switch (effect.kind) {
    case 'added':
    case 'deleted':
      return { kind: effect.kind, entry: effect.entry };
    case 'updated':
      return { kind: 'updated', before: effect.before, after: effect.after };
    default:
      return null;
  }
}
