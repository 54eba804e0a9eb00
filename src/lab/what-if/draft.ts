/**
 * What the user is about to change in an episode that is over, and what that comes to. A draft holds every field of
 * the form; nothing but what differs from the episode becomes part of the branch.
 */
import type { EntryRecord, EventLog, RewardBreakdown, Task } from '../../worker/protocol';
import type { Intervention, MaintenanceMode, RewardWeights, WhatIf } from '../../worker/what-if-protocol';
import { viewFrame } from '../episode/frame-view';
import { framesOf } from '../episode/frames';
import { say } from '../language/language';
import type { BranchChange } from '../state/branch-change';

const WEIGHTS = ['task', 'context', 'memory', 'penalty'] as const;

/** One episode that is over: the original. */
export interface Original {
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
}

export interface Draft {
  /** The step whose completion is edited, or before which an entry is forgotten. */
  readonly step: number;
  /** Completion in place of the one written in `step`; null: as it was. */
  readonly text: string | null;
  /** Entry taken out before `step`; null: none. */
  readonly forget: string | null;
  /** Message by its place in `messagesOf`; null: none. */
  readonly message: number | null;
  readonly content: string;
  readonly maxContextTokens: number;
  readonly reset: boolean;
  readonly weights: RewardWeights;
  readonly maintenance: MaintenanceMode;
}

export function draftOf({ log, reward }: Original, step: number): Draft {
  return {
    step: Math.max(1, Math.min(step, stepsOf(log).length)),
    text: null,
    forget: null,
    message: null,
    content: '',
    maxContextTokens: budgetOf(log),
    reset: true,
    weights: reward.weights,
    maintenance: 'meaningful',
  };
}

/** A draft as a link has it; what does not fit this episode is left as it was. */
export function draftFrom(change: BranchChange, original: Original, step: number): Draft {
  const { ifStep, ifWrites, ifForgets, ifMessage, ifSays, ifBudget, ifReset, ifWeights, ifPays } = change;
  const fresh = draftOf(original, ifStep ?? step);
  const there = fresh.step === ifStep;
  const entries = entriesBefore(original.log, fresh.step);
  const message = ifMessage === null ? undefined : messagesOf(original.task)[ifMessage - 1];
  return {
    ...fresh,
    text: there ? ifWrites : null,
    forget: there && entries.some(({ id }) => id === ifForgets) ? ifForgets : null,
    message: ifMessage !== null && message ? ifMessage - 1 : null,
    content: message ? (ifSays ?? message.content) : '',
    maxContextTokens: ifBudget ?? fresh.maxContextTokens,
    reset: ifReset === null,
    weights: ifWeights
      ? { task: ifWeights[0], context: ifWeights[1], memory: ifWeights[2], penalty: ifWeights[3] }
      : fresh.weights,
    maintenance: ifPays ?? fresh.maintenance,
  };
}

/** What a link says of a draft: nothing but what is otherwise than in the episode. */
export function changeOf(draft: Draft, original: Original): BranchChange {
  const { interventions, messages, weights, ...whatIf } = whatIfOf(draft, original);
  const written = interventions.find((one) => one.kind === 'write');
  const forgotten = interventions.find((one) => one.kind === 'forget');
  const [edited] = messages;
  const { task, context, memory, penalty } = weights;
  const paid = original.reward.weights;
  const same = WEIGHTS.every((name) => weights[name] === paid[name]);
  return {
    ifStep: interventions.length > 0 ? draft.step : null,
    ifWrites: written?.text ?? null,
    ifForgets: forgotten?.entryId ?? null,
    ifMessage: edited && draft.message !== null ? draft.message + 1 : null,
    ifSays: edited?.content ?? null,
    ifBudget: whatIf.maxContextTokens === budgetOf(original.log) ? null : whatIf.maxContextTokens,
    ifReset: whatIf.resetBetweenStages ? null : 'none',
    ifWeights: same ? null : [task, context, memory, penalty],
    ifPays: whatIf.maintenance === 'any' ? 'any' : null,
  };
}

export interface WrittenStep {
  readonly step: number;
  readonly text: string;
}

/** Steps in which the policy wrote something, in order. */
export function stepsOf(log: EventLog): readonly WrittenStep[] {
  return log.flatMap((event) =>
    event.type === 'completion' ? [{ step: event.step, text: event.text }] : [],
  );
}

/** M before a step. */
export function entriesBefore(log: EventLog, step: number): readonly EntryRecord[] {
  const frame = framesOf(log).findLast((one) => one.step < step && one.acted);
  if (!frame) return [];
  return viewFrame(log, frame)
    .memory.filter(({ mark }) => mark !== 'deleted')
    .map(({ entry }) => entry);
}

export interface PlacedMessage {
  readonly stage: 1 | 2;
  readonly index: number;
  readonly content: string;
}

/** Messages of stages 1 and 2 in the order they arrive. */
export function messagesOf({ messages, distractors }: Task): readonly PlacedMessage[] {
  return [
    ...messages.map(({ content }, index) => ({ stage: 1 as const, index, content })),
    ...distractors.map(({ content }, index) => ({ stage: 2 as const, index, content })),
  ];
}

function budgetOf(log: EventLog): number {
  const [begun] = log;
  return begun?.type === 'episode-started' ? begun.limits.maxContextTokens : 0;
}

export function whatIfOf(draft: Draft, original: Original): WhatIf {
  const interventions: Intervention[] = [];
  const written = stepsOf(original.log).find(({ step }) => step === draft.step)?.text;
  if (draft.forget !== null) interventions.push({ kind: 'forget', step: draft.step, entryId: draft.forget });
  if (draft.text !== null && draft.text !== written)
    interventions.push({ kind: 'write', step: draft.step, text: draft.text });
  const message = draft.message === null ? undefined : messagesOf(original.task)[draft.message];
  const edited = message !== undefined && message.content !== draft.content;
  return {
    interventions,
    messages: edited ? [{ ...message, content: draft.content }] : [],
    maxContextTokens: draft.maxContextTokens,
    resetBetweenStages: draft.reset,
    weights: draft.weights,
    maintenance: draft.maintenance,
  };
}

/** Each change in words, in the language on view; empty: the branch would be the original. */
export function changesIn(whatIf: WhatIf, { log, reward }: Original): readonly string[] {
  const words: string[] = [];
  for (const one of whatIf.interventions) {
    if (one.kind === 'write') words.push(say('step {step} was written by hand', { step: one.step }));
    else
      words.push(
        say('entry {entry} was taken out before step {step}', { entry: one.entryId, step: one.step }),
      );
  }
  for (const { stage, index } of whatIf.messages) {
    const n = index + 1;
    words.push(
      stage === 1
        ? say('message {n} says something else', { n })
        : say('distractor {n} says something else', { n }),
    );
  }
  const { maxContextTokens: now } = whatIf;
  if (now !== null && now !== budgetOf(log))
    words.push(
      say('T_max is {now} in place of {before} tokens', {
        now,
        before: budgetOf(log),
      }),
    );
  if (!whatIf.resetBetweenStages) words.push(say('short-term memory is not emptied between stages 1 and 2'));
  if (WEIGHTS.some((name) => whatIf.weights[name] !== reward.weights[name]))
    words.push(
      say('the weights are {weights}', {
        weights: WEIGHTS.map((name) => whatIf.weights[name].toFixed(2)).join(' / '),
      }),
    );
  if (whatIf.maintenance === 'any') words.push(say('maintenance is paid for any update or delete (eq. 24)'));
  return words;
}
