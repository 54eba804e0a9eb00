/** An ablation of made-up numbers: every figure of a variant is a base of its own, and moves a little with the seed. */
import { ARM_IDS } from '../../evidence/ablation-lines';
import { UNTRAINED_IDS } from '../../rl/reproduce/arms';

export interface MadeUp {
  readonly seeds?: number;
  readonly steps?: number;
  readonly environments?: readonly string[];
  /** Base of a figure of a variant; left out: 0.5. */
  readonly base?: (method: string, metric: string, environment: string) => number | undefined;
  /** Share of a variant's episodes that do not fit; left out: none. */
  readonly unfit?: (method: string) => number;
}

const METRICS = [
  'score',
  'composite',
  'memory-quality',
  'prompt-tokens',
  'episode-tokens',
  'calls Add_memory',
  'calls Update_memory',
  'calls Delete_memory',
  'calls Retrieve_memory',
  'calls Summary_context',
  'calls Filter_context',
];

/** The text of a file, as the command prints it. */
export function madeUpAblation({
  seeds = 5,
  steps = 4,
  environments = ['qa'],
  base = () => undefined,
  unfit = () => 0,
}: MadeUp = {}): string {
  const values = (method: string, seed: number, environment: string) => ({
    ...Object.fromEntries(
      METRICS.map((metric) => [metric, (base(method, metric, environment) ?? 0.5) + seed / 1000]),
    ),
    'does-not-fit': unfit(method),
  });
  const lines: unknown[] = [
    { command: 'npm run ablation' },
    {
      ablation: {
        model: 'public/policy',
        family: environments[0],
        steps,
        tasksPerStep: 4,
        groupSize: 8,
        episodes: 100,
      },
    },
  ];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const method of [...UNTRAINED_IDS, ...ARM_IDS]) {
      const trained = ARM_IDS.some((id) => id === method) ? steps : 0;
      for (let step = 1; step <= trained; step++) {
        lines.push({ kind: 'step', method, seed, step, values: values(method, seed, environments[0]) });
      }
      for (const environment of environments) {
        lines.push({
          kind: 'held-out',
          method,
          seed,
          environment,
          values: values(method, seed, environment),
        });
      }
    }
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
