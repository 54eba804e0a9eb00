/**
 * R(tau) = w_task R_task + w_ctx R_ctx + w_mem R_mem + P, computed from the event log and the task's gold
 * data alone (App. A.2; judge-free readings in agemem.md section 5). Each part comes with its formula in
 * words and the events that earned it; a part the task gives nothing to judge by is left out of its mean.
 */
import type { EpisodeLimits, EventLog } from '../agent/events';
import { scoreAnswer } from '../tasks/qa/score';
import type { Task } from '../tasks/task';
import { compressionPart, preservationPart, preventivePart } from './context-parts';
import { readLedger } from './ledger';
import {
  type MaintenanceMode,
  maintenancePart,
  relevancePart,
  type StoredCounts,
  storagePart,
} from './memory-parts';
import { figure, meanOfParts, part, type RewardPart } from './part';
import { type PenaltyGroup, penalties } from './penalty';
import { DEFAULT_REWARD_PRESET, REWARD_PRESETS, type RewardPreset, type RewardWeights } from './weights';

export interface RewardOptions {
  /** Default `paper-appendix`: 1/3 each. */
  readonly preset?: RewardPreset;
  /** Instead of a preset's. */
  readonly weights?: RewardWeights;
  /** Default `meaningful`; `any` is eq. 24 to the letter. */
  readonly maintenance?: MaintenanceMode;
  /** Scores in [0, 1] of an LLM judge, where one has been asked; they replace the judge-free readings. */
  readonly judged?: { readonly task?: number; readonly relevance?: number; readonly storage?: number };
}

export interface ContextReward {
  readonly value: number;
  readonly compression: RewardPart;
  readonly preventive: RewardPart;
  readonly preservation: RewardPart;
}

export interface MemoryReward {
  readonly value: number;
  readonly storage: RewardPart;
  readonly maintenance: RewardPart;
  readonly relevance: RewardPart;
}

/** A part as it enters the total. */
export interface ExplainedPart extends RewardPart {
  /** Factor of the value in the total, the share of its mean included. */
  readonly weight: number;
  readonly contribution: number;
}

export interface RewardBreakdown {
  readonly total: number;
  readonly task: RewardPart;
  readonly context: ContextReward;
  readonly memory: MemoryReward;
  readonly penalty: PenaltyGroup;
  readonly weights: RewardWeights;
  /**
   * Of the entries added in stage 1, the share of high quality; 0 if nothing was added, as in the formula
   * of the storage part: a policy that stores nothing must not look precise.
   */
  readonly storagePrecision: number;
  /** The counts behind it, for averages over all entries of many episodes. */
  readonly stored: StoredCounts;
  /** The total with this episode's numbers. */
  readonly formula: string;
  /** Every leaf, in the order of the formula; contributions add up to the total. */
  readonly explanation: readonly ExplainedPart[];
}

/** The log is not one of a whole episode. */
export class IncompleteLogError extends Error {
  override readonly name = 'IncompleteLogError';
}

/** Throws `IncompleteLogError` if the log does not begin with `episode-started` of this task. */
export function computeReward(log: EventLog, task: Task, options: RewardOptions = {}): RewardBreakdown {
  const limits = limitsOf(log, task);
  const weights = options.weights ?? REWARD_PRESETS[options.preset ?? DEFAULT_REWARD_PRESET].weights;
  const ledger = readLedger(log, task);
  const storage = storagePart(ledger, task);

  const taskPart = judged(rewardForTask(log, task), options.judged?.task);
  const context = {
    compression: compressionPart(log, limits.maxContextTokens),
    preventive: preventivePart(log),
    preservation: preservationPart(log, task),
  };
  const memory = {
    storage: judged(storage.part, options.judged?.storage),
    maintenance: maintenancePart(ledger, task, options.maintenance ?? 'meaningful'),
    relevance: judged(relevancePart(log, task), options.judged?.relevance),
  };
  const penalty = penalties(log, limits);

  const explanation = [
    ...explain([taskPart], weights.task, 'mean'),
    ...explain(Object.values(context), weights.context, 'mean'),
    ...explain(Object.values(memory), weights.memory, 'mean'),
    ...explain([penalty.rounds, penalty.overflow, penalty.malformed], weights.penalty, 'sum'),
  ];
  const contextValue = meanOfParts(Object.values(context));
  const memoryValue = meanOfParts(Object.values(memory));
  const total =
    weights.task * taskPart.value +
    weights.context * contextValue +
    weights.memory * memoryValue +
    weights.penalty * penalty.value;
  const { highQuality, added } = storage.counts;
  return {
    total,
    task: taskPart,
    context: { value: contextValue, ...context },
    memory: { value: memoryValue, ...memory },
    penalty,
    weights,
    storagePrecision: added === 0 ? 0 : highQuality / added,
    stored: storage.counts,
    formula:
      `${figure(weights.task)} x ${figure(taskPart.value)} + ${figure(weights.context)} x ${figure(contextValue)} + ` +
      `${figure(weights.memory)} x ${figure(memoryValue)} + ${figure(weights.penalty)} x ${figure(penalty.value)} = ${figure(total)}`,
    explanation,
  };
}

/**
 * Exact match 1, else token F1; the world's score where answers are actions, what was reached where a limit cut them off;
 * -1 with no answer.
 */
function rewardForTask(log: EventLog, task: Task): RewardPart {
  const answered = log.findLast(
    (event) => event.type === 'answered' && event.stage === 3 && event.text.trim() !== '',
  );
  if (answered?.type !== 'answered') return part('task', -1, 'no answer: -1');
  if (task.answers.length > 0) {
    const value = scoreAnswer(answered.text, task.answers);
    const how = value === 1 ? 'exact match' : 'token F1';
    const formula = `"${answered.text}" against "${task.answers[0]}", ${how}: ${figure(value)}`;
    return part('task', value, formula, [answered.seq]);
  }
  const last = log.findLast((event) => event.type === 'environment-acted');
  if (last?.type !== 'environment-acted' || last.score === null) {
    const end = log.at(-1);
    if (end?.type !== 'episode-ended' || end.score === null) {
      return part('task', 0, 'the world was left unfinished: 0', [answered.seq]);
    }
    const told = `the world was left unfinished, reached so far: ${figure(end.score)}`;
    return part('task', end.score, told, [answered.seq, end.seq]);
  }
  return part('task', last.score, `score of the world: ${figure(last.score)}`, [last.seq]);
}

function judged(own: RewardPart, verdict: number | undefined): RewardPart {
  // Without an answer there is nothing to judge.
  if (verdict === undefined || own.value < 0) return own;
  return {
    ...own,
    applicable: true,
    value: verdict,
    notes: [],
    formula: `judged by a model: ${figure(verdict)}`,
  };
}

function explain(
  parts: readonly RewardPart[],
  weight: number,
  combine: 'mean' | 'sum',
): readonly ExplainedPart[] {
  const counted = parts.filter((item) => item.applicable).length;
  const share = combine === 'sum' ? weight : weight / Math.max(1, counted);
  return parts.map((item) => {
    const own = item.applicable ? share : 0;
    return { ...item, weight: own, contribution: own * item.value };
  });
}

function limitsOf(log: EventLog, task: Task): EpisodeLimits {
  const first = log[0];
  if (first?.type !== 'episode-started') {
    throw new IncompleteLogError('The log does not begin with episode-started. Give the whole log.');
  }
  if (first.taskId !== task.id) {
    throw new IncompleteLogError(
      `The log is of task ${first.taskId}, not ${task.id}. Give the log's own task.`,
    );
  }
  return first.limits;
}
