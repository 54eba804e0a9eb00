/** How the run is paid, for readers on another machine: weights, every part with its rule and its numbers, and which of them go along. */
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import type { PartName } from '../../reward/part';
import { MALFORMED_FLOOR, MALFORMED_PENALTY, OVERFLOW_PENALTY, ROUNDS_PENALTY } from '../../reward/penalty';
import { REWARD_PRESETS, type RewardWeights } from '../../reward/weights';
import type { GrpoConfig } from '../../rl/presets';

/** In which of the two exported trainings a part is paid. */
export interface ExportedPart {
  readonly name: PartName;
  readonly group: keyof RewardWeights;
  readonly rule: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly trinity: boolean;
  readonly trl: boolean;
}

export interface RewardSettings {
  readonly preset: GrpoConfig['reward'];
  readonly source: string;
  readonly total: string;
  readonly weights: RewardWeights;
  readonly maintenance: GrpoConfig['maintenance'];
  readonly parts: readonly ExportedPart[];
}

const TOTAL =
  'weights.task * task + weights.context * mean(context parts) + weights.memory * mean(memory parts) + weights.penalty * sum(penalty parts); a part the task gives nothing to judge by is left out of its mean';

export function rewardSettings({ reward, maintenance }: GrpoConfig): RewardSettings {
  const { weights, source } = REWARD_PRESETS[reward];
  const { maxRounds, maxContextTokens } = BUNDLED_EPISODE_CONFIG;
  const here = { trinity: false, trl: false };
  const both = { trinity: true, trl: true };
  const parts: readonly ExportedPart[] = [
    {
      name: 'task',
      group: 'task',
      rule: 'Exact match 1, else token F1, the best over all acceptable answers, after lower case, without punctuation and articles; -1 with no answer.',
      numbers: { no_answer: -1 },
      ...both,
    },
    {
      name: 'compression',
      group: 'context',
      rule: 'max(0, 1 - T_used / T_max); T_used are the tokens in the context when the answer is made.',
      numbers: { T_max: maxContextTokens },
      ...here,
    },
    {
      name: 'preventive',
      group: 'context',
      rule: '1 if Filter_context or Summary_context took at least one token out before the context overflowed, else 0.',
      numbers: {},
      ...here,
    },
    {
      name: 'preservation',
      group: 'context',
      rule: 'At the answer, 1 if every key item stands in the context in words of the user or of memory, else 0.',
      numbers: {},
      ...here,
    },
    {
      name: 'storage',
      group: 'memory',
      rule: 'Of the entries added in stage 1, the share that states a fact worth keeping with its current value and repeats no other.',
      numbers: {},
      ...here,
    },
    {
      name: 'maintenance',
      group: 'memory',
      rule:
        maintenance === 'any'
          ? '1 if any update or delete succeeded, else 0.'
          : '1 if every revised fact was corrected in memory and its old value is nowhere left (without revisions: something worth keeping was stored and none of it lost), else 0.',
      numbers: {},
      ...here,
    },
    {
      name: 'relevance',
      group: 'memory',
      rule: 'Of the facts the question needs, the share that Retrieve_memory brought in stages 2 and 3 with nothing stale beside it.',
      numbers: {},
      ...here,
    },
    {
      name: 'rounds',
      group: 'penalty',
      rule: 'Paid once if the policy calls of a stage exceed N_max, which is raised to the number of messages of the stage.',
      numbers: { N_max: maxRounds, value: ROUNDS_PENALTY },
      trinity: true,
      trl: false,
    },
    {
      name: 'overflow',
      group: 'penalty',
      rule: 'Paid once if T_used exceeds T_max.',
      numbers: { T_max: maxContextTokens, value: OVERFLOW_PENALTY },
      ...here,
    },
    {
      name: 'malformed',
      group: 'penalty',
      rule: 'max(floor, value * steps that were not understood).',
      numbers: { value: MALFORMED_PENALTY, floor: MALFORMED_FLOOR },
      ...both,
    },
  ];
  return { preset: reward, source, total: TOTAL, weights, maintenance, parts };
}

/** What the Python files need of it. */
export function pythonReward({ weights }: RewardSettings): Readonly<Record<string, unknown>> {
  return {
    weights,
    rounds_penalty: ROUNDS_PENALTY,
    malformed_penalty: MALFORMED_PENALTY,
    malformed_floor: MALFORMED_FLOOR,
  };
}
