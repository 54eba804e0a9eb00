/**
 * The demonstrator's choices for chat (stages 1 and 2): store, update, filter, or pass. One decision
 * for each step, with the errors of the given table. Stage 3 is in scripted-answers.ts.
 */
import type { ToolCall } from '../agent/events';
import type { EpisodeState } from '../agent/policy';
import type { WritableAction } from '../agent/protocol';
import type { Random } from '../tasks/random';
import type { Task } from '../tasks/task';
import type { DemonstratorErrors } from './scripted-noise';
import {
  mentions,
  newestTaskMessage,
  type SeenEntry,
  statedFact,
  statementOf,
  topicOf,
} from './scripted-reading';
import type { DecisionKind } from './scripted-thoughts';

/** What was decided and how it is carried out. */
export interface Decision {
  readonly kind: DecisionKind;
  readonly action: WritableAction;
}

/** What is said when there is nothing to do. */
export const ACKNOWLEDGEMENT = 'ok';

export const pass = (kind: DecisionKind): Decision => ({
  kind,
  action: { kind: 'answer', text: ACKNOWLEDGEMENT },
});
export const say = (kind: DecisionKind, text: string): Decision => ({
  kind,
  action: { kind: 'answer', text },
});
export const call = (kind: DecisionKind, ...calls: readonly ToolCall[]): Decision => ({
  kind,
  action: { kind: 'tool-calls', calls },
});

const add = (content: string): ToolCall => ({ name: 'Add_memory', arguments: { content } });
const remove = (id: string): ToolCall => ({
  name: 'Delete_memory',
  arguments: { memory_id: id, confirmation: true },
});
const filter = (criteria: string): ToolCall => ({ name: 'Filter_context', arguments: { criteria } });

const summary: ToolCall = { name: 'Summary_context', arguments: { span: 'all' } };

/** A message of stage 1: fact, revision or small talk. */
export function decideOnChat(state: EpisodeState, errors: DemonstratorErrors, random: Random): Decision {
  const newest = newestTaskMessage(state);
  if (!newest) return pass('pass-chatter');
  const stated = statedFact(state.task, newest.index);
  if (!stated) return decideOnSmallTalk(state, newest.message.content, errors, random);

  const { fact, value } = stated;
  const content = statementOf(fact, value);
  const stale = state.introspected.find(
    (entry) =>
      entry.content !== content && fact.superseded.some((old) => entry.content === statementOf(fact, old)),
  );
  if (newest.message.kind === 'revision' && stale) {
    if (random.chance(errors.skipUpdate)) {
      return random.chance(errors.addInsteadOfUpdate)
        ? call('add-beside-stale', add(content))
        : pass('miss-revision');
    }
    if (random.chance(errors.deleteAndAdd)) return call('replace', remove(stale.id), add(content));
    return call('update', { name: 'Update_memory', arguments: { memory_id: stale.id, content } });
  }
  if (random.chance(errors.missFact)) return pass('miss-fact');
  return call('store-fact', add(content));
}

function decideOnSmallTalk(
  state: EpisodeState,
  content: string,
  errors: DemonstratorErrors,
  random: Random,
): Decision {
  const useless = state.introspected.find((entry) => isUseless(state.task, entry));
  if (useless && random.chance(errors.deleteUseless)) return call('delete', remove(useless.id));
  const any = state.introspected[0];
  if (any && random.chance(errors.deleteAnything)) return call('delete', remove(any.id));
  const topic = content.replace(/[.!?]$/, '');
  if (random.chance(errors.filterChatter)) return call('filter', filter(topic));
  if (random.chance(errors.storeChatter)) return call('store-chatter', add(topic));
  return pass('pass-chatter');
}

/** No fact of the task, current or past, is stated by the entry. */
function isUseless(task: Task, entry: SeenEntry): boolean {
  return !task.facts.some(
    (fact) =>
      mentions(entry.content, fact.subject) &&
      [fact.value, ...fact.superseded].some((value) => mentions(entry.content, value)),
  );
}

/** From so many messages in C on (the system message apart), a summary saves more than a filter. */
const WORTH_SUMMARISING = 3;

/**
 * A message of stage 2: drop it, or fail to. A filter removes one message and leaves its own call and
 * result behind; once those have piled up, a summary of everything is the shorter way.
 */
export function decideOnDistractor(
  state: EpisodeState,
  errors: DemonstratorErrors,
  random: Random,
): Decision {
  const newest = newestTaskMessage(state);
  if (!newest) return pass('pass-distractor');
  const topic = topicOf(newest.message.content);
  if (!random.chance(errors.keepDistractor)) {
    const crowded = state.context.length - 1 >= WORTH_SUMMARISING;
    if (crowded && !random.chance(errors.filterWhenCrowded)) return call('summarise', summary);
    return call('filter', filter(topic));
  }
  if (random.chance(errors.summarise)) return call('summarise', summary);
  if (random.chance(errors.storeDistractor)) return call('store-distractor', add(topic));
  return pass('pass-distractor');
}
