/**
 * Where a branch leaves its original. Two places: the first event that differs, which may be the change itself (an
 * entry taken out, a message in other words), and the first step in which the policy does something else, which may
 * come later or not at all.
 */
import type { EventLog } from '../../worker/protocol';
import { briefly, partingOf } from '../group/parting';
import { say } from '../language/language';

export interface BranchParting {
  /** The first event of the branch that its original does not have in its place, from 0. */
  readonly seq: number;
  /** The policy wrote it; otherwise it is the change by hand, or what came of one. */
  readonly written: boolean;
  /** The step that wrote it, or the first one to come after it; null: none comes. */
  readonly step: number | null;
  /** The first step that does something else; null: all do the same. */
  readonly doing: number | null;
}

/** Null if both logs say the same to the end. */
export function branchParting(original: EventLog, branch: EventLog): BranchParting | null {
  const parting = partingOf(original, branch);
  if (!parting) return null;
  const next = branch.find(({ type, seq }) => type === 'completion' && seq >= parting.seq);
  const steps = Math.max(lastStep(original), lastStep(branch));
  const all = Array.from({ length: steps }, (_, i) => i + 1);
  return {
    seq: parting.seq,
    written: parting.type === 'completion',
    step: next?.step ?? null,
    doing: all.find((step) => briefly(original, step) !== briefly(branch, step)) ?? null,
  };
}

export function lastStep(log: EventLog): number {
  return log.reduce((last, event) => (event.type === 'completion' ? event.step : last), 0);
}

export function partingWords({ seq, written, step, doing }: BranchParting): string {
  const event = seq + 1;
  const place =
    step === null
      ? say('They differ from event {event} on, after the last step.', { event })
      : written
        ? say('They part at event {event}, in step {step}.', { event, step })
        : say('Changed before step {step}, at event {event}.', { event, step });
  if (written && doing === step) return place;
  const done =
    doing === null
      ? say('What the policy does stays the same to the end.')
      : say('What the policy does parts in step {step}.', { step: doing });
  return `${place} ${done}`;
}
