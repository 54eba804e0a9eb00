/**
 * What would have earned more: for each part of the reward that an episode was not paid in full, what was missed, from
 * the log and the task's gold data. Statements of what was there and was not done, no guesses about what the policy
 * would have done then. Where a value is promised, the same formula gives it on what is left of the log (tested by
 * taking the named entries out and paying anew).
 */
import type { EntryRecord, EpisodeEvent, EventLog } from '../agent/events';
import { type ReplayState, replay } from '../agent/replay';
import { containsPhrase } from '../tasks/phrase';
import type { Fact, Task } from '../tasks/task';
import { type EntryLife, effectOf, type Ledger, readLedger, survivors, worthStored } from './ledger';
import { statementsIn } from './matching';
import { figure, type PartName } from './part';
import type { RewardBreakdown } from './reward';

export interface Advice {
  readonly part: PartName;
  readonly text: string;
  /** `seq` of the events it speaks of. */
  readonly events: readonly number[];
  /** What the part would have been worth; null where that depends on more. */
  readonly would: number | null;
}

interface Looked {
  readonly log: EventLog;
  readonly task: Task;
  readonly reward: RewardBreakdown;
  readonly ledger: Ledger;
  /** Where the answer was made, else the end. */
  readonly final: ReplayState;
}

/** Empty for an episode that was paid in full. The reward must be that of this log and task. */
export function earnMore(log: EventLog, task: Task, reward: RewardBreakdown): readonly Advice[] {
  const answered = log.findLast((event) => event.type === 'answered' && event.stage === 3);
  const looked = { log, task, reward, ledger: readLedger(log, task), final: replay(log, answered?.seq) };
  return [
    ...forTask(looked),
    ...forCompression(looked),
    ...forPrevention(looked),
    ...forPreservation(looked),
    ...forStorage(looked),
    ...forMaintenance(looked),
    ...forRelevance(looked),
    ...forPenalties(looked),
  ];
}

const say = (
  part: PartName,
  text: string,
  events: readonly number[] = [],
  would: number | null = null,
): Advice => ({ part, text, events, would });

const statement = ({ subject, relation, value }: Fact) => `“${subject} ${relation} ${value}”`;
const named = (ids: readonly string[]) => ids.join(', ');

function forTask({ task, reward, final }: Looked): readonly Advice[] {
  if (reward.task.value >= 1) return [];
  if (task.answers.length === 0) return [say('task', `The goal was: ${task.query}`)];
  const right = say('task', `The right answer was “${task.answers[0]}”: 1.`, reward.task.events, 1);
  const needed = neededFacts(task).map((fact) => {
    const holders = final.memory.filter((entry) => states(entry, fact, task)).map(({ id }) => id);
    return say(
      'task',
      holders.length > 0
        ? `Long-term memory held what it takes, ${statement(fact)}, in ${named(holders)}.`
        : `Long-term memory held no entry that says ${statement(fact)}.`,
    );
  });
  return [right, ...needed];
}

function forCompression({ reward, final, log }: Looked): readonly Advice[] {
  const { compression } = reward.context;
  const bound = final.started?.limits.maxContextTokens ?? 0;
  const end = log.at(-1);
  if (bound === 0 || end?.type !== 'episode-ended' || compression.value >= 1) return [];
  const idle = final.context.filter(({ origin }) => origin.kind === 'distractor');
  const each = say(
    'compression',
    `Every token less in C when the answer is made adds 1 / T_max = ${figure(1 / bound)}, until nothing is over.`,
  );
  if (idle.length === 0) return [each];
  const tokens = idle.reduce((sum, message) => sum + message.tokens, 0);
  const would = Math.max(0, 1 - (end.contextTokens - tokens) / bound);
  const ids = idle.map(({ id }) => id);
  return [
    each,
    say(
      'compression',
      `${named(ids)} in C ${ids.length === 1 ? 'was a distractor' : 'were distractors'} of ${tokens} tokens; without ${ids.length === 1 ? 'it' : 'them'}: ${figure(would)}.`,
      addedAt(log, ids),
      would,
    ),
  ];
}

function forPrevention({ log, reward }: Looked): readonly Advice[] {
  if (reward.context.preventive.value >= 1) return [];
  const rule = say(
    'preventive',
    'One Filter_context or Summary_context that takes at least one token out of C before C exceeds T_max: 1.',
    [],
    1,
  );
  const idle = log.flatMap((event) => {
    const effect = effectOf(event);
    if (effect?.kind !== 'filtered' || effect.scores.some(({ removed }) => removed)) return [];
    const best = effect.scores.reduce<(typeof effect.scores)[number] | null>(
      (most, score) => (most === null || score.score > most.score ? score : most),
      null,
    );
    const nearest =
      best === null
        ? 'there was nothing it may remove'
        : `closest was ${best.messageId} with ${figure(best.score)}, below θ = ${figure(effect.threshold)}`;
    return [say('preventive', `Filtering by “${effect.criteria}” removed nothing: ${nearest}.`, [event.seq])];
  });
  return [rule, ...idle];
}

