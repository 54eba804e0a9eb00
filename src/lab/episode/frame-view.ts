/**
 * What the panels show at one frame: C and M after it with marks for what the frame changed, and what the
 * policy read, wrote and caused. A pure fold over the event log.
 */
import type {
  ContextMessage,
  EntryRecord,
  EpisodeEvent,
  EpisodeLimits,
  EventLog,
  ParsedAction,
} from '../../worker/protocol';
import { arrives, type Frame } from './frames';

type EventOf<Type extends EpisodeEvent['type']> = Extract<EpisodeEvent, { type: Type }>;

export type RemovedBy = 'Filter_context' | 'Summary_context' | 'reset';

export interface ContextLine {
  readonly message: ContextMessage;
  /** `arrived` from outside, `written` by the policy or its tools, `removed` in this frame, or `kept`. */
  readonly mark: 'kept' | 'arrived' | 'written' | 'removed';
  readonly removedBy: RemovedBy | null;
}

export interface MemoryLine {
  readonly entry: EntryRecord;
  readonly mark: 'kept' | 'added' | 'updated' | 'deleted';
  /** Content before an update. */
  readonly before: string | null;
  /** Shown to the policy in this frame: by introspection before it acted, or because it asked. */
  readonly read: { readonly how: 'introspected' | 'retrieved'; readonly score: number } | null;
}

export interface FrameView {
  readonly frame: Frame;
  readonly limits: EpisodeLimits | null;
  readonly context: readonly ContextLine[];
  /** Tokens in C after the frame, and before it. */
  readonly tokens: number;
  readonly tokensBefore: number;
  readonly memory: readonly MemoryLine[];
  readonly introspection: EventOf<'introspection'> | null;
  readonly prompt: EventOf<'prompt'> | null;
  readonly completion: EventOf<'completion'> | null;
  readonly action: ParsedAction | null;
  readonly calls: readonly EventOf<'tool-called'>[];
  readonly environment: EventOf<'environment-acted'> | null;
  readonly exceeded: readonly EventOf<'limit-exceeded'>[];
  readonly reset: EventOf<'context-reset'> | null;
  readonly ended: EventOf<'episode-ended'> | null;
}

type Draft = { -readonly [Key in keyof FrameView]: FrameView[Key] };

export function viewFrame(log: EventLog, frame: Frame): FrameView {
  const draft: Draft = {
    frame,
    limits: null,
    context: [],
    tokens: 0,
    tokensBefore: 0,
    memory: [],
    introspection: null,
    prompt: null,
    completion: null,
    action: null,
    calls: [],
    environment: null,
    exceeded: [],
    reset: null,
    ended: null,
  };
  for (const event of log) {
    if (event.seq >= frame.to) break;
    if (event.seq === frame.from) settle(draft);
    if (event.type === 'episode-started') draft.limits = event.limits;
    changeContext(draft, event);
    changeMemory(draft, event);
    if (event.seq >= frame.from) note(draft, event);
  }
  draft.tokens = tokensIn(draft.context);
  return draft;
}

/** What came before the frame: gone lines go, the rest loses its marks. */
function settle(draft: Draft): void {
  draft.context = draft.context
    .filter((line) => line.mark !== 'removed')
    .map((line) => ({ ...line, mark: 'kept', removedBy: null }));
  draft.memory = draft.memory
    .filter((line) => line.mark !== 'deleted')
    .map((line) => ({ ...line, mark: 'kept', before: null, read: null }));
  draft.tokensBefore = tokensIn(draft.context);
}

function tokensIn(context: readonly ContextLine[]): number {
  return context.reduce((sum, line) => sum + (line.mark === 'removed' ? 0 : line.message.tokens), 0);
}

function changeContext(draft: Draft, event: EpisodeEvent): void {
  const remove = (ids: readonly string[], removedBy: RemovedBy) => {
    draft.context = draft.context.map((line) =>
      ids.includes(line.message.id) ? { ...line, mark: 'removed', removedBy } : line,
    );
  };
  switch (event.type) {
    case 'message-added': {
      const { message } = event;
      const mark = arrives(message.origin.kind) || message.role === 'system' ? 'arrived' : 'written';
      draft.context = [...draft.context, { message, mark, removedBy: null }];
      break;
    }
    case 'message-removed':
      remove([event.messageId], event.by);
      break;
    case 'context-reset':
      remove(event.removed, 'reset');
      break;
  }
}

function changeMemory(draft: Draft, event: EpisodeEvent): void {
  const line = (entry: EntryRecord, mark: MemoryLine['mark']): MemoryLine => ({
    entry,
    mark,
    before: null,
    read: null,
  });
  if (event.type === 'episode-started')
    draft.memory = event.initialMemory.map((entry) => line(entry, 'kept'));
  if (event.type === 'memory-wiped') draft.memory = draft.memory.map((old) => ({ ...old, mark: 'deleted' }));
  if (event.type === 'entry-forgotten')
    draft.memory = draft.memory.map((old) =>
      old.entry.id === event.entry.id ? { ...old, mark: 'deleted' } : old,
    );
  if (event.type === 'introspection') markRead(draft, event.results, 'introspected');
  if (event.type !== 'tool-called' || !event.outcome.ok) return;
  const { effect } = event.outcome;
  switch (effect.kind) {
    case 'added':
      draft.memory = [...draft.memory, line(effect.entry, 'added')];
      break;
    case 'updated':
      draft.memory = draft.memory.map((old) =>
        old.entry.id === effect.after.id && old.mark !== 'deleted'
          ? {
              ...old,
              entry: effect.after,
              // An entry added in the same frame stays new; of two updates the first text is the one before.
              mark: old.mark === 'added' ? 'added' : 'updated',
              before: old.mark === 'added' ? null : (old.before ?? effect.before.content),
            }
          : old,
      );
      break;
    case 'deleted':
      draft.memory = draft.memory.map((old) =>
        old.entry.id === effect.entry.id ? { ...old, mark: 'deleted' } : old,
      );
      break;
    case 'retrieved':
      markRead(draft, effect.results, 'retrieved');
      break;
  }
}

function markRead(
  draft: Draft,
  results: readonly { readonly entry: EntryRecord; readonly score: number }[],
  how: 'introspected' | 'retrieved',
): void {
  draft.memory = draft.memory.map((line) => {
    const hit = results.find((result) => result.entry.id === line.entry.id);
    return hit ? { ...line, read: { how, score: hit.score } } : line;
  });
}

/** Facts of the frame itself. */
function note(draft: Draft, event: EpisodeEvent): void {
  switch (event.type) {
    case 'introspection':
      draft.introspection = event;
      break;
    case 'prompt':
      draft.prompt = event;
      break;
    case 'completion':
      draft.completion = event;
      break;
    case 'parsed':
      draft.action = event.action;
      break;
    case 'tool-called':
      draft.calls = [...draft.calls, event];
      break;
    case 'environment-acted':
      draft.environment = event;
      break;
    case 'limit-exceeded':
      draft.exceeded = [...draft.exceeded, event];
      break;
    case 'context-reset':
      draft.reset = event;
      break;
    case 'episode-ended':
      draft.ended = event;
      break;
  }
}
