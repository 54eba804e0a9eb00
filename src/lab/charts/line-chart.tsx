/**
 * Curves over training steps as SVG: an axis with units, lines told apart by colour, dash and a label at
 * their end, a title and description for those who do not see them, and the same numbers as a table.
 */
import { useId } from 'react';
import { compact } from '../figures';
import type { TermName } from '../glossary';
import { say } from '../language/language';
import { ChartFrame, type LegendEntry } from './chart-frame';
import type { ChartTable } from './chart-table';
import { niceScale, place, type Scale, stepTicks } from './scale';

export interface Series {
  /** At its end. */
  readonly name: string;
  /** In its table and for who does not see it, where the name is only a mark. */
  readonly longName?: string;
  /** One value a step, from step 1; or where `at` says. */
  readonly values: readonly number[];
  /** Steps of the values, ascending, 0 for before the first; they are marked one by one. */
  readonly at?: readonly number[];
  /** Bounds of each value, drawn as a band behind the line. */
  readonly band?: readonly (readonly [low: number, high: number])[];
}

interface LineChartProps {
  readonly title: string;
  /** What the values are, with their unit, e.g. "reward" or "nats". */
  readonly unit: string;
  readonly series: readonly Series[];
  /** A sentence under the title. */
  readonly note?: string;
  readonly term?: TermName;
  /** Steps the run will take: the width of the axis. */
  readonly steps: number;
  /** Values the axis must show. */
  readonly include?: readonly number[];
  /** What the names of the lines stand for, where they do not say it themselves. */
  readonly legend?: readonly LegendEntry[];
}

const WIDTH = 360;
const HEIGHT = 190;
const LEFT = 52;
const RIGHT = 84;
const TOP = 12;
const BOTTOM = 34;

export function LineChart({ title, unit, note, term, series, steps, include = [], legend }: LineChartProps) {
  const id = useId();
  const scale = niceScale(
    series.flatMap(({ values, band = [] }) => [...values, ...band.flat()]),
    include,
  );
  const first = series.some(({ at }) => at?.[0] === 0) ? 0 : 1;
  const last = Math.max(first + 1, steps);
  const x = (step: number) => LEFT + ((step - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => place(scale, value, HEIGHT - BOTTOM, TOP);
  return (
    <ChartFrame title={title} term={term} note={note} legend={legend} table={() => numbersOf(series, unit)}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{description(series, unit)}</desc>
        <Axes scale={scale} unit={unit} last={last} x={x} y={y} />
        {series.map((line, index) => (
          <g key={line.name} className={`line line-${index}`}>
            {line.band && <path className="band" d={bandPath(line, line.band, x, y)} />}
            <path d={path(line, x, y)} />
            {dots(line).map((i) => (
              <circle key={i} cx={x(stepOf(line, i))} cy={y(line.values[i])} r={3} />
            ))}
          </g>
        ))}
        {labels(series, y).map(({ name, index, at }) => (
          <text key={name} className={`line-label line-${index}`} x={WIDTH - RIGHT + 8} y={at + 4}>
            {name}
          </text>
        ))}
      </svg>
    </ChartFrame>
  );
}

interface AxesProps {
  readonly scale: Scale;
  readonly unit: string;
  readonly last: number;
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
}

function Axes({ scale, unit, last, x, y }: AxesProps) {
  return (
    <g className="axes">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} className={tick === 0 ? 'zero' : ''} />
          <text x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end">
            {compact(tick)}
          </text>
        </g>
      ))}
      {stepTicks(last).map((tick) => (
        <text key={tick} x={x(tick)} y={HEIGHT - BOTTOM + 14} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} textAnchor="middle">
        {say('GRPO step')}
      </text>
      <text transform={`translate(10 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} textAnchor="middle">
        {unit}
      </text>
    </g>
  );
}

const stepOf = ({ at }: Series, index: number): number => at?.[index] ?? index + 1;

/** Values that get a dot: the last, or all where they are far between. */
function dots({ values, at }: Series): readonly number[] {
  const shown = at ? values.map((_, i) => i) : values.length > 0 ? [values.length - 1] : [];
  return shown.filter((i) => Number.isFinite(values[i]));
}

/** A line with gaps where a value is not a number. */
function path(line: Series, x: (step: number) => number, y: (value: number) => number): string {
  let text = '';
  let pen = false;
  for (const [index, value] of line.values.entries()) {
    if (Number.isFinite(value))
      text += `${pen ? 'L' : 'M'}${x(stepOf(line, index)).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = Number.isFinite(value);
  }
  return text;
}

/** From the upper bounds along the steps back over the lower ones. */
function bandPath(
  line: Series,
  band: readonly (readonly [low: number, high: number])[],
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const point = (value: number, index: number) =>
    `${x(stepOf(line, index)).toFixed(1)} ${y(value).toFixed(1)}`;
  const upper = band.map(([, high], index) => point(high, index));
  const lower = band.map(([low], index) => point(low, index)).reverse();
  return upper.length === 0 ? '' : `M${[...upper, ...lower].join('L')}Z`;
}

/** Labels at the ends of the lines, pushed apart so that none covers another. */
function labels(series: readonly Series[], y: (value: number) => number) {
  const gap = 13;
  const wanted = series
    .map(({ name, values }, index) => ({ name, index, at: y(values[values.length - 1] ?? 0) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  let floor = TOP;
  const down = wanted.map((label) => {
    const at = Math.max(floor, label.at);
    floor = at + gap;
    return { ...label, at };
  });
  let ceiling = HEIGHT - BOTTOM;
  return down.reverse().map((label) => {
    const at = Math.min(ceiling, label.at);
    ceiling = at - gap;
    return { ...label, at };
  });
}

function description(series: readonly Series[], unit: string): string {
  const told = series
    .filter(({ values }) => values.length > 0)
    .map(({ name, longName = name, values }) =>
      say('{name} went from {first} to {last} {unit}', {
        name: longName,
        first: compact(values[0]),
        last: compact(values[values.length - 1]),
        unit,
      }),
    );
  return told.length === 0
    ? say('No step has been trained yet.')
    : say('{told}.', { told: told.join(say('; §list')) });
}

/** A row a step, a column a line, and two more for the bounds where it has a band. */
function numbersOf(series: readonly Series[], unit: string): ChartTable {
  const steps = [...new Set(series.flatMap((line) => line.values.map((_, i) => stepOf(line, i))))];
  const columns = series.flatMap((line) => columnsOf(line, unit));
  return {
    columns: [say('step'), ...columns.map(({ title }) => title)],
    rows: steps
      .sort((a, b) => a - b)
      .map((step) => [step, ...columns.map(({ values }) => values.get(step) ?? null)]),
  };
}

interface NumbersColumn {
  readonly title: string;
  /** By step. */
  readonly values: ReadonlyMap<number, number>;
}

function columnsOf(line: Series, unit: string): readonly NumbersColumn[] {
  const byStep = (values: readonly number[]) => new Map(values.map((value, i) => [stepOf(line, i), value]));
  const name = line.longName ?? line.name;
  const plain = { title: say('{name} ({unit})', { name, unit }), values: byStep(line.values) };
  if (!line.band) return [plain];
  return [
    plain,
    {
      title: say('{name}, lower bound ({unit})', { name, unit }),
      values: byStep(line.band.map(([low]) => low)),
    },
    {
      title: say('{name}, upper bound ({unit})', { name, unit }),
      values: byStep(line.band.map(([, high]) => high)),
    },
  ];
}
