/**
 * Where one stands in an episode, and the moves from there: a token, a step, a stage, or the whole episode, forward and
 * back. A playhead is a moment (`frames.ts`) and, while one goes token by token, the newest token written in it; without
 * a token, the moment with all that it changed. Pure, so that forward and back meet at the same places.
 */
import type { EventLog } from '../../worker/protocol';
import { type Frame, framesOf } from './frames';

export const UNITS = ['token', 'step', 'stage', 'episode'] as const;
export type Unit = (typeof UNITS)[number];

export interface Playhead {
  readonly frame: number;
  /** Newest token written, from 0; null: the moment is over. */
  readonly token: number | null;
}

/** What moves need to know of a log. */
export interface Reel {
  readonly frames: readonly Frame[];
  /** Tokens written in each moment; 0 for resets, open prompts and policies without tokens. */
  readonly tokens: readonly number[];
}

export function reelOf(log: EventLog): Reel {
  const frames = framesOf(log);
  const tokens = frames.map(({ from, to }) => {
    const written = log.slice(from, to).find((event) => event.type === 'completion');
    return written?.type === 'completion' ? written.tokens.length : 0;
  });
  return { frames, tokens };
}

/** The next place, or null at the end. */
export function forward(reel: Reel, { frame, token }: Playhead, unit: Unit): Playhead | null {
  const last = reel.frames.length - 1;
  if (frame >= last && token === null) return null;
  switch (unit) {
    case 'token':
      if (token !== null) return { frame, token: token + 1 < reel.tokens[frame] ? token + 1 : null };
      return { frame: frame + 1, token: reel.tokens[frame + 1] > 0 ? 0 : null };
    case 'step':
      return token === null ? whole(frame + 1) : whole(frame);
    case 'stage': {
      const next = stageStarts(reel.frames).find((start) => start > frame);
      return whole(next ?? last);
    }
    case 'episode':
      return whole(last);
  }
}

/** The place before, or null at the beginning. */
export function back(reel: Reel, { frame, token }: Playhead, unit: Unit): Playhead | null {
  switch (unit) {
    case 'token':
      if (token === null && reel.tokens[frame] > 0) return { frame, token: reel.tokens[frame] - 1 };
      if (token !== null && token > 0) return { frame, token: token - 1 };
      return frame > 0 ? whole(frame - 1) : null;
    case 'step':
      return frame > 0 ? whole(frame - 1) : null;
    case 'stage': {
      const before = stageStarts(reel.frames).findLast((start) => start < frame);
      return before === undefined ? null : whole(before);
    }
    case 'episode':
      return frame > 0 ? whole(0) : null;
  }
}

const whole = (frame: number): Playhead => ({ frame, token: null });

/** The first moment of each stage; the reset between two stages is a place of its own. */
function stageStarts(frames: readonly Frame[]): readonly number[] {
  return frames
    .filter(
      ({ kind, stage }, index) =>
        index === 0 ||
        stage !== frames[index - 1].stage ||
        (kind === 'reset') !== (frames[index - 1].kind === 'reset'),
    )
    .map(({ index }) => index);
}
