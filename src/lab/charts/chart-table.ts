/** The numbers behind a chart: what its table view shows and its CSV file holds, to the last digit. */

/** A cell; null where there is no value. */
export type Cell = string | number | null;

export interface ChartTable {
  /** The first names what a row is, e.g. "step"; units in parentheses. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** RFC 4180: commas, CRLF, quotes where a cell needs them. A number is written so that reading gives it back. */
export function csvText({ columns, rows }: ChartTable): string {
  return [columns, ...rows]
    .map((row) => row.map(csvCell).join(','))
    .join('\r\n')
    .concat('\r\n');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  // A text that a spreadsheet would take for a formula is kept a text.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
