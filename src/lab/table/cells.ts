/**
 * The cells of the table out of lines as `npm run reproduce` prints them. A cell is shown as it was measured, with the share
 * of episodes whose prompts did not fit, which count what was reached before; or not at all, and then it says why.
 */
import { type CellLine, CellLineError, readCellLines } from '../../evidence/cell-lines';
import { estimate } from './paired';

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
  'no-tools',
  'lt',
  'lt-rl',
] as const;

/** In the order of the columns. */
export const ENVIRONMENTS = ['qa', 'hotpotqa', 'alfworld', 'scienceworld', 'pddl', 'babyai'] as const;

/** As a line names a figure that the original counts itself. */
const original = <Name extends string>(name: Name) => `env ${name}` as const;

/** What may be shown, `env …` as the originals count it. `tool-calls` is no line's own: `withToolCalls`. */
export const METRICS = [
  'score',
  original('score'),
  original('success'),
  original('progress'),
  original('em'),
  original('f1'),
  'memory-quality',
  'prompt-tokens',
  'episode-tokens',
  'tool-calls',
  'memory-calls',
  'memory-tokens',
  'unread-replies',
] as const;
export type Metric = (typeof METRICS)[number];

/** Variants whose tools for storing are refused: of what they store there is no quality. */
export const STORES_NOTHING: readonly string[] = ['no-tools'];

/** How cells are looked at. */
export const LOOKS = ['value', 'difference'] as const;
export type Look = (typeof LOOKS)[number];

/** What differences are taken against: AgeMem without RL, or where that was not played a policy without memory. */
const REFERENCES = ['agemem-no-rl', 'no-memory'] as const;
export type Reference = (typeof REFERENCES)[number];

/**
 * The plain values of a file with the calls of all tools.
 * @throws CellLineError
 */
export function readCells(text: string): readonly CellLine[] {
  const lines = readCellLines(text.trim().split('\n'));
  // What says nothing of any cell is another file.
  if (lines.length === 0) throw new CellLineError(1);
  return withToolCalls(lines);
}

/** With one more line for each cell that has lines `calls …`: their sum, seed by seed. */
export function withToolCalls(lines: readonly CellLine[]): readonly CellLine[] {
  const cells = new Map<string, CellLine[]>();
  for (const line of lines) {
    if (!line.metric.startsWith('calls ')) continue;
    const cell = [line.method, line.environment, line.policy, line.backend, line.setting].join('\n');
    cells.set(cell, [...(cells.get(cell) ?? []), line]);
  }
  const sums = [...cells.values()].flatMap((calls): CellLine[] => {
    const [first] = calls;
    const values = first.values.map((_, i) => calls.reduce((sum, line) => sum + (line.values[i] ?? 0), 0));
    const found = estimate(values);
    if (found === null) return [];
    const { mean, low, high } = found;
    return [{ ...first, metric: 'tool-calls', values, mean, low, high }];
  });
  return [...lines, ...sums];
}

export type Cell =
  | {
      readonly kind: 'measured';
      /** The value, or its difference. */
      readonly line: CellLine;
      /** Shares of episodes whose prompts the policy cannot read: its own, and of a difference those of its reference. */
      readonly unfit: number;
      readonly unfitReference: number;
    }
  /** Nothing but the share of episodes whose prompts the policy cannot read. */
  | { readonly kind: 'does-not-fit'; readonly share: number }
  /** Episodes were played and have no such figure, as a memory without tools has none of what they store. */
  | { readonly kind: 'no-figure' }
  /** All others are compared with this one. */
  | { readonly kind: 'reference' }
  /** It has a value, but no seed is shared with a value of the reference. */
  | { readonly kind: 'unpaired' }
  | { readonly kind: 'absent' };

/**
 * One figure of a method in a world.
 * @param values plain lines, by which is known what was played
 * @param differences to `reference`, of those lines; null: values are shown
 */
export function cellOf(
  values: readonly CellLine[],
  differences: readonly CellLine[] | null,
  {
    method,
    environment,
    metric,
  }: { readonly method: string; readonly environment: string; readonly metric: Metric },
): Cell {
  const of = (lines: readonly CellLine[], name: string, figure: string) =>
    lines.find((line) => line.method === name && line.environment === environment && line.metric === figure);
  const unfitOf = (name: string) => of(values, name, 'does-not-fit')?.mean ?? 0;
  const unfit = unfitOf(method);
  const value =
    STORES_NOTHING.includes(method) && metric === 'memory-quality' ? undefined : of(values, method, metric);
  if (value === undefined) {
    if (of(values, method, 'score')) return { kind: 'no-figure' };
    return unfit > 0 ? { kind: 'does-not-fit', share: unfit } : { kind: 'absent' };
  }
  if (differences === null) return { kind: 'measured', line: value, unfit, unfitReference: 0 };
  if (referenceOf(values) === method) return { kind: 'reference' };
  const line = of(differences, method, metric);
  if (line === undefined) return { kind: 'unpaired' };
  return { kind: 'measured', line, unfit, unfitReference: line.against ? unfitOf(line.against) : 0 };
}

/** Where more than this share of the episodes did not fit, a difference is one of fitting: no verdict is passed. */
export const MOST_UNFIT = 0.1;

/** Whether so many episodes fitted, of both sides, that a difference may be called better or worse. */
export const mayJudge = ({ unfit, unfitReference }: Extract<Cell, { kind: 'measured' }>): boolean =>
  Math.max(unfit, unfitReference) <= MOST_UNFIT;

/** Methods of which there is a line, in the order of the rows; those that have no row of their own come last. */
export function methodsIn(lines: readonly CellLine[]): readonly string[] {
  const there = new Set<string>(lines.map(({ method }) => method));
  const known = METHODS.filter((method) => there.has(method));
  return [...known, ...[...there].filter((method) => !known.some((one) => one === method))];
}

export interface Row {
  readonly method: string;
  /** What was set otherwise than by default, as lines say it; empty: nothing. */
  readonly setting: string;
}

/** A row for each method and each way it was played: figures of two ways never stand in one. */
export function rowsIn(lines: readonly CellLine[]): readonly Row[] {
  return methodsIn(lines).flatMap((method) =>
    [...new Set(lines.filter((line) => line.method === method).map(settingOf))]
      .sort()
      .map((setting) => ({ method, setting })),
  );
}

/** Without the lines of the row's method that were played in another way; the others are compared with. */
export const seenFrom = ({ method, setting }: Row, lines: readonly CellLine[]): readonly CellLine[] =>
  lines.filter((line) => line.method !== method || settingOf(line) === setting);

const settingOf = ({ setting = '' }: CellLine): string => setting;

/** The one of these lines that the others are compared with; null: there is none. */
export function referenceOf(lines: readonly CellLine[]): Reference | null {
  return REFERENCES.find((method) => lines.some((line) => line.method === method)) ?? null;
}

export type Verdict = 'above' | 'below' | 'open' | 'one-seed';

/** Which way a difference goes, as far as its 95 % interval can tell. */
export function verdictOf({ low, high }: Pick<CellLine, 'low' | 'high'>): Verdict {
  if (low === null || high === null) return 'one-seed';
  if (low > 0) return 'above';
  return high < 0 ? 'below' : 'open';
}
