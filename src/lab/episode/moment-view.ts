/** What the panels show at a playhead: a whole moment, or one in the middle of being written. */
import type { EventLog } from '../../worker/protocol';
import { type FrameView, viewFrame } from './frame-view';
import type { Frame } from './frames';

/**
 * With a token: the memories as they were when it was written, and the tokens up to it. Nothing that the moment goes on
 * to change is in it.
 */
export function viewMoment(log: EventLog, frame: Frame, token: number | null): FrameView {
  if (token === null) return viewFrame(log, frame);
  const written = log.slice(frame.from, frame.to).find((event) => event.type === 'completion');
  if (written?.type !== 'completion') return viewFrame(log, frame);
  const view = viewFrame(log, { ...frame, to: written.seq + 1 });
  const tokens = written.tokens.slice(0, token + 1);
  const text = tokens.map((one) => one.text).join('');
  return { ...view, frame, completion: { ...written, tokens, text, finish: 'stop' } };
}
