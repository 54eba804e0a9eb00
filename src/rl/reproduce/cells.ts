/**
 * The table of methods and environments: what a cell is, and how its lines are made. Values are means over the
 * episodes of one seed; a cell's interval is over its seeds, which are independent, and episodes of one seed are not
 * counted as if they were.
 */
import { AGEMEM_IDS } from '../../baselines/agemem-variants';
import { BASELINE_IDS } from '../../baselines/methods';
import type { CellLine, EnvironmentId, MethodId, SeedValues } from '../../evidence/cell-lines';
import { interval } from '../../statistics/interval';

export const METHOD_IDS: readonly MethodId[] = [...BASELINE_IDS, ...AGEMEM_IDS];

/**
 * Of all that episodes depend on and no setting tells of: the generators of tasks, the worlds, the experts, how baselines
 * extract and look up, how scores are counted. To be raised by hand with any change after which the same seed of a cell
 * may have other figures (a test says so for what experts play); results kept under the number before are then no more
 * found, instead of standing beside new ones as if they were of one kind. The first was without a number.
 */
export const TABLE_VERSION = 6;

/** What differences are taken against. */
export const REFERENCE: MethodId = 'agemem-no-rl';

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

/** What a seed may have none of, where others have it: it is not 0 there, and the line is of the seeds that have it. */
export const OF_SOME_SEEDS: ReadonlySet<string> = new Set(['memory-quality']);

/** What stands where nothing was counted in stage 3: stage 1, where memories are written, was played all the same. */
const WITHOUT_SCORE: ReadonlySet<string> = new Set(['does-not-fit', 'memory-quality']);

/** One line a metric. A cell in which no episode fitted and none reached anything before has no score, and says why. */
export function linesOf(cell: PlayedCell): readonly CellLine[] {
  const metrics = [...new Set(cell.bySeed.flatMap(Object.keys))];
  const counts = cell.bySeed.some((values) => values['does-not-fit'] < 1 || values.score > 0);
  return metrics.filter((metric) => counts || WITHOUT_SCORE.has(metric)).map((metric) => line(cell, metric));
}

/** Score of the cell less that of the reference, seed by seed: both met the same tasks with the same dice. */
export function differenceLine(scores: CellLine, reference: CellLine): CellLine | null {
  const same = scores.n === reference.n && scores.seeds.join() === reference.seeds.join();
  if (!same || scores.method === reference.method) return null;
  const values = scores.values.map((value, i) => value - reference.values[i]);
  return { ...scores, ...bounds(values), metric: 'score difference', values, against: reference.method };
}

function line(cell: PlayedCell, metric: string): CellLine {
  const { method, environment, policy, backend, episodesPerSeed, setting, weights } = cell;
  const told = cell.bySeed.map((values) => !OF_SOME_SEEDS.has(metric) || values[metric] !== undefined);
  const seeds = cell.seeds.filter((_, at) => told[at]);
  const values = cell.bySeed.filter((_, at) => told[at]).map((of) => of[metric] ?? 0);
  const n = episodesPerSeed * seeds.length;
  const plain = { method, environment, metric, ...bounds(values), n, seeds, policy, backend, values };
  return {
    ...plain,
    version: TABLE_VERSION,
    ...(setting === undefined ? {} : { setting }),
    ...(weights === undefined ? {} : { weights }),
  };
}

function bounds(values: readonly number[]): Pick<CellLine, 'mean' | 'low' | 'high'> {
  const { mean, half } = interval(values);
  return { mean, low: half === null ? null : mean - half, high: half === null ? null : mean + half };
}
