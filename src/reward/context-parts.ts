/**
 * R_ctx: compression, preventive action, preservation (App. A.2; readings in agemem.md section 5).
 *
 * Preservation asks what C *holds* when the answer is made, message by message with its origin: text that
 * came from the user or from memory counts, summaries by the origin of each of their sentences. The query
 * repeats the key items and distractors imitate them, so neither counts; nor do the agent's own words and
 * tool results [D], or naming a thing would be paid.
 */
import type { ContextMessage, EventLog } from '../agent/events';
import { replay } from '../agent/replay';
import { containsPhrase } from '../tasks/phrase';
import type { Task } from '../tasks/task';
import { effectOf } from './ledger';
import { figure, notApplicable, part, type RewardPart } from './part';

/** T_used: tokens in C when the answer was made, else when the episode ended. */
export function tokensUsed(log: EventLog): number {
  const end = log.at(-1);
  return end?.type === 'episode-ended' ? end.contextTokens : replay(log).contextTokens;
}

export function compressionPart(log: EventLog, maxContextTokens: number): RewardPart {
  const used = tokensUsed(log);
  const value = Math.max(0, 1 - used / maxContextTokens);
  const formula = `max(0, 1 - T_used / T_max) = max(0, 1 - ${used} / ${maxContextTokens}) = ${figure(value)}`;
  return part('compression', value, formula);
}

/** 1 if Filter_context or Summary_context took at least one token out of C before that C overflowed. */
export function preventivePart(log: EventLog): RewardPart {
  let overflowed = false;
  const late: number[] = [];
  const idle: number[] = [];
  for (const event of log) {
    if (event.type === 'context-reset') overflowed = false;
    if (event.type === 'limit-exceeded' && event.limit === 'context-tokens') overflowed = true;
    const effect = effectOf(event);
    if (effect?.kind !== 'filtered' && effect?.kind !== 'summarised') continue;
    if (effect.tokensAfter >= effect.tokensBefore) idle.push(event.seq);
    else if (overflowed) late.push(event.seq);
    else {
      const took = effect.tokensBefore - effect.tokensAfter;
      return part('preventive', 1, `C was reduced by ${took} tokens before any overflow: 1`, [event.seq]);
    }
  }
  const notes = [
    ...(late.length > 0 ? [`${late.length} reductions came after C had overflowed`] : []),
    ...(idle.length > 0 ? [`${idle.length} calls removed nothing`] : []),
  ];
  return part('preventive', 0, 'C was never reduced before an overflow: 0', [], notes);
}

/** 1 if every key item K_q stands in C in a text that counts as evidence. */
export function preservationPart(log: EventLog, task: Task): RewardPart {
  if (task.keyItems.length === 0) return notApplicable('preservation', 'the task names no key items');
  const answered = log.findLast((event) => event.type === 'answered' && event.stage === 3);
  const { context } = replay(log, answered?.seq);
  const evidence = context.flatMap(evidenceOf);
  const found = task.keyItems.map((item) => evidence.find(({ text }) => containsPhrase(text, item)));
  const missing = task.keyItems.filter((_, index) => found[index] === undefined);
  const present = task.keyItems.length - missing.length;
  const value = missing.length === 0 ? 1 : 0;
  const holders = new Set(found.map((hit) => hit?.messageId));
  const events = log
    .filter((event) => event.type === 'message-added' && holders.has(event.message.id))
    .map((event) => event.seq);
  const formula = `${present} of ${task.keyItems.length} key items are still in C: ${value}`;
  const notes = missing.length > 0 ? [`missing: ${missing.join(', ')}`] : [];
  return part('preservation', value, formula, events, notes);
}

interface Evidence {
  readonly text: string;
  readonly messageId: string;
}

/** The texts of a message that count as evidence. */
function evidenceOf(message: ContextMessage): readonly Evidence[] {
  const { origin, id: messageId } = message;
  switch (origin.kind) {
    case 'task':
    case 'observation':
      return [{ text: message.content, messageId }];
    case 'retrieval':
      return origin.entries.map((entry) => ({ text: entry.content, messageId }));
    case 'summary':
      return origin.parts
        .filter(
          ({ origin: source }) => source === 'task' || source === 'observation' || source === 'retrieval',
        )
        .map(({ text }) => ({ text, messageId }));
    default:
      return [];
  }
}