function forPreservation({ log, task, reward, final }: Looked): readonly Advice[] {
  const { preservation } = reward.context;
  if (!preservation.applicable || preservation.value >= 1) return [];
  const inC = final.context.flatMap(({ origin, content }) => {
    if (origin.kind === 'task' || origin.kind === 'observation') return [content];
    if (origin.kind === 'retrieval') return origin.entries.map((entry) => entry.content);
    if (origin.kind !== 'summary') return [];
    return origin.parts
      .filter(
        (part) => part.origin !== 'distractor' && part.origin !== 'query' && part.origin !== 'assistant',
      )
      .map(({ text }) => text);
  });
  return task.keyItems
    .filter((item) => !inC.some((text) => containsPhrase(text, item)))
    .map((item) => {
      const holders = final.memory.filter(({ content }) => containsPhrase(content, item)).map(({ id }) => id);
      const left = log.find(
        (event) =>
          event.type === 'message-removed' &&
          event.stage !== 1 &&
          brought(log, event.messageId).some((text) => containsPhrase(text, item)),
      );
      if (left?.type === 'message-removed') {
        return say('preservation', `“${item}” was in C and left it: ${left.by} took out ${left.messageId}.`, [
          left.seq,
        ]);
      }
      return say(
        'preservation',
        holders.length > 0
          ? `“${item}” stands in ${named(holders)} of long-term memory; retrieving ${holders.length === 1 ? 'it' : 'one of them'} would have brought it into C.`
          : `“${item}” was in no entry of long-term memory, so nothing could bring it into C.`,
      );
    });
}

/** Texts that a message brought from memory. */
function brought(log: EventLog, messageId: string): readonly string[] {
  const added = log.find((event) => event.type === 'message-added' && event.message.id === messageId);
  if (added?.type !== 'message-added' || added.message.origin.kind !== 'retrieval') return [];
  return added.message.origin.entries.map(({ content }) => content);
}

function forStorage({ log, task, reward, ledger }: Looked): readonly Advice[] {
  const { storage } = reward.memory;
  if (!storage.applicable || storage.value >= 1) return [];
  const { highQuality, added } = reward.stored;
  const said: Advice[] = [];
  const paid = new Set(storage.events);
  const good = (entry: EntryLife) => entry.writtenAt.some((seq) => paid.has(seq));
  const poor = ledger.entries.filter(
    (entry) => entry.addedIn === 1 && entry.deletedAt === null && !good(entry),
  );
  const lost = ledger.entries.filter(
    (entry) =>
      entry.addedIn === 1 &&
      entry.deletedAt !== null &&
      worthStored(entry.statements).some(
        (fact) => !survivors(ledger).some((other) => worthStored(other.statements).includes(fact)),
      ),
  );
  if (highQuality > 0 && poor.length > 0 && lost.length === 0) {
    const would = highQuality / (added - poor.length);
    said.push(
      say(
        'storage',
        `Without ${named(poor.map(({ id }) => id))}, which ${poor.length === 1 ? 'is' : 'are'} not worth keeping as stored: ${highQuality} / ${added - poor.length} = ${figure(would)}. Deleting ${poor.length === 1 ? 'it' : 'them'} later counts as much, unless something worth keeping is lost.`,
        poor.flatMap(({ writtenAt }) => writtenAt),
        would,
      ),
    );
  }
  for (const entry of lost) {
    said.push(
      say('storage', `${entry.id} was worth keeping; not deleting it: one more good entry.`, [
        entry.deletedAt ?? 0,
      ]),
    );
  }
  const stored = new Set(survivors(ledger).flatMap((entry) => worthStored(entry.statements)));
  for (const fact of task.facts.filter((one) => one.worthKeeping && !stored.has(one))) {
    const heard = heardAt(log, task, fact);
    const stale = survivors(ledger).find((entry) => entry.statements.stale.includes(fact));
    said.push(
      stale
        ? say(
            'storage',
            `${stale.id} holds an old value; updated to ${statement(fact)} it would be a good entry.`,
            stale.writtenAt,
          )
        : say(
            'storage',
            `No entry says ${statement(fact)}; the user said so and it was worth keeping.`,
            heard,
          ),
    );
  }
  return said;
}

