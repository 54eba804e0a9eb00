/**
 * Scores of all entries for a query, best first, as one falling line: what top_k takes is filled, and where theta
 * cuts is a line. A memory of fifty thousand is drawn as the few hundred points a screen can show.
 */
import { useId, useRef } from 'react';
import type { SearchMode, SearchView } from '../../worker/memory-protocol';
import { ChartFrame } from '../charts/chart-frame';
import { niceScale, place } from '../charts/scale';
import { useWidth } from '../charts/use-width';
import { count, figure, grouped } from '../figures';
import { type Phrase, phrase, say } from '../language/language';

/** Until the width on the page is known. */
const USUAL_WIDTH = 640;
const HEIGHT = 132;
const LEFT = 44;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 32;
/** Most points drawn. */
const POINTS = 300;

const AXIS: Readonly<Record<SearchMode, Phrase>> = {
  dense: phrase('cosine'),
  lexical: phrase('BM25'),
  hybrid: phrase('rank fusion'),
};

export function ScoreStrip({ search }: { readonly search: SearchView }) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, USUAL_WIDTH);
  const { scores, theta, topK, mode } = search;
  if (scores.length === 0) return null;
  const dense = mode === 'dense';
  const values = scores.map(({ score }) => score);
  const scale = niceScale([values[0], values[values.length - 1]], dense ? [0, theta] : [0]);
  const last = Math.max(2, scores.length);
  const x = (rank: number) => LEFT + ((rank - 1) / (last - 1)) * (width - LEFT - RIGHT);
  const y = (value: number) => place(scale, value, HEIGHT - BOTTOM, TOP);
  const ranks = sampled(scores.length, topK);
  const line = (upTo: number) =>
    ranks
      .filter((rank) => rank <= upTo)
      .map(
        (rank, index) => `${index === 0 ? 'M' : 'L'}${x(rank).toFixed(1)} ${y(values[rank - 1]).toFixed(1)}`,
      )
      .join('');
  const taken = Math.min(topK, scores.length);
  const above = scores.filter(({ cosine }) => cosine >= theta).length;
  return (
    <ChartFrame
      title={say('Scores of all entries, best first')}
      className="strip"
      table={() => ({
        columns: [
          say('entry§one'),
          say('cosine'),
          say('BM25'),
          ...(mode === 'hybrid' ? [say(AXIS.hybrid)] : []),
        ],
        rows: scores.map(({ id: entry, score, cosine, lexical }) => [
          entry,
          cosine,
          lexical,
          ...(mode === 'hybrid' ? [score] : []),
        ]),
      })}
    >
      <div ref={frame}>
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
          <title id={`${id}-title`}>{say('Scores of all entries, best first')}</title>
          <desc id={`${id}-desc`}>
            {say(
              '{entries}, {axis} from {most} down to {least}. top_k takes the best {taken}. {above} have a cosine of at least theta = {theta}.',
              {
                entries: count(scores.length, 'entry', 'entries'),
                axis: say(AXIS[mode]),
                most: figure(values[0]),
                least: figure(values[values.length - 1]),
                taken,
                above,
                theta: figure(theta),
              },
            )}
          </desc>
          <g className="axes">
            {scale.ticks.map((tick) => (
              <g key={tick}>
                <line
                  x1={LEFT}
                  x2={width - RIGHT}
                  y1={y(tick)}
                  y2={y(tick)}
                  className={tick === 0 ? 'zero' : ''}
                />
                <text x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end">
                  {figure(tick, 2)}
                </text>
              </g>
            ))}
            <text x={LEFT} y={HEIGHT - 16} textAnchor="start">
              1
            </text>
            {scores.length > 1 && (
              <text x={width - RIGHT} y={HEIGHT - 16} textAnchor="end">
                {grouped(scores.length)}
              </text>
            )}
            <text x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 3} textAnchor="middle">
              {say('place among all entries')}
            </text>
            <text transform={`translate(9 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} textAnchor="middle">
              {say(AXIS[mode])}
            </text>
          </g>
          <path
            className="strip-taken"
            d={`${line(taken)}L${x(taken).toFixed(1)} ${y(scale.min)}L${x(1)} ${y(scale.min)}Z`}
          />
          <path className="strip-line" d={line(scores.length)} />
          {ranks.length <= 60 &&
            ranks.map((rank) => (
              <circle
                key={rank}
                className={rank <= taken ? 'strip-dot taken' : 'strip-dot'}
                cx={x(rank)}
                cy={y(values[rank - 1])}
                r={3}
              />
            ))}
          {dense && (
            <g className="strip-cut theta">
              <line x1={LEFT} x2={width - RIGHT} y1={y(theta)} y2={y(theta)} />
              <text x={width - RIGHT} y={y(theta) - 4} textAnchor="end">
                θ = {figure(theta)}
              </text>
            </g>
          )}
          <g className="strip-cut">
            <line x1={x(taken + 0.5)} x2={x(taken + 0.5)} y1={TOP - 6} y2={HEIGHT - BOTTOM} />
            <text x={Math.min(x(taken + 0.5) + 5, width - 80)} y={TOP} lang="en">
              top_k = {topK}
            </text>
          </g>
        </svg>
      </div>
      <p className="quiet">
        {say('Retrieve_memory takes the best {n}, whatever their score.', { n: topK })}{' '}
        {dense
          ? say('From θ on, two texts count as being about the same: {entries} here.', {
              entries: count(above, 'entry', 'entries'),
            })
          : say('θ is a bound on the cosine: {entries} reach it.', {
              entries: count(above, 'entry', 'entries'),
            })}
      </p>
    </ChartFrame>
  );
}

/** Ranks to draw: all of the best, then evenly spaced ones, always the last. */
function sampled(length: number, topK: number): readonly number[] {
  if (length <= POINTS) return Array.from({ length }, (_, i) => i + 1);
  const ranks = new Set<number>();
  for (let rank = 1; rank <= Math.min(topK + 1, POINTS); rank++) ranks.add(rank);
  for (let i = 0; i < POINTS; i++) ranks.add(1 + Math.round((i / (POINTS - 1)) * (length - 1)));
  return [...ranks].sort((a, b) => a - b);
}
