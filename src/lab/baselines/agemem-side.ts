/**
 * AgeMem's own side of a comparison, cut from the log of the episode on view: which moments belong to which message, what
 * is stored at the end, and what the policy's steps cost. There nobody stands beside the policy, so its writing is every
 * step of stages 1 and 2, and its reading the steps of stage 3 that call tools; prompts hold everything that is in the
 * context by then. Pure functions of the log, which may be that of an episode that goes on.
 */
import type { EntryRecord, EventLog } from '../../worker/protocol';
import { viewFrame } from '../episode/frame-view';
import { type Frame, framesOf } from '../episode/frames';
import type { EpisodeEnd } from '../words';

/** Model calls with their tokens. */
export interface Spent {
  readonly calls: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
}

export const NOTHING_SPENT: Spent = { calls: 0, promptTokens: 0, replyTokens: 0 };

export interface AgeMemSide {
  /** Moments in which the policy acts on a message, by `messageKey`. */
  readonly onMessage: ReadonlyMap<string, readonly Frame[]>;
  /** Moments of stage 3. */
  readonly answering: readonly Frame[];
  /** What is stored where the log ends. */
  readonly entries: readonly EntryRecord[];
  readonly writing: Spent;
  readonly reading: Spent;
  readonly rest: Spent;
  /** The answer, or the last action in a world; null: there was none yet. */
  readonly answer: string | null;
  /** Null until the episode is over; of a world that a limit cut off what was reached, null where that counts nothing. */
  readonly score: number | null;
  /** How it ended; null: it did not yet. */
  readonly end: EpisodeEnd | null;
}

/** A message of stage 1 or 2 by its place there, from 0. */
export const messageKey = (stage: 1 | 2, index: number): string => `${stage}/${index}`;

export function ageMemSide(log: EventLog): AgeMemSide {
  const frames = framesOf(log);
  const onMessage = new Map<string, readonly Frame[]>();
  const answering: Frame[] = [];
  let message: string | null = null;
  const spent = { writing: NOTHING_SPENT, reading: NOTHING_SPENT, rest: NOTHING_SPENT };
  for (const frame of frames) {
    if (frame.kind === 'reset') continue;
    const events = log.slice(frame.from, frame.to);
    message = events.reduce(arrived, message);
    if (message === null) answering.push(frame);
    else onMessage.set(message, [...(onMessage.get(message) ?? []), frame]);
    const kind = message !== null ? 'writing' : callsTools(events) ? 'reading' : 'rest';
    spent[kind] = sum(spent[kind], costOfFrame(events));
  }
  const ended = log.at(-1);
  const over = ended?.type === 'episode-ended' ? ended : null;
  const last = frames.at(-1);
  const acted = log.findLast((event) => event.type === 'environment-acted');
  return {
    onMessage,
    answering,
    entries: last
      ? viewFrame(log, last)
          .memory.filter(({ mark }) => mark !== 'deleted')
          .map(({ entry }) => entry)
      : [],
    ...spent,
    answer: over?.answer ?? (acted?.type === 'environment-acted' ? acted.action : null),
    score: over?.score ?? null,
    end: over?.reason ?? null,
  };
}

/** The message that the policy acts on after this event; null: none of the first two stages. */
function arrived(message: string | null, event: EventLog[number]): string | null {
  if (event.type !== 'message-added') return message;
  const { origin } = event.message;
  if (origin.kind === 'task') return messageKey(1, origin.index);
  if (origin.kind === 'distractor') return messageKey(2, origin.index);
  return origin.kind === 'query' ? null : message;
}

function callsTools(events: EventLog): boolean {
  return events.some((event) => event.type === 'parsed' && event.action.kind === 'tool-calls');
}

/** By the ids of the model; of a script, which has none, by the tokens that its messages count. */
export function costOfFrame(events: EventLog): Spent {
  let spent = NOTHING_SPENT;
  let prompt = 0;
  for (const event of events) {
    if (event.type === 'prompt') prompt = event.contextTokens;
    if (
      event.type === 'message-added' &&
      event.message.origin.kind === 'assistant' &&
      spent.replyTokens === 0
    )
      spent = { ...spent, replyTokens: event.message.tokens };
    if (event.type === 'completion')
      spent = {
        calls: 1,
        promptTokens: event.promptIds.length || prompt,
        replyTokens: event.tokens.length,
      };
  }
  return spent;
}

export function sum(a: Spent, b: Spent): Spent {
  return {
    calls: a.calls + b.calls,
    promptTokens: a.promptTokens + b.promptTokens,
    replyTokens: a.replyTokens + b.replyTokens,
  };
}

export const tokensOf = ({ promptTokens, replyTokens }: Spent): number => promptTokens + replyTokens;
