/**
 * The mean over the paper's five benchmarks, which its main table gives for each method (agemem.md section 7). Taken
 * within each seed and then over the seeds, so that its interval is one of seeds as those of the cells are: all five were
 * played with the same. Questions about people are this project's own and are not among them.
 */
import type { CellLine, EnvironmentId } from '../../evidence/cell-lines';
import type { Metric } from './cells';
import { estimate } from './paired';

export const FIVE = [
  'hotpotqa',
  'alfworld',
  'scienceworld',
  'pddl',
  'babyai',
] as const satisfies readonly EnvironmentId[];

export type FiveMean =
  /** A line as one of the five has it, with the figures of all. */
  | { readonly kind: 'mean'; readonly line: CellLine }
  /** Not there for these, or not of the same seeds. */
  | { readonly kind: 'missing'; readonly environments: readonly EnvironmentId[] }
  /** The figure is another one in each world. */
  | { readonly kind: 'no-mean' };

/** @param lines values, or differences to one reference */
export function meanOfFive(lines: readonly CellLine[], method: string, metric: Metric): FiveMean {
  if (metric.startsWith('env ')) return { kind: 'no-mean' };
  const own = lines.filter((line) => line.method === method && line.metric === metric);
  const found = FIVE.map((environment) => own.find((line) => line.environment === environment));
  const first = found.find((line) => line !== undefined);
  const missing = FIVE.filter(
    (_, i) => found[i] === undefined || found[i].seeds.join() !== first?.seeds.join(),
  );
  const there = found.filter((line) => line !== undefined);
  if (first === undefined || missing.length > 0) return { kind: 'missing', environments: missing };
  const values = first.seeds.map(
    (_, at) => there.reduce((sum, line) => sum + line.values[at], 0) / there.length,
  );
  const all = estimate(values);
  if (all === null) return { kind: 'missing', environments: FIVE };
  const n = there.reduce((sum, line) => sum + line.n, 0);
  return { kind: 'mean', line: { ...first, values, n, mean: all.mean, low: all.low, high: all.high } };
}
