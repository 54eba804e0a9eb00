/**
 * The cells of the table out of lines as `npm run reproduce` prints them. A cell is shown as it was measured or not at all:
 * where there is no score, the share of episodes whose prompts did not fit says why.
 */
import type { CellLine } from '../../worker/table-protocol';

export type { CellLine } from '../../worker/table-protocol';

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

/** Whole numbers or shares: how a metric is written. */
export const METRICS = ['score', 'prompt-tokens', 'memory-calls', 'memory-quality'] as const;
export type Metric = (typeof METRICS)[number];

/** How cells are looked at. */
export const LOOKS = ['value', 'difference'] as const;
export type Look = (typeof LOOKS)[number];

/** What differences are taken against: AgeMem without RL, or where that was not played a policy without memory. */
const REFERENCES = ['agemem-no-rl', 'no-memory'] as const;
export type Reference = (typeof REFERENCES)[number];

/** A file has a line that is none of a table; the page says so in words, and which. */
export class TableFileError extends Error {
  override readonly name = 'TableFileError';
  /** @param line from 1 */
  constructor(readonly line: number) {
    super(`line ${line}`);
  }
}

/**
 * The plain values of a file; a first line that says how they were made is none, and differences are taken anew.
 * @throws TableFileError
 */
export function readCells(text: string): readonly CellLine[] {
  return text
    .trim()
    .split('\n')
    .flatMap((one, i) => {
      const value = parsed(one);
      if (i === 0 && typeof value === 'object' && value !== null && 'command' in value) return [];
      if (!isCellLine(value)) throw new TableFileError(i + 1);
      return value.against === undefined ? [value] : [];
    });
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

/** Methods of which there is a line, in the order of the rows; those that have no row of their own come last. */
export function methodsIn(lines: readonly CellLine[]): readonly string[] {
  const there = new Set<string>(lines.map(({ method }) => method));
  const known = METHODS.filter((method) => there.has(method));
  return [...known, ...[...there].filter((method) => !known.some((one) => one === method))];
}

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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isCellLine(value: unknown): value is CellLine {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Partial<Record<keyof CellLine, unknown>>;
  const texts = ['method', 'environment', 'metric', 'policy', 'backend'] as const;
  const numbers = ['mean', 'n'] as const;
  const bounds = ['low', 'high'] as const;
  const lists = ['seeds', 'values'] as const;
  return (
    texts.every((key) => typeof line[key] === 'string') &&
    numbers.every((key) => typeof line[key] === 'number') &&
    bounds.every((key) => line[key] === null || typeof line[key] === 'number') &&
    lists.every((key) => {
      const list = line[key];
      return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'number');
    })
  );
}
