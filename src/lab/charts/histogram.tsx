/** How many values lie where: bars over an axis with its unit, and the same in words for those who do not see it. */
import { useId } from 'react';
import { compact, grouped } from '../figures';
import { say } from '../language/language';
import { ChartFrame } from './chart-frame';

interface HistogramProps {
  readonly title: string;
  /** Of the values, with their unit. */
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** In equally wide parts of `from` to `to`; at least one is not zero. */
  readonly counts: readonly number[];
}

const WIDTH = 300;
const HEIGHT = 130;
const LEFT = 40;
const RIGHT = 12;
const TOP = 8;
const BOTTOM = 34;

export function Histogram({ title, unit, from, to, counts }: HistogramProps) {
  const id = useId();
  const most = Math.max(...counts);
  const fullest = counts.indexOf(most);
  const part = (to - from) / counts.length;
  const across = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT);
  const up = (count: number) => HEIGHT - BOTTOM - (count / most) * (HEIGHT - TOP - BOTTOM);
  const table = () => ({
    columns: [say('from ({unit})', { unit }), say('to ({unit})', { unit }), say('values§how many')],
    rows: counts.map((count, i) => [from + i * part, from + (i + 1) * part, count]),
  });
  return (
    <ChartFrame title={title} table={table}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>
          {say('From {from} to {to}; most, {most}, lie from {low} to {high}.', {
            from: compact(from),
            to: compact(to),
            most: grouped(most),
            low: compact(from + fullest * part),
            high: compact(from + (fullest + 1) * part),
          })}
        </desc>
        <g className="axes">
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={up(0)} y2={up(0)} className="zero" />
          <text x={LEFT - 6} y={up(0) + 3.5} textAnchor="end">
            0
          </text>
          <text x={LEFT - 6} y={up(most) + 7} textAnchor="end">
            {grouped(most)}
          </text>
          <text x={LEFT} y={HEIGHT - BOTTOM + 14}>
            {compact(from)}
          </text>
          <text x={WIDTH - RIGHT} y={HEIGHT - BOTTOM + 14} textAnchor="end">
            {compact(to)}
          </text>
          <text x={across(0.5)} y={HEIGHT - 4} textAnchor="middle">
            {unit}
          </text>
          <text transform={`translate(10 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} textAnchor="middle">
            {say('values§how many')}
          </text>
        </g>
        {counts.map((count, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a part is its index
            key={i}
            className="histogram-bar"
            x={across(i / counts.length) + 0.5}
            width={(WIDTH - LEFT - RIGHT) / counts.length - 1}
            y={up(count)}
            height={up(0) - up(count)}
          />
        ))}
      </svg>
    </ChartFrame>
  );
}
