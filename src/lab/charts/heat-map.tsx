/** Numbers as shades: rows and columns with names, the value in each cell, darker is larger. Zero has no shade. */
import { useId } from 'react';
import { compact } from '../figures';
import { say } from '../language/language';
import { ChartFrame } from './chart-frame';

interface HeatMapProps {
  readonly title: string;
  readonly unit: string;
  readonly note?: string;
  /** What the rows are, e.g. "layer". */
  readonly rowName: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[row][column]`, none below zero. */
  readonly values: readonly (readonly number[])[];
}

const LEFT = 64;
const TOP = 22;
const CELL_WIDTH = 46;
const CELL_HEIGHT = 22;

export function HeatMap({ title, unit, note, rowName, rows, columns, values }: HeatMapProps) {
  const id = useId();
  const most = values.flat().reduce((largest, value) => Math.max(largest, value), 0);
  const width = LEFT + columns.length * CELL_WIDTH;
  const height = TOP + rows.length * CELL_HEIGHT + 2;
  const table = () => ({
    columns: [rowName, ...columns],
    rows: rows.map((row, r) => [row, ...values[r]]),
  });
  return (
    <ChartFrame title={title} unit={unit} note={note} table={table} className="heat-map">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{largestWords({ rowName, rows, columns, values }, most, unit)}</desc>
        <g className="axes">
          <text x={LEFT - 8} y={14} textAnchor="end">
            {rowName}
          </text>
          {columns.map((column, c) => (
            <text key={column} x={LEFT + (c + 0.5) * CELL_WIDTH} y={14} textAnchor="middle">
              {column}
            </text>
          ))}
          {rows.map((row, r) => (
            <text key={row} x={LEFT - 8} y={TOP + r * CELL_HEIGHT + 15} textAnchor="end">
              {row}
            </text>
          ))}
        </g>
        {rows.map((row, r) =>
          columns.map((column, c) => {
            const value = values[r][c];
            const share = most > 0 ? value / most : 0;
            const place = { x: LEFT + c * CELL_WIDTH + 1, y: TOP + r * CELL_HEIGHT + 1 };
            return (
              <g key={`${row} ${column}`}>
                <rect
                  {...place}
                  width={CELL_WIDTH - 2}
                  height={CELL_HEIGHT - 2}
                  rx={3}
                  className="heat-paper"
                />
                <rect
                  {...place}
                  width={CELL_WIDTH - 2}
                  height={CELL_HEIGHT - 2}
                  rx={3}
                  className="heat-shade"
                  fillOpacity={(share * 0.85).toFixed(3)}
                />
                <text
                  x={place.x + CELL_WIDTH / 2 - 1}
                  y={place.y + 14}
                  textAnchor="middle"
                  className={share > 0.55 ? 'heat-value strong' : 'heat-value'}
                >
                  {compact(Number(value.toPrecision(2)))}
                </text>
              </g>
            );
          }),
        )}
      </svg>
    </ChartFrame>
  );
}

function largestWords(
  { rowName, rows, columns, values }: Pick<HeatMapProps, 'rowName' | 'rows' | 'columns' | 'values'>,
  most: number,
  unit: string,
): string {
  const row = values.findIndex((line) => line.includes(most));
  if (row < 0 || most === 0) return say('All values are zero.');
  return say('Largest: {value}, {unit}, at {rowName} {row}, {column}.', {
    value: compact(most),
    unit,
    rowName,
    row: rows[row],
    column: columns[values[row].indexOf(most)],
  });
}
