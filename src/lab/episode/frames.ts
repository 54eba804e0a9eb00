/**
 * Cuts an event log into the moments one steps through: one frame for each call of the policy (the
 * message that arrives, the prompt, the tokens, what they changed), and one for the reset of C between
 * stages 1 and 2. A frame without a completion is the one the policy has still to act on.
 *
 * Everything the page shows is a pure function of (log, frame), so going back shows exactly what was
 * there: nothing is kept from the way forward. The page folds the log itself rather than ask the worker
 * for snapshots: the log is complete by design, moving is then immediate, and no second truth exists.
 */
import type { EpisodeEvent, EventLog, Stage } from '../../worker/protocol';

export interface Frame {
  readonly index: number;
  readonly kind: 'step' | 'reset';
  readonly stage: Stage;
  /** Number of the policy call; for a reset and a step not yet taken, that of the call before. */
  readonly step: number;
  /** The policy has acted. Always true for a reset. */
  readonly acted: boolean;
  /** The episode ends in it. */
  readonly last: boolean;
  /** Events `from <= seq < to`. */
  readonly from: number;
  readonly to: number;
}

/** Frames in order; together they cover the log without gap or overlap. */
export function framesOf(log: EventLog): readonly Frame[] {
  const frames: Frame[] = [];
  let start = 0;
  for (let at = 1; at <= log.length; at++) {
    if (at < log.length && !opensFrame(log.slice(start, at), log[at])) continue;
    frames.push(frameOf(log.slice(start, at), frames.length));
    start = at;
  }
  return frames;
}

/** Whether an event begins a new frame after the events of the current one. */
function opensFrame(current: EventLog, event: EpisodeEvent): boolean {
  const has = (type: EpisodeEvent['type']) => current.some((earlier) => earlier.type === type);
  if (has('context-reset') || has('memory-wiped')) return event.type === 'message-added';
  if (!has('completion')) return false;
  switch (event.type) {
    case 'stage-started':
    case 'introspection':
    case 'prompt':
      return true;
    case 'message-added':
      return arrives(event.message.origin.kind);
    default:
      return false;
  }
}

/** Messages that come from outside, not from the policy's own action. */
export function arrives(origin: string): boolean {
  return origin === 'task' || origin === 'distractor' || origin === 'query' || origin === 'observation';
}

function frameOf(events: EventLog, index: number): Frame {
  const reset = events.some((event) => event.type === 'context-reset' || event.type === 'memory-wiped');
  const final = events[events.length - 1];
  return {
    index,
    kind: reset ? 'reset' : 'step',
    stage: final.stage,
    step: final.step,
    acted: reset || events.some((event) => event.type === 'completion'),
    last: final.type === 'episode-ended',
    from: events[0].seq,
    to: final.seq + 1,
  };
}

/**
 * The frame to look at when nobody has chosen one: what the policy did last, not the reset or the prompt that came of
 * it, so that going on by steps shows each step; while it acts, and before it has acted at all, the one it acts on. -1
 * without frames.
 */
export function followedFrame(frames: readonly Frame[], acting: boolean): number {
  const newest = frames.length - 1;
  if (acting) return newest;
  const did = frames.findLastIndex(({ kind, acted }) => kind === 'step' && acted);
  return did < 0 ? newest : did;
}

/** The frame an event belongs to. */
export function frameAt(frames: readonly Frame[], seq: number): Frame | undefined {
  return frames.find((frame) => frame.from <= seq && seq < frame.to);
}
