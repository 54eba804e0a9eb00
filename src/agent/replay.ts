/**
 * Time travel: the state of an episode at any event, rebuilt from the log alone. The reducer is pure, so
 * the lab can step forward event by event, and go back by replaying from the start; a log read from a
 * file shows the same as the live episode did (tested at every event of random episodes).
 */
import type {
  ContextMessage,
  EntryRecord,
  EpisodeEvent,
  EpisodeEventBody,
  EventLog,
  ParsedAction,
  Stage,
} from './events';

type EventOf<Type extends EpisodeEventBody['type']> = EpisodeEvent & { readonly type: Type };

export interface ReplayState {
  /** Position of the last event applied; -1 before the first. */
  readonly seq: number;
  readonly stage: Stage;
  readonly step: number;
  /** Completions in the running stage. */
  readonly rounds: number;
  /** Completions since the newest message of stage 1 or 2, or observation of stage 3, arrived. */
  readonly stepsOnMessage: number;
  readonly started: EventOf<'episode-started'> | null;
  /** C, in order. */
  readonly context: readonly ContextMessage[];
  readonly contextTokens: number;
  /** M, in order of creation. */
  readonly memory: readonly EntryRecord[];
  /** Of the running step. */
  readonly introspection: EventOf<'introspection'> | null;
  readonly prompt: EventOf<'prompt'> | null;
  readonly completion: EventOf<'completion'> | null;
  readonly action: ParsedAction | null;
  readonly toolCalls: readonly EventOf<'tool-called'>[];
  /** The last answer of stage 3, and what the environment made of it. */
  readonly answer: string | null;
  readonly environment: EventOf<'environment-acted'> | null;
  readonly limitsExceeded: readonly EventOf<'limit-exceeded'>[];
  readonly ended: EventOf<'episode-ended'> | null;
}

export const INITIAL_REPLAY_STATE: ReplayState = {
  seq: -1,
  stage: 1,
  step: 0,
  rounds: 0,
  stepsOnMessage: 0,
  started: null,
  context: [],
  contextTokens: 0,
  memory: [],
  introspection: null,
  prompt: null,
  completion: null,
  action: null,
  toolCalls: [],
  answer: null,
  environment: null,
  limitsExceeded: [],
  ended: null,
};

/** State after the events with `seq <= upTo`; by default after all of them. */
export function replay(log: EventLog, upTo = Number.POSITIVE_INFINITY): ReplayState {
  let state = INITIAL_REPLAY_STATE;
  for (const event of log) {
    if (event.seq > upTo) break;
    state = applyEvent(state, event);
  }
  return state;
}

/** One event later. Pure. */
export function applyEvent(before: ReplayState, event: EpisodeEvent): ReplayState {
  const state: ReplayState = {
    ...(event.step === before.step ? before : withoutStep(before)),
    seq: event.seq,
    stage: event.stage,
    step: event.step,
  };
  switch (event.type) {
    case 'episode-started':
      return { ...state, started: event, memory: event.initialMemory };
    case 'stage-started':
      return { ...state, rounds: 0, stepsOnMessage: 0 };
    case 'context-reset': {
      const removed = new Set(event.removed);
      return withContext(
        state,
        state.context.filter((message) => !removed.has(message.id)),
      );
    }
    case 'memory-wiped':
      return { ...state, memory: [] };
    case 'entry-forgotten':
      return { ...state, memory: state.memory.filter(({ id }) => id !== event.entry.id) };
    case 'message-added': {
      const arrived = event.message.role === 'user' ? { ...state, stepsOnMessage: 0 } : state;
      return {
        ...arrived,
        context: [...state.context, event.message],
        contextTokens: state.contextTokens + event.message.tokens,
      };
    }
    case 'message-removed':
      return withContext(
        state,
        state.context.filter((message) => message.id !== event.messageId),
      );
    case 'introspection':
      return { ...state, introspection: event };
    case 'prompt':
      return { ...state, prompt: event };
    case 'completion':
      return {
        ...state,
        completion: event,
        rounds: state.rounds + 1,
        stepsOnMessage: state.stepsOnMessage + 1,
      };
    case 'parsed':
      return { ...state, action: event.action };
    case 'tool-called':
      return {
        ...state,
        toolCalls: [...state.toolCalls, event],
        memory: memoryAfter(state.memory, event),
      };
    case 'answered':
      return event.stage === 3 ? { ...state, answer: event.text } : state;
    case 'environment-acted':
      return { ...state, environment: event };
    case 'limit-exceeded':
      return { ...state, limitsExceeded: [...state.limitsExceeded, event] };
    case 'episode-ended':
      return { ...state, ended: event };
  }
}

/** What belonged to the step before goes when a new step begins. */
function withoutStep(state: ReplayState): ReplayState {
  return { ...state, introspection: null, prompt: null, completion: null, action: null, toolCalls: [] };
}

function withContext(state: ReplayState, context: readonly ContextMessage[]): ReplayState {
  return { ...state, context, contextTokens: context.reduce((sum, message) => sum + message.tokens, 0) };
}

function memoryAfter(memory: readonly EntryRecord[], event: EventOf<'tool-called'>): readonly EntryRecord[] {
  if (!event.outcome.ok) return memory;
  const { effect } = event.outcome;
  switch (effect.kind) {
    case 'added':
      return [...memory, effect.entry];
    case 'updated':
      return memory.map((entry) => (entry.id === effect.after.id ? effect.after : entry));
    case 'deleted':
      return memory.filter((entry) => entry.id !== effect.entry.id);
    default:
      return memory;
  }
}
