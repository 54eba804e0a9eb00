/** Which curves the page draws, taken from the metrics under their TRL names. */
import type { HeldOut, TrainingMetrics } from '../../worker/protocol';
import type { Series } from '../charts/line-chart';
import { compact, duration } from '../figures';
import type { TermName } from '../glossary';
import { say } from '../language/language';
import { MARK_LABELS, type MarkName } from '../shell/tool-mark';
import { TOOL_NAMES } from '../words';

export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly note?: string;
  /** What the symbol of it means. */
  readonly term?: TermName;
  readonly include: readonly number[];
}

type Metrics = readonly TrainingMetrics[];

export function curvesOf(metrics: Metrics, heldOut: readonly HeldOut[] = []): readonly Curve[] {
  const series = (name: string, read: (m: TrainingMetrics) => number): Series => ({
    name,
    values: metrics.map(read),
  });
  return [
    {
      title: say('Reward and its parts'),
      term: 'R',
      unit: say('reward, mean over rollouts'),
      include: [0, 1],
      series: [
        series(say('reward'), (m) => m.reward),
        series(say('task§part of the reward'), (m) => m.rewards.task.mean),
        series(say('context§part of the reward'), (m) => m.rewards.context.mean),
        series(say('memory§part of the reward'), (m) => m.rewards.memory.mean),
        series(say('penalty'), (m) => m.rewards.penalty.mean),
      ],
    },
    ...(heldOut.length > 0 ? [heldOutCurve(heldOut)] : []),
    {
      title: say('Tool calls'),
      unit: say('calls per episode'),
      include: [0, 1],
      series: TOOL_NAMES.map((tool) =>
        series(say(MARK_LABELS[tool as MarkName]), (m) => m.tools[tool as keyof typeof m.tools] ?? 0),
      ),
    },
    {
      title: say('Quality of memory'),
      unit: say('share, mean over rollouts'),
      include: [0, 1],
      series: [
        series(say('precision§curve'), (m) => m.storage_precision),
        series(say('storage§curve'), (m) => m.rewards.storage.mean),
        series(say('maintained'), (m) => m.rewards.maintenance.mean),
        series(say('relevance§curve'), (m) => m.rewards.relevance.mean),
        series(say('kept in C'), (m) => m.rewards.preservation.mean),
      ],
    },
    {
      title: say('KL to the base policy'),
      term: 'KL',
      unit: say('nats per token'),
      include: [0],
      series: [series('kl', (m) => m.kl)],
    },
    {
      title: say('Entropy'),
      term: 'entropy',
      unit: say('nats per token'),
      include: [0],
      series: [series('entropy', (m) => m.entropy)],
    },
    {
      title: say('Spread in the groups'),
      unit: say('reward, standard deviation'),
      include: [0],
      series: [series('reward_std', (m) => m.reward_std)],
    },
    {
      title: say('Groups without spread'),
      term: 'zeroSpread',
      unit: say('share of groups: no gradient'),
      include: [0, 1],
      series: [series('zero_std', (m) => m.frac_reward_zero_std)],
    },
    {
      title: say('Clipped ratios'),
      term: 'clip',
      unit: say('share of tokens'),
      include: [0],
      series: [
        series(say('low§curve'), (m) => m['clip_ratio/low_mean']),
        series(say('high§curve'), (m) => m['clip_ratio/high_mean']),
        series(say('either'), (m) => m['clip_ratio/region_mean']),
      ],
    },
    {
      title: say('Gradient norm'),
      term: 'grad',
      unit: say('before clipping'),
      include: [0],
      series: [series('grad_norm', (m) => m.grad_norm)],
    },
  ];
}

/** The same held-out tasks with the same dice each time; step 0 is before the first update. */
function heldOutCurve(heldOut: readonly HeldOut[]): Curve {
  const at = heldOut.map(({ step }) => step);
  const series = (name: string, read: (e: HeldOut['evaluation']) => number): Series => ({
    name,
    at,
    values: heldOut.map(({ evaluation }) => read(evaluation)),
  });
  return {
    title: say('Held-out tasks'),
    unit: say('reward, mean over episodes'),
    include: [0, 1],
    note: heldOutWords(heldOut),
    series: [
      series(say('reward'), (e) => e.reward),
      series(say('task§part of the reward'), (e) => e.task),
      series(say('context§part of the reward'), (e) => e.context),
      series(say('memory§part of the reward'), (e) => e.memory),
      series(say('precision§curve'), (e) => e.storage_precision),
    ],
  };
}

function heldOutWords(heldOut: readonly HeldOut[]): string {
  const { evaluation } = heldOut[heldOut.length - 1];
  const cost = heldOut.reduce((sum, { ms }) => sum + ms, 0);
  return say(
    '{n} tasks it never trains on, the same with the same dice each time (seed {seed}); standard error of the reward {error}. Cost so far: {cost}.',
    {
      n: evaluation.n,
      seed: evaluation.seed,
      error: compact(evaluation.stderr.reward),
      cost: duration(cost),
    },
  );
}

/** The last step's figures under TRL's names, in TRL's order. */
export function figuresOf(m: TrainingMetrics): readonly (readonly [name: string, value: number])[] {
  return [
    ['reward', m.reward],
    ['reward_std', m.reward_std],
    ['frac_reward_zero_std', m.frac_reward_zero_std],
    ...(Object.keys(m.rewards) as (keyof typeof m.rewards)[]).flatMap(
      (part): (readonly [string, number])[] => [
        [`rewards/${part}/mean`, m.rewards[part].mean],
        [`rewards/${part}/std`, m.rewards[part].std],
      ],
    ),
    ['storage_precision', m.storage_precision],
    ['wellformed', m.wellformed],
    ['kl', m.kl],
    ['entropy', m.entropy],
    ['clip_ratio/low_mean', m['clip_ratio/low_mean']],
    ['clip_ratio/high_mean', m['clip_ratio/high_mean']],
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
    ['ms', m.ms],
    ['ms/rollouts', m['ms/rollouts']],
    ['ms/away', m['ms/away']],
  ];
}
