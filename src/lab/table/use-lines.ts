/** Lines of recorded runs as they come, and their differences as the worker takes them. */
import { useEffect, useState } from 'react';
import { type CellLine, CellLineError } from '../../evidence/cell-lines';
import { type Look, readCells, referenceOf } from './cells';
import { EVIDENCE } from './evidence';
import type { TableHold } from './use-table';

export type Lines = readonly CellLine[] | CellLineError | 'failed' | null;

export const NO_LINES: readonly CellLine[] = [];

/** @param file the text of a file that was opened, for a reader that is no recorded run */
export function useLines(reader: string, file: string | null): Lines {
  const [lines, setLines] = useState<Lines>(null);
  useEffect(() => {
    let wanted = true;
    setLines(null);
    const chosen = EVIDENCE.find(({ id }) => id === reader);
    const text = chosen ? chosen.load().then((module) => module.default) : Promise.resolve(file ?? '');
    text.then(readCells).then(
      (found) => wanted && setLines(found),
      (error: unknown) => wanted && setLines(error instanceof CellLineError ? error : 'failed'),
    );
    return () => {
      wanted = false;
    };
  }, [reader, file]);
  return lines;
}

/** The lines themselves, or their differences; none of these before the worker has answered. */
export function useLook(
  { line, facts }: TableHold,
  lines: readonly CellLine[],
  look: Look,
): readonly CellLine[] {
  const [taken, take] = useState<{
    readonly of: readonly CellLine[];
    readonly differences: readonly CellLine[];
  } | null>(null);
  const reference = referenceOf(lines);
  const asks = look === 'difference' && facts !== null && reference !== null;
  useEffect(() => {
    let wanted = true;
    if (!asks || reference === null) return;
    void line
      .call('tableDifferences', { lines, reference })
      .then((found) => wanted && take({ of: lines, differences: found ?? NO_LINES }));
    return () => {
      wanted = false;
    };
  }, [line, lines, asks, reference]);
  if (look === 'value') return lines;
  return asks && taken?.of === lines ? taken.differences : NO_LINES;
}