function forMaintenance({ log, task, reward, ledger }: Looked): readonly Advice[] {
  const { maintenance } = reward.memory;
  if (!maintenance.applicable || maintenance.value >= 1) return [];
  const alive = survivors(ledger);
  const revised = task.facts.filter((fact) => fact.worthKeeping && fact.superseded.length > 0);
  if (revised.length === 0) {
    return alive.some((entry) => worthStored(entry.statements).length > 0)
      ? [say('maintenance', 'Leaving the good entries as they were: 1.', maintenance.events, 1)]
      : [say('maintenance', 'One stored entry that states a fact worth keeping, and left alone: 1.', [], 1)];
  }
  return revised.flatMap((fact) => {
    const stale = alive.filter((entry) => entry.statements.stale.includes(fact));
    if (stale.length > 0) {
      const ids = named(stale.map(({ id }) => id));
      const text = `${ids} still holds an old value of ${fact.subject} ${fact.relation}: Update_memory to ${statement(fact)} was missing.`;
      return [
        say(
          'maintenance',
          text,
          stale.flatMap(({ writtenAt }) => writtenAt),
        ),
      ];
    }
    const corrected = ledger.changes.some(
      ({ before, after }) => before.stale.includes(fact) && !after?.stale.includes(fact),
    );
    if (!corrected) {
      const text = `${statement(fact)} replaced ${fact.superseded.map((value) => `“${value}”`).join(', ')}, but no entry held the old value, so nothing was there to correct.`;
      return [say('maintenance', text, heardAt(log, task, fact))];
    }
    const held = alive.some((entry) => worthStored(entry.statements).includes(fact));
    return held
      ? []
      : [
          say(
            'maintenance',
            `The old value went, but no entry says ${statement(fact)}.`,
            heardAt(log, task, fact),
          ),
        ];
  });
}

function forRelevance({ log, task, reward, final }: Looked): readonly Advice[] {
  const { relevance } = reward.memory;
  if (!relevance.applicable || relevance.value >= 1) return [];
  const retrieved = log.flatMap((event) => {
    const effect = effectOf(event);
    return effect?.kind === 'retrieved' && event.stage !== 1 ? [{ effect, seq: event.seq }] : [];
  });
  const found = (fact: Fact) =>
    retrieved.some(({ effect }) => effect.results.some(({ entry }) => states(entry, fact, task)));
  const queries = retrieved.map(({ effect }) => `“${effect.query}”`);
  return neededFacts(task)
    .filter((fact) => !found(fact))
    .map((fact) => {
      const holders = final.memory.filter((entry) => states(entry, fact, task)).map(({ id }) => id);
      if (holders.length === 0) {
        return say(
          'relevance',
          `No entry says ${statement(fact)}, so no retrieval could bring it.`,
          heardAt(log, task, fact),
        );
      }
      const how =
        queries.length === 0
          ? 'no Retrieve_memory was called'
          : `asking for ${queries.join(', ')} did not bring it`;
      return say(
        'relevance',
        `${named(holders)} says ${statement(fact)}; after stage 1 ${how}.`,
        retrieved.map(({ seq }) => seq),
      );
    });
}

function forPenalties({ log, reward }: Looked): readonly Advice[] {
  const { rounds, overflow, malformed } = reward.penalty;
  const said: Advice[] = [];
  if (rounds.value < 0)
    said.push(say('rounds', 'No stage longer than N_max rounds: 0 instead of −1.', rounds.events, 0));
  if (overflow.value < 0) {
    said.push(
      say('overflow', 'No more than T_max tokens in C when the answer is made: 0 instead of −0.5.', [], 0),
    );
  }
  if (malformed.value < 0) {
    for (const event of log) {
      if (event.type !== 'parsed' || event.action.kind !== 'protocol-error') continue;
      said.push(
        say('malformed', `Step ${event.step} was not understood: ${event.action.reason}`, [event.seq]),
      );
    }
  }
  return said;
}

const neededFacts = (task: Task) => task.facts.filter((fact) => task.neededFactIds.includes(fact.id));

/** As the relevance part reads entries: the current value, and nothing stale beside it. */
function states(entry: EntryRecord, fact: Fact, task: Task): boolean {
  const { current, stale } = statementsIn(entry.content, task.facts);
  return stale.length === 0 && current.includes(fact);
}

/** Where the user said the current value. */
function heardAt(log: EventLog, task: Task, fact: Fact): readonly number[] {
  const said = (event: EpisodeEvent) =>
    event.type === 'message-added' &&
    event.message.origin.kind === 'task' &&
    task.messages[event.message.origin.index]?.factIds.includes(fact.id);
  const last = log.findLast(said);
  return last ? [last.seq] : [];
}

function addedAt(log: EventLog, ids: readonly string[]): readonly number[] {
  return log
    .filter((event) => event.type === 'message-added' && ids.includes(event.message.id))
    .map(({ seq }) => seq);
}
