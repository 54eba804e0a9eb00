/** Cells of an earlier run, read back from the lines it printed: what has been played need not be played again. */
import type { CellLine, EnvironmentId, MethodId } from './cells';

/** A line of the file is no line of a table. */
export class KeptCellsError extends Error {
  override readonly name = 'KeptCellsError';
  constructor(line: number) {
    super(`Line ${line} is no line of a table. Give a file that this command wrote, or a new name.`);
  }
}

export interface Wanted {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly policy: string;
  /** Fingerprint of the weights that would play; left out: there are none. */
  readonly weights?: string;
  readonly backend: string;
  readonly n: number;
  readonly seeds: readonly number[];
  readonly setting?: string;
}

/**
 * Lines of plain values. A last line without its end is one that a kill cut off, and is passed over; so is the head that
 * `npm run evidence` writes. Throws `KeptCellsError`.
 */
export function readCells(text: string): readonly CellLine[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '' || i === lines.length - 1) return [];
    const value = parsed(line);
    if (i === 0 && typeof value === 'object' && value !== null && 'command' in value) return [];
    if (!isCellLine(value)) throw new KeptCellsError(i + 1);
    return value.against === undefined ? [value] : [];
  });
}

/** The lines of a cell played just so, or none. One that does not tell its weights is taken at the name of their folder. */
export function keptLines(lines: readonly CellLine[], wanted: Wanted): readonly CellLine[] {
  return lines.filter(
    (line) => isOf(line, wanted) && (line.weights === undefined || line.weights === wanted.weights),
  );
}

/**
 * The text of a file in which the cell has these lines, in place of all it had there: differences to a reference that was
 * not there yet or has been played again since, and what the folder played when it held other weights. What a kill cut off
 * is left out.
 */
export function withCell(text: string, wanted: Wanted, lines: readonly CellLine[]): string {
  const before: string[] = [];
  const after: string[] = [];
  let found = false;
  for (const line of text.split('\n').slice(0, -1)) {
    const value = parsed(line);
    if (isCellLine(value) && isOf(value, wanted)) found = true;
    else (found ? after : before).push(line);
  }
  const own = lines.map((line) => JSON.stringify(line));
  return [...before, ...own, ...after].map((line) => `${line}\n`).join('');
}

/** Whichever weights the folder held. */
function isOf(line: CellLine, wanted: Wanted): boolean {
  return (
    line.method === wanted.method &&
    line.environment === wanted.environment &&
    line.policy === wanted.policy &&
    line.backend === wanted.backend &&
    line.n === wanted.n &&
    line.setting === wanted.setting &&
    line.seeds.join() === wanted.seeds.join()
  );
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
  return (
    ['method', 'environment', 'metric', 'policy', 'backend'].every(
      (key) => typeof line[key as keyof CellLine] === 'string',
    ) &&
    typeof line.mean === 'number' &&
    typeof line.n === 'number' &&
    Array.isArray(line.seeds) &&
    Array.isArray(line.values)
  );
}
