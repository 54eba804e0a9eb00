/**
 * The table of methods and environments: what a cell is, and the line in which it is told. Values are means over the
 * episodes of one seed; a cell's interval is over its seeds, which are independent, and episodes of one seed are not
 * counted as if they were.
 */
import { AGEMEM_IDS } from '../../baselines/agemem-variants';
import { BASELINE_IDS } from '../../baselines/methods';
import { interval } from '../../statistics/interval';

export const METHOD_IDS = [...BASELINE_IDS, ...AGEMEM_IDS] as const;
export type MethodId = (typeof METHOD_IDS)[number];

/** `qa` is what the shipped adapter was trained on; the others are the paper's five, small. */
export const ENVIRONMENT_IDS = ['qa', 'alfworld', 'scienceworld', 'pddl', 'babyai', 'hotpotqa'] as const;
export type EnvironmentId = (typeof ENVIRONMENT_IDS)[number];

/** What differences are taken against. */
export const REFERENCE: MethodId = 'agemem-no-rl';

/** Means over the episodes of one seed, by metric. `score` and `does-not-fit` are always there. */
export type SeedValues = Readonly<Record<string, number>>;

export interface CellLine {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  /**
   * `score` in [0, 1]; `does-not-fit`, the share of episodes whose prompt outgrew the window; `prompt-tokens` of a step and
   * `episode-tokens` of all prompts of an episode (a baseline prompts its policy in stage 3 only, its own calls are
   * `memory-calls` and `memory-tokens`); `env …`, the original's own figures; `calls …` of a tool per episode.
   */
  readonly metric: string;
  readonly mean: number;
  /** 95% interval over seeds; null with fewer than two. */
  readonly low: number | null;
  readonly high: number | null;
  /** Episodes, of all seeds together. */
  readonly n: number;
  readonly seeds: readonly number[];
  /** Weights that acted. */
  readonly policy: string;
  /** Short fingerprint of their numbers; left out: there are none, or the line is older than this field. */
  readonly weights?: string;
  readonly backend: string;
  /** One a seed, in their order. */
  readonly values: readonly number[];
  /** What was set otherwise than by default, e.g. "unseen-names, before"; left out: nothing. */
  readonly setting?: string;
  /** A difference: of which method from the same seeds; left out: a plain value. */
  readonly against?: MethodId;
}

export interface PlayedCell {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly policy: string;
  readonly weights?: string;
  readonly backend: string;
  readonly seeds: readonly number[];
  readonly setting?: string;
  readonly episodesPerSeed: number;
  /** In the order of the seeds. */
  readonly bySeed: readonly SeedValues[];
}

/** One line a metric. A cell in which no prompt fitted has no score to tell: it says that alone. */
export function linesOf(cell: PlayedCell): readonly CellLine[] {
  const metrics = [...new Set(cell.bySeed.flatMap(Object.keys))];
  const fits = cell.bySeed.some((values) => values['does-not-fit'] < 1);
  return (fits ? metrics : ['does-not-fit']).map((metric) =>
    line(
      cell,
      metric,
      cell.bySeed.map((values) => values[metric] ?? 0),
    ),
  );
}

/** Score of the cell less that of the reference, seed by seed: both met the same tasks with the same dice. */
export function differenceLine(scores: CellLine, reference: CellLine): CellLine | null {
  const same = scores.n === reference.n && scores.seeds.join() === reference.seeds.join();
  if (!same || scores.method === reference.method) return null;
  const values = scores.values.map((value, i) => value - reference.values[i]);
  return { ...scores, ...bounds(values), metric: 'score difference', values, against: reference.method };
}

function line(cell: PlayedCell, metric: string, values: readonly number[]): CellLine {
  const { method, environment, policy, backend, seeds, episodesPerSeed, setting, weights } = cell;
  const n = episodesPerSeed * seeds.length;
  const plain = { method, environment, metric, ...bounds(values), n, seeds, policy, backend, values };
  return {
    ...plain,
    ...(setting === undefined ? {} : { setting }),
    ...(weights === undefined ? {} : { weights }),
  };
}

function bounds(values: readonly number[]): Pick<CellLine, 'mean' | 'low' | 'high'> {
  const { mean, half } = interval(values);
  return { mean, low: half === null ? null : mean - half, high: half === null ? null : mean + half };
}
