/**
 * The mean over the paper's five benchmarks, which its main table gives for each method (agemem.md section 7). Taken
 * within each seed and then over the seeds, so that its interval is one of seeds as those of the cells are: all five were
 * played with the same. It is made of the five cells, so it has what they have: the share that did not fit, and nothing
 * where one of them has nothing. Whether it may be judged (`mayJudge`) is asked of its own share: what did not fit in one
 * world is a fifth of it. Questions about people are this project's own and are not among them.
 */
import { type CellLine, type EnvironmentId, versionOf } from '../../evidence/cell-lines';
import { type Cell, cellOf, type Metric } from './cells';
import { estimate } from './paired';

export const FIVE = [
  'hotpotqa',
  'alfworld',
  'scienceworld',
  'pddl',
  'babyai',
] as const satisfies readonly EnvironmentId[];

type Measured = Extract<Cell, { kind: 'measured' }>;

export type FiveMean =
  /** As a cell has it; its line is one of the five's, with the figures of all. */
  | Measured
  /** All others are compared with this method. */
  | { readonly kind: 'reference' }
  /** No number in these, or one of other seeds, or of another version of the table. */
  | { readonly kind: 'missing'; readonly environments: readonly EnvironmentId[] }
  /** The figure is another one in each world. */
  | { readonly kind: 'no-mean' };

/** @param values, differences as `cellOf` takes them */
export function meanOfFive(
  values: readonly CellLine[],
  differences: readonly CellLine[] | null,
  method: string,
  metric: Metric,
): FiveMean {
  if (metric.startsWith('env ')) return { kind: 'no-mean' };
  const cells = FIVE.map((environment) => cellOf(values, differences, { method, environment, metric }));
  if (cells.every(({ kind }) => kind === 'reference')) return { kind: 'reference' };
  const there = cells.filter((cell): cell is Measured => cell.kind === 'measured');
  /** Seeds and rules of scoring that all five must have in common. */
  const terms = ({ line }: Measured): string => `${versionOf(line)}: ${line.seeds.join()}`;
  const environments = FIVE.filter((_, i) => {
    const cell = cells[i];
    return cell.kind !== 'measured' || terms(cell) !== terms(there[0]);
  });
  if (environments.length > 0) return { kind: 'missing', environments };
  const mean = (of: (cell: Measured) => number): number =>
    there.reduce((sum, cell) => sum + of(cell), 0) / there.length;
  const [{ line: first }] = there;
  const bySeed = first.seeds.map((_, at) => mean(({ line }) => line.values[at]));
  const all = estimate(bySeed);
  if (all === null) return { kind: 'missing', environments: FIVE };
  const n = there.reduce((sum, { line }) => sum + line.n, 0);
  return {
    kind: 'measured',
    line: { ...first, values: bySeed, n, mean: all.mean, low: all.low, high: all.high },
    unfit: mean(({ unfit }) => unfit),
    unfitReference: mean(({ unfitReference }) => unfitReference),
  };
}
