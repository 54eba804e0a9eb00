/** Which curves the page draws, taken from the metrics under their TRL names. */
import type { TrainingMetrics } from '../../worker/protocol';
import type { Series } from '../charts/line-chart';
import { TOOL_NAMES } from '../words';

export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly include: readonly number[];
}

type Metrics = readonly TrainingMetrics[];

export function curvesOf(metrics: Metrics): readonly Curve[] {
  const series = (name: string, read: (m: TrainingMetrics) => number): Series => ({
    name,
    values: metrics.map(read),
  });
  return [
    {
      title: 'Reward and its parts',
      unit: 'reward, mean over rollouts',
      include: [0, 1],
      series: [
        series('reward', (m) => m.reward),
        series('task', (m) => m.rewards.task.mean),
        series('context', (m) => m.rewards.context.mean),
        series('memory', (m) => m.rewards.memory.mean),
        series('penalty', (m) => m.rewards.penalty.mean),
      ],
    },
    {
      title: 'Tool calls',
      unit: 'calls per episode',
      include: [0, 1],
      series: TOOL_NAMES.map((tool) =>
        series(tool.replace(/_.*/, ''), (m) => m.tools[tool as keyof typeof m.tools] ?? 0),
      ),
    },
    {
      title: 'KL to the base policy',
      unit: 'nats per token',
      include: [0],
      series: [series('kl', (m) => m.kl)],
    },
    {
      title: 'Entropy',
      unit: 'nats per token',
      include: [0],
      series: [series('entropy', (m) => m.entropy)],
    },
    {
      title: 'Spread in the groups',
      unit: 'reward, std',
      include: [0],
      series: [series('reward_std', (m) => m.reward_std), series('zero_std', (m) => m.frac_reward_zero_std)],
    },
    {
      title: 'Gradient norm',
      unit: 'before clipping',
      include: [0],
      series: [series('grad_norm', (m) => m.grad_norm)],
    },
  ];
}

/** The last step's figures under TRL's names, in TRL's order. */
export function figuresOf(m: TrainingMetrics): readonly (readonly [name: string, value: number])[] {
  return [
    ['reward', m.reward],
    ['reward_std', m.reward_std],
    ['frac_reward_zero_std', m.frac_reward_zero_std],
    ['rewards/task/mean', m.rewards.task.mean],
    ['rewards/context/mean', m.rewards.context.mean],
    ['rewards/memory/mean', m.rewards.memory.mean],
    ['kl', m.kl],
    ['entropy', m.entropy],
    ['clip_ratio/region_mean', m['clip_ratio/region_mean']],
    ['completions/mean_length', m['completions/mean_length']],
    ['completions/clipped_ratio', m['completions/clipped_ratio']],
    ['prompts/mean_length', m['prompts/mean_length']],
    ['tools/call_frequency', m['tools/call_frequency']],
    ['tools/failure_frequency', m['tools/failure_frequency']],
    ['grad_norm', m.grad_norm],
    ['learning_rate', m.learning_rate],
    ['sampling/logprob_gap', m['sampling/logprob_gap']],
    ['tokens', m.tokens],
  ];
}
