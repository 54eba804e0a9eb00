/**
 * Where rollouts of one task first say different things. They begin with the same events, because task and policy
 * are the same; the first event that differs is a completion: the dice are all that sets them apart.
 */
import type { EpisodeEvent, EventLog, GroupRun, ParsedAction, Stage } from '../../worker/protocol';
import { actionWords } from '../episode/action-view';
import { actsInWorldAt } from '../episode/acts-in-world';
import { say } from '../language/language';

export interface Parting {
  /** The first event of the second log that the first one does not have in its place. */
  readonly seq: number;
  readonly step: number;
  readonly stage: Stage;
  readonly type: EpisodeEvent['type'];
}

/** Null if the logs say the same to the end. */
export function partingOf(a: EventLog, b: EventLog): Parting | null {
  const at = b.findIndex((event, i) => !sameEvent(event, a[i]));
  const event = at >= 0 ? b[at] : a.length > b.length ? a[b.length] : null;
  return event && { seq: event.seq, step: event.step, stage: event.stage, type: event.type };
}

/** Equal in what happened; names of episodes and log-probs, which a batch may round, do not count. */
function sameEvent(a: EpisodeEvent, b: EpisodeEvent | undefined): boolean {
  if (b === undefined || a.type !== b.type) return false;
  if (a.type === 'episode-started') return true;
  if (a.type === 'completion' && b.type === 'completion') return a.text === b.text && a.finish === b.finish;
  return JSON.stringify(a) === JSON.stringify(b);
}

export interface GroupParting extends Parting {
  /** What was done there, and by which rollouts (index in the group), most first. */
  readonly ways: readonly { readonly words: string; readonly rollouts: readonly number[] }[];
}

/** Null if all rollouts are the same. */
export function groupParting({ rollouts }: Pick<GroupRun, 'rollouts'>): GroupParting | null {
  const [first, ...others] = rollouts;
  const partings = others.flatMap(({ log }) => partingOf(first.log, log) ?? []);
  if (partings.length === 0) return null;
  const earliest = partings.reduce((a, b) => (b.seq < a.seq ? b : a));
  const ways = new Map<string, number[]>();
  for (const [k, { log }] of rollouts.entries()) {
    const words = briefly(log, earliest.step);
    ways.set(words, [...(ways.get(words) ?? []), k]);
  }
  return {
    ...earliest,
    ways: [...ways]
      .map(([words, who]) => ({ words, rollouts: who }))
      .sort((a, b) => b.rollouts.length - a.rollouts.length),
  };
}

/** What a rollout did in a step, with the words it used. */
export function briefly(log: EventLog, step: number): string {
  const parsed = log.find((event) => event.type === 'parsed' && event.step === step);
  if (parsed?.type !== 'parsed') return say('had ended');
  return briefAction(parsed.action, actsInWorldAt(log, step));
}

function briefAction(action: ParsedAction, acts: boolean): string {
  if (action.kind !== 'tool-calls') return actionWords(action, acts);
  return action.calls
    .map((call) => {
      const said = Object.values(call.arguments).filter((value) => typeof value === 'string');
      return `${actionWords({ ...action, calls: [call] }, acts)}${said.length > 0 ? ` “${said.join('”, “')}”` : ''}`;
    })
    .join(say('; §between parts'));
}
