/**
 * How the parts of the reward are weighted. The paper gives two sets: 1.0 each (section 4.1) and 1/3
 * each (App. C.4). Under GRPO with standardised advantages both rank rollouts alike except for the
 * penalties, which are added unweighted and so weigh three times as much in the second.
 * [O] weighs 0.5 task, 0.15 context, 0.15 memory and 0.2 tool efficiency; the last is not in the paper.
 */

export interface RewardWeights {
  readonly task: number;
  readonly context: number;
  readonly memory: number;
  /** Factor of P: 1, or 0 where the penalties are switched off. */
  readonly penalty: number;
}

export type RewardPreset = 'paper-appendix' | 'paper-main' | 'answer-only';

export interface RewardPresetEntry {
  readonly weights: RewardWeights;
  readonly source: string;
}

export const DEFAULT_REWARD_PRESET: RewardPreset = 'paper-appendix';

export const REWARD_PRESETS: Readonly<Record<RewardPreset, RewardPresetEntry>> = {
  'paper-appendix': {
    weights: { task: 1 / 3, context: 1 / 3, memory: 1 / 3, penalty: 1 },
    source: '[P] App. C.4: 1/3 each, P added as it is',
  },
  'paper-main': {
    weights: { task: 1, context: 1, memory: 1, penalty: 1 },
    source: '[P] section 4.1: 1.0 each, P added as it is',
  },
  'answer-only': {
    weights: { task: 1, context: 0, memory: 0, penalty: 0 },
    source: '[P] ablation of section 4: R_task alone; [D] without P',
  },
};

export const REWARD_PRESET_NAMES = Object.keys(REWARD_PRESETS) as readonly RewardPreset[];
