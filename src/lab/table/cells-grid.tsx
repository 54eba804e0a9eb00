/** The table itself: methods in rows, worlds in columns, in each cell what was recorded and below it what was played here. */

import { type CellLine, REPLIES_BY_MODEL } from '../../evidence/cell-lines';
import { count } from '../figures';
import { phrase, say } from '../language/language';
import { methodName } from '../method-names';
import { Scroll } from '../shell/scroll';
import { FAMILIES } from '../words';
import { CellView, FiveView } from './cell-view';
import {
  cellOf,
  ENVIRONMENTS,
  type Look,
  type Metric,
  type Row,
  referenceOf,
  rowsIn,
  seenFrom,
} from './cells';
import type { CellSource, OpenedCell } from './episodes-view';
import { meanOfFive } from './mean-of-five';
import { METRIC_NAMES } from './metric-names';

interface GridProps {
  /** All lines there are. */
  readonly there: Readonly<Record<CellSource, readonly CellLine[]>>;
  /** As they are looked at: the lines or their differences. */
  readonly seen: Readonly<Record<CellSource, readonly CellLine[]>>;
  readonly metric: Metric;
  readonly look: Look;
  readonly opened: OpenedCell | null;
  /** With a line that tells what the episodes of the cell were. */
  readonly onOpen: (source: CellSource, line: CellLine) => void;
}

const BY_MODEL = phrase('replies by the model');

const SOURCES: readonly CellSource[] = ['recorded', 'own'];

export function CellsGrid({ there, seen, metric, look, opened, onOpen }: GridProps) {
  const all = [...there.recorded, ...there.own];
  const rows = rowsIn(all);
  if (rows.length === 0) return null;
  const seedsOfAll = look === 'difference' ? seedsIn([...seen.recorded, ...seen.own], metric) : null;
  const cell = (source: CellSource, row: Row, environment: string) => {
    const { method, setting } = row;
    const values = seenFrom(row, there[source]);
    const here = values.filter((line) => line.method === method && line.environment === environment);
    // Any line tells what its episodes were; the score, if it is there, also how they went.
    const line = here.find((one) => one.metric === 'score') ?? here[0];
    if (line === undefined) return null;
    return (
      <CellView
        key={source}
        cell={cellOf(values, look === 'value' ? null : seenFrom(row, seen[source]), {
          method,
          environment,
          metric,
        })}
        metric={metric}
        look={look}
        seedsOfAll={seedsOfAll}
        own={source === 'own'}
        opened={
          opened?.source === source &&
          opened.method === method &&
          opened.environment === environment &&
          (opened.line.setting ?? '') === setting
        }
        name={`${rowName(row)}, ${say(FAMILIES[environment])}`}
        onOpen={() => onOpen(source, line)}
      />
    );
  };
  /** Of the paper's benchmarks; a source that has nothing of the method says nothing. */
  const five = (source: CellSource, row: Row) => {
    const values = seenFrom(row, there[source]);
    if (!values.some(({ method }) => method === row.method)) return null;
    const differences = look === 'value' ? null : seenFrom(row, seen[source]);
    const mean = meanOfFive(values, differences, row.method, metric);
    return (
      <FiveView
        key={source}
        mean={mean}
        metric={metric}
        look={look}
        seedsOfAll={seedsOfAll}
        own={source === 'own'}
      />
    );
  };
  return (
    <Scroll label={say('Methods by worlds')}>
      <table>
        <caption>
          {captionOf(there, look)} · {say(METRIC_NAMES[metric])}
          {seedsOfAll !== null && ` · ${count(seedsOfAll, 'seed')}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say('Method')}</th>
            {ENVIRONMENTS.map((environment) => (
              <th scope="col" key={environment}>
                {say(FAMILIES[environment])}
              </th>
            ))}
            <th scope="col">{say('Mean of the five')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.method} ${row.setting}`}>
              <th scope="row">{rowName(row)}</th>
              {ENVIRONMENTS.map((environment) => {
                const cells = SOURCES.flatMap((source) => cell(source, row, environment) ?? []);
                return (
                  <td key={environment}>{cells.length > 0 ? cells : <span className="quiet">–</span>}</td>
                );
              })}
              <td>{SOURCES.map((source) => five(source, row))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The method, and how it was played where that is not the default. */
const rowName = ({ method, setting }: Row): string =>
  setting === ''
    ? methodName(method)
    : `${methodName(method)}, ${setting === REPLIES_BY_MODEL ? say(BY_MODEL) : setting}`;

/** Of how many seeds all lines of a figure are; null: of different numbers, or there are none. */
function seedsIn(lines: readonly CellLine[], metric: Metric): number | null {
  const shown = lines.filter((line) => line.metric === metric);
  const [first, ...others] = new Set(shown.map(({ seeds }) => seeds.length));
  return first !== undefined && others.length === 0 ? first : null;
}

/** What the numbers are; recorded cells and those played here may have different references. */
function captionOf(there: GridProps['there'], look: Look): string {
  const recorded = referenceOf(there.recorded);
  const own = referenceOf(there.own);
  const reference = recorded ?? own;
  if (look === 'value' || reference === null)
    return say('Mean ± half of the 95 % interval over seeds; n episodes');
  if (own === null || own === reference)
    return say('Difference to “{reference}”, seed by seed: mean ± half of the 95 % interval', {
      reference: methodName(reference),
    });
  return say(
    'Difference to “{reference}”, of what was played here to “{own}”, seed by seed: mean ± half of the 95 % interval',
    { reference: methodName(reference), own: methodName(own) },
  );
}
