/** What each moment of an episode is, for the timeline and for lanes: its stage, its marks, and a few words. */
import type { EventLog, Stage } from '../../worker/protocol';
import { say } from '../language/language';
import { type MarkName, marksOf } from '../shell/tool-mark';
import { actionWords } from './action-view';
import { actsInWorldAt } from './acts-in-world';
import type { Frame } from './frames';

export interface Moment {
  readonly index: number;
  readonly stage: Stage;
  readonly marks: readonly MarkName[];
  /** Every tool call of it did what it was asked to. */
  readonly ok: boolean;
  /** "stage 1: add to memory". */
  readonly words: string;
}

export function momentsOf(log: EventLog, frames: readonly Frame[]): readonly Moment[] {
  return frames.map((frame) => momentOf(log.slice(frame.from, frame.to), frame));
}

function momentOf(events: EventLog, { index, kind, stage, acted, last }: Frame): Moment {
  const moment = (words: string, marks: readonly MarkName[], ok = true): Moment => ({
    index,
    stage,
    marks,
    ok,
    words: say('stage {stage}: {words}', { stage, words }),
  });
  if (kind === 'reset') return moment(say('the context is emptied'), ['reset']);
  if (!acted) return moment(last ? say('the episode ends') : say('the policy has not acted yet'), ['open']);
  const parsed = events.find((event) => event.type === 'parsed');
  if (parsed?.type !== 'parsed') return moment(say('broken off'), ['open']);
  const ok = events.every((event) => event.type !== 'tool-called' || event.outcome.ok);
  const acts = actsInWorldAt(events, parsed.step);
  return moment(actionWords(parsed.action, acts), marksOf(parsed.action, stage, acts), ok);
}
