/** A part as the rules score it against the judge: on the diagonal they agree. Equal pairs are one dot, larger the more. */
import { useId } from 'react';
import type { PartAgreement } from '../../worker/judge-protocol';
import { place } from '../charts/scale';
import { figure } from '../figures';
import { say } from '../language/language';
import { JUDGED_PARTS } from './judge-words';

const SIZE = 230;
const LOW = 50;
const HIGH = SIZE - 14;
const UNIT = { min: 0, max: 1, ticks: [0, 0.5, 1] } as const;

export function AgreementChart({ part }: { readonly part: PartAgreement }) {
  const id = useId();
  const x = (value: number) => place(UNIT, value, LOW, HIGH);
  const y = (value: number) => place(UNIT, value, SIZE - LOW, SIZE - HIGH);
  const n = part.pairs.length;
  return (
    <svg
      className="agreement-chart"
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{say(JUDGED_PARTS[part.part].label)}</title>
      <desc id={`${id}-desc`}>
        {say(
          '{n} episodes: the rules across, the judge upwards; where both agree they lie on the diagonal.',
          {
            n,
          },
        )}
      </desc>
      <g className="axes">
        {UNIT.ticks.map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} />
            <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <text x={x(tick)} y={y(0) + 26} textAnchor="middle">
              {figure(tick)}
            </text>
            <text x={x(0) - 14} y={y(tick) + 4} textAnchor="end">
              {figure(tick)}
            </text>
          </g>
        ))}
        <text x={x(0.5)} y={SIZE - 4} textAnchor="middle">
          {say('rules§axis')}
        </text>
        <text transform={`translate(12 ${y(0.5)}) rotate(-90)`} textAnchor="middle">
          {say('judge§axis')}
        </text>
      </g>
      <line className="agreement-diagonal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
      {together(part.pairs).map(({ ruled, judged, count }) => (
        <circle
          key={`${ruled} ${judged}`}
          className="agreement-dot"
          cx={x(ruled)}
          cy={y(judged)}
          r={3 + 9 * Math.sqrt(count / n)}
        >
          <title>
            {say('{count} of {n}: rules {ruled}, judge {judged}', {
              count,
              n,
              ruled: figure(ruled),
              judged: figure(judged),
            })}
          </title>
        </circle>
      ))}
    </svg>
  );
}

/** Equal pairs, counted. */
function together(pairs: PartAgreement['pairs']) {
  const found = new Map<string, { ruled: number; judged: number; count: number }>();
  for (const { ruled, judged } of pairs) {
    const key = `${ruled} ${judged}`;
    const dot = found.get(key) ?? { ruled, judged, count: 0 };
    dot.count++;
    found.set(key, dot);
  }
  // Larger ones first, so that none is hidden.
  return [...found.values()].sort((a, b) => b.count - a.count);
}
