/** What a check may ask of the moment on view. */

import type { EpisodeEvent, ToolEffect } from '../../worker/protocol';
import { type Frame, followedFrame, framesOf } from '../episode/frames';
import { say } from '../language/language';
import type { LabState } from '../state/lab-state';

export interface Shown {
  readonly frame: Frame;
  readonly events: readonly EpisodeEvent[];
}

/** The moment on view, as the long page chooses it; null without an episode. */
export function shownMoment({ episode, cursor, busy }: LabState): Shown | null {
  const log = episode?.log ?? [];
  const frames = framesOf(log);
  const playing = busy?.call === 'stepEpisode' || busy?.call === 'runEpisode';
  const frame = frames[Math.min(cursor ?? followedFrame(frames, playing), frames.length - 1)];
  return frame ? { frame, events: log.slice(frame.from, frame.to) } : null;
}

/** What the successful tool calls of a moment changed. */
export function effects({ events }: Shown): readonly ToolEffect[] {
  return events.flatMap((event) =>
    event.type === 'tool-called' && event.outcome.ok ? [event.outcome.effect] : [],
  );
}

/** Names of the tools that a moment called, in order, refused calls included. */
export function toolsCalled({ events }: Shown): readonly string[] {
  return events.flatMap((event) => (event.type === 'tool-called' ? [event.requested.name] : []));
}

/** "Moment 3, stage 1", as the timeline counts. */
export function placeWords({ frame }: Shown): string {
  return frame.kind === 'reset'
    ? say('Moment {n}, between the stages', { n: frame.index + 1 })
    : say('Moment {n}, stage {stage}', { n: frame.index + 1, stage: frame.stage });
}

/** "`Add_memory` and `Retrieve_memory`", as `Words` shows them; null if the moment calls nothing. */
export function toolsWords(shown: Shown): string | null {
  const tools = [...new Set(toolsCalled(shown))];
  return tools.length === 0 ? null : tools.map((name) => `\`${name}\``).join(say(' and §between tools'));
}
