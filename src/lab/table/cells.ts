/**
 * The cells of the table out of what `npm run reproduce` printed, line by line. A cell is shown as it was measured or
 * not at all: where there is no score, the share of episodes whose prompts did not fit says why.
 */

/** One JSON line of the command. */
export interface CellLine {
  readonly method: string;
  readonly environment: string;
  readonly metric: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Episodes. */
  readonly n: number;
  readonly seeds: readonly number[];
}

/** In the order of the rows. */
export const METHODS = [
  'no-memory',
  'rag',
  'langmem',
  'a-mem',
  'mem0',
  'mem0-graph',
  'agemem-no-rl',
  'agemem',
  'agemem-rag',
  'answer-only',
] as const;

/** In the order of the columns. */
export const ENVIRONMENTS = ['qa', 'hotpotqa', 'alfworld', 'scienceworld', 'pddl', 'babyai'] as const;

/** Whole numbers or shares: how a metric is written. */
export const METRICS = ['score', 'prompt-tokens', 'memory-calls', 'memory-quality'] as const;
export type Metric = (typeof METRICS)[number];

/** The lines of a file; its first says how they were made and is none. */
export function readCells(text: string): readonly CellLine[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Partial<CellLine>)
    .filter((line): line is CellLine => line.metric !== undefined);
}

export type Cell =
  | { readonly kind: 'measured'; readonly line: CellLine }
  /** Share of episodes whose prompts the policy cannot read. */
  | { readonly kind: 'does-not-fit'; readonly share: number }
  | { readonly kind: 'absent' };

export function cellOf(
  lines: readonly CellLine[],
  method: string,
  environment: string,
  metric: Metric,
): Cell {
  const own = lines.filter((line) => line.method === method && line.environment === environment);
  const line = own.find((one) => one.metric === metric);
  if (line) return { kind: 'measured', line };
  const unfit = own.find((one) => one.metric === 'does-not-fit')?.mean ?? 0;
  return unfit > 0 ? { kind: 'does-not-fit', share: unfit } : { kind: 'absent' };
}

/** Methods of which the file has a line, in the order of the rows. */
export function methodsIn(lines: readonly CellLine[]): readonly string[] {
  return METHODS.filter((method) => lines.some((line) => line.method === method));
}
