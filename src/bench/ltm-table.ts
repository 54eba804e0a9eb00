/** The lines of `ltm` as the README's table: which index at which size, and whether the goals are met. */
import type { LtmLine } from './ltm';

/** The goals, stated for this many entries and the index that the lab has for them. */
const GOAL_SIZE = 50_000;
const SEARCH_MS = 10;
const START_MS = 1000;

/**
 * The lines of `ltm` among lines of JSON.
 * @throws SyntaxError of JSON.parse where a line is not JSON
 */
export function ltmLinesIn(text: string): readonly LtmLine[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as LtmLine)
    .filter(({ bench }) => bench === 'ltm');
}

/** Empty where there are no lines. */
export function ltmTable(lines: readonly LtmLine[]): string {
  if (lines.length === 0) return '';
  const rows = [...lines]
    .sort((a, b) => a.n - b.n)
    .map((line) => {
      const { index, n, search_ms, insert_ms, delete_ms, start_ms, memory_mb } = line;
      const goals = index === 'simd' && n === GOAL_SIZE;
      const cells = [
        n.toLocaleString('en'),
        index,
        goals ? judged(search_ms, SEARCH_MS) : ms(search_ms),
        ms(line.index_search_ms),
        ms(insert_ms),
        ms(delete_ms),
        goals ? judged(start_ms, START_MS) : ms(start_ms),
        ms(line.start_from_rows_ms),
        memory_mb === null ? '–' : memory_mb.toFixed(memory_mb < 10 ? 1 : 0),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  return [
    '| entries | index | search, ms | the index alone | insert, ms | delete, ms | start, ms | start without its file | memory, MB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function ms(value: unknown): string {
  if (typeof value !== 'number') return '–';
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
}

function judged(value: number | null, limit: number): string {
  return `${ms(value)} (goal ${limit}: ${value !== null && value < limit ? 'met' : '**missed**'})`;
}
