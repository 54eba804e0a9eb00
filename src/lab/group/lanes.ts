/** What a group's lanes show, read from the event logs: the steps of each rollout with their advantage. */
import type { AdvantageOptions, GroupRun, GroupStatistics, Rollout, Stage } from '../../worker/protocol';
import { actionWords } from '../episode/action-view';
import { actsInWorldAt, goesOnAfter } from '../episode/acts-in-world';
import { figure, signed } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { type MarkName, marksOf } from '../shell/tool-mark';
import { REWARD_PARTS } from '../words';

export interface LaneStep {
  readonly step: number;
  readonly stage: Stage;
  /** As on the timeline: the tools it called, or what else it was. */
  readonly marks: readonly MarkName[];
  /** Of the answer, or the action in a world, that ended the episode and was paid; null for every other step. */
  readonly verdict: 'right' | 'wrong' | null;
  readonly words: string;
  /** The completion itself. */
  readonly text: string;
  readonly advantage: number;
}

/** The terms of R(tau), as bars name them. */
export const PART_GROUPS = ['task', 'context', 'memory', 'penalty'] as const;
export type PartGroup = (typeof PART_GROUPS)[number];

export const PART_WORDS: Readonly<Record<PartGroup, Phrase>> = {
  task: phrase('task§part of the reward'),
  context: phrase('context§part of the reward'),
  memory: phrase('memory§part of the reward'),
  penalty: phrase('penalty'),
};

export interface Lane {
  readonly k: number;
  readonly reward: number;
  readonly advantage: number;
  /** What each term of R(tau) adds to the reward; together they are the reward. */
  readonly parts: readonly { readonly name: PartGroup; readonly value: number }[];
  readonly answer: string | null;
  readonly steps: readonly LaneStep[];
}

export function lanesOf(group: GroupRun): readonly Lane[] {
  return group.rollouts.map((rollout) => ({
    k: rollout.k,
    reward: rollout.reward.total,
    advantage: rollout.advantage,
    parts: partsOf(rollout),
    answer: answerOf(rollout),
    steps: stepsOf(rollout),
  }));
}

function partsOf({ reward }: Rollout): Lane['parts'] {
  return PART_GROUPS.map((name) => {
    const leaves = REWARD_PARTS.filter(({ group }) => group.toLowerCase() === name).map((part) => part.name);
    const paid = reward.explanation.filter((part) => leaves.includes(part.name));
    return { name, value: paid.reduce((sum, { contribution }) => sum + contribution, 0) };
  });
}

/** One lane step for each completion, in order: the same steps that carry advantages. */
function stepsOf({ log, stepAdvantages, reward }: Rollout): LaneStep[] {
  const steps: LaneStep[] = [];
  for (const event of log) {
    if (event.type === 'completion') {
      const advantage = stepAdvantages[steps.length] ?? 0;
      const { step, stage, text } = event;
      const words = say('broken off');
      steps.push({ step, stage, text, marks: ['open'], verdict: null, words, advantage });
    }
    if (event.type !== 'parsed') continue;
    const { action } = event;
    const last = steps[steps.length - 1];
    const acts = actsInWorldAt(log, last.step);
    const ends = action.kind === 'answer' && last.stage === 3 && !goesOnAfter(log, last.step);
    steps[steps.length - 1] = {
      ...last,
      marks: marksOf(action, last.stage, acts),
      verdict: !ends ? null : reward.task.value === 1 ? 'right' : 'wrong',
      words: actionWords(action, acts),
    };
  }
  return steps;
}

function answerOf({ log }: Rollout): string | null {
  const ended = log[log.length - 1];
  return ended?.type === 'episode-ended' ? ended.answer : null;
}

/** The advantage of one rollout as a formula with the group's numbers in it. */
export function advantageFormula(
  lane: Lane,
  { mean, std }: GroupStatistics,
  options: AdvantageOptions,
): string {
  const difference = `${figure(lane.reward)} − ${figure(mean)}`;
  const value = signed(lane.advantage, 3);
  switch (options.scale) {
    case 'none':
      return `r − mean = ${difference} = ${value}`;
    case 'batch':
      return say('(r − mean) / (std of the whole batch + ε) = ({difference}) / … = {value}', {
        difference,
        value,
      });
    case 'group':
      return `(r − mean) / (std + ε) = (${difference}) / (${figure(std)} + ${options.eps}) = ${value}`;
  }
}

/**
 * `two-level` adds a second number to that of the rollout, another in each step: every sum with its two terms. Empty for
 * the other modes.
 */
export function stepSums(lane: Lane, { mode, stepNormalisation }: AdvantageOptions): readonly string[] {
  if (mode !== 'two-level') return [];
  const shared = stepNormalisation ? lane.advantage / Math.max(1, lane.steps.length) : lane.advantage;
  return lane.steps.map(({ step, advantage }) => {
    const own = signed(advantage - shared, 3);
    return say('step {step}: {shared} {own} = {sum}', {
      step,
      shared: signed(shared, 3),
      own: own === '0' ? '+0' : own,
      sum: signed(advantage, 3),
    });
  });
}

/** Which steps get it, and why. */
export function creditWords({ mode, stepNormalisation }: AdvantageOptions): string {
  const values = { divided: stepNormalisation ? say(', divided by the number of steps') : '' };
  switch (mode) {
    case 'broadcast':
      return say(
        'Every step of the rollout, in all three stages, gets this same number{divided}: nobody knows which of them earned the reward.',
        values,
      );
    case 'last-step':
      return say(
        'Only the last step of the rollout gets it{divided}; the steps before learn nothing.',
        values,
      );
    case 'best-only':
      return say(
        'Only the best rollout of the group keeps its number{divided}; all others get 0, so nothing is unlearnt.',
        values,
      );
    case 'two-level':
      return say(
        'Every step gets this number{divided}, plus one that compares steps of the group which start from the same state (GiGPO).',
        values,
      );
    case 'fork':
      return say(
        'The rollouts are continuations of one and the same state; only the steps after the fork get the number{divided}.',
        values,
      );
    case 'experiences':
      return say(
        'Mean and spread are taken over all steps of the group, so a longer rollout counts more often; every step gets the number{divided}.',
        values,
      );
  }
}
