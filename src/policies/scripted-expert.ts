/**
 * The demonstrator in a world whose family has an expert: looks the needed facts up, one look-up a step, and then acts as
 * the expert does with what it was shown. Nothing is kept from step to step: the expert is led through the observations
 * in the context again, so a policy that branches or is batched acts as if it had been there. What it never meant to do
 * and the world refused is left out of that; what it never meant to do and was done all the same it is told.
 */
import type { ContextMessage } from '../agent/events';
import type { EpisodeState } from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import type { Random } from '../tasks/random';
import type { Expert, TaskFamily } from '../tasks/task';
import { call, type Decision, say } from './scripted-decisions';
import type { DemonstratorErrors } from './scripted-noise';
import { mentions, retrievedEntries } from './scripted-reading';
import { slipIn } from './scripted-slips';

export function decideByExpert(
  state: EpisodeState,
  createExpert: NonNullable<TaskFamily['createExpert']>,
  errors: DemonstratorErrors,
  random: Random,
): Decision {
  const expert = createExpert(state.task);
  const shown = state.context.filter(
    ({ origin }) => origin.kind === 'query' || origin.kind === 'observation',
  );
  const newest = shown.at(-1)?.content ?? '';
  const query = nextLookUp(state, expert, newest);
  if (query !== undefined && !random.chance(errors.skipRetrieve)) {
    return call('retrieve', { name: 'Retrieve_memory', arguments: { query } });
  }
  const remembered = retrievedEntries(state.context).map(({ content }) => content);
  // One question is answered; in a world the first action is one of many.
  const acts = shown.length > 1 || state.task.answers.length === 0;
  const action = nextAction(state.context, expert, remembered);
  // Without slips no draw is made: what was demonstrated before there were any stays as it was.
  if (acts && expert.refused && errors.slip > 0 && random.chance(errors.slip)) {
    const texts = shown.map(({ content }) => content);
    const slip = slipIn(action, texts, remembered, random);
    if (slip !== null) return say('slip', slip);
  }
  return say(acts ? 'act' : 'answer', action);
}

/** What the expert does next, led through what it saw. */
function nextAction(
  context: readonly ContextMessage[],
  expert: Expert,
  remembered: readonly string[],
): string {
  let meant = '';
  let done = '';
  for (const { origin, content } of context) {
    if (origin.kind === 'assistant') {
      const said = parseCompletion(content);
      if (said.kind === 'answer') done = said.text;
    }
    if (origin.kind !== 'query' && origin.kind !== 'observation') continue;
    if (origin.kind === 'observation' && done !== meant) {
      if (expert.refused?.(content)) continue;
      expert.did?.(done);
    }
    meant = expert.act(content, remembered);
  }
  return meant;
}

/** What is still to be looked up before acting on the newest observation. */
function nextLookUp({ task, context }: EpisodeState, expert: Expert, newest: string): string | undefined {
  const asked = context.flatMap(({ origin }) => (origin.kind === 'retrieval' ? [origin] : []));
  if (expert.lookUps) {
    const since = context.findLastIndex(({ content }) => content === newest);
    const made = context.slice(since).filter(({ origin }) => origin.kind === 'retrieval').length;
    return expert.lookUps(newest)[made];
  }
  if (context.some(({ origin }) => origin.kind === 'observation')) return undefined;
  // One look-up may bring several facts; what it brought is not asked for again.
  const found = asked.flatMap(({ entries }) => entries.map(({ content }) => content));
  const missing = task.facts.filter(
    ({ id, subject, value }) =>
      task.neededFactIds.includes(id) &&
      !found.some((text) => mentions(text, subject) && mentions(text, value)),
  );
  if (asked.length >= task.neededFactIds.length || missing.length === 0) return undefined;
  // Those that were asked for and not found are passed over, so that each is asked for once.
  const next =
    missing[
      Math.min(missing.length - 1, Math.max(0, asked.length - (task.neededFactIds.length - missing.length)))
    ];
  return `${next.subject} ${next.relation}`;
}
