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

/** The lines of a cell played just so, or none. */
export function keptLines(lines: readonly CellLine[], wanted: Wanted): readonly CellLine[] {
  return lines.filter(
    (line) =>
      line.method === wanted.method &&
      line.environment === wanted.environment &&
      line.policy === wanted.policy &&
      line.backend === wanted.backend &&
      line.n === wanted.n &&
      line.setting === wanted.setting &&
      line.seeds.join() === wanted.seeds.join(),
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
