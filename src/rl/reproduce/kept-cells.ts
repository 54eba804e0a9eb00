/** Cells of an earlier run, read back from the lines it printed: what has been played need not be played again. */
import {
  type CellLine,
  cellLineIn,
  type EnvironmentId,
  type MethodId,
  readCellLines,
  versionOf,
} from '../../evidence/cell-lines';
import { OF_SOME_SEEDS, TABLE_VERSION } from './cells';

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

/** Lines of plain values. A last line without its end is one that a kill cut off, and is passed over. Throws `CellLineError`. */
export function readCells(text: string): readonly CellLine[] {
  return readCellLines(text.split('\n').slice(0, -1));
}

/**
 * The lines of a cell played just so, or none; what was played under an older version of the table is played anew. One that
 * does not tell its weights is taken at the name of their folder.
 */
export function keptLines(lines: readonly CellLine[], wanted: Wanted): readonly CellLine[] {
  return lines.filter(
    (line) =>
      isOf(line, wanted) &&
      versionOf(line) === TABLE_VERSION &&
      (line.weights === undefined || line.weights === wanted.weights),
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
    const value = cellLineIn(line);
    if (value !== null && isOf(value, wanted)) found = true;
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
    line.setting === wanted.setting &&
    line.n / line.seeds.length === wanted.n / wanted.seeds.length &&
    areThose(line, wanted.seeds)
  );
}

function areThose({ metric, seeds }: CellLine, wanted: readonly number[]): boolean {
  const told = OF_SOME_SEEDS.has(metric) ? wanted.filter((seed) => seeds.includes(seed)) : wanted;
  return seeds.join() === told.join();
}
