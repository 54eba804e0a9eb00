/** Rewards of a group on one axis: a dot for each rollout, the mean, and one standard deviation around it. */
import { useId } from 'react';
import { niceScale, place } from '../charts/scale';
import { figure } from '../figures';
import { listed, say } from '../language/language';

interface SpreadChartProps {
  readonly rewards: readonly number[];
  readonly mean: number;
  /** With K − 1. */
  readonly std: number;
}

const WIDTH = 420;
const LEFT = 16;
const RIGHT = WIDTH - 16;
const LINE = 40;

export function SpreadChart({ rewards, mean, std }: SpreadChartProps) {
  const id = useId();
  const scale = niceScale(rewards, [mean - std, mean + std], 6);
  const x = (value: number) => place(scale, value, LEFT, RIGHT);
  return (
    <svg className="spread" viewBox={`0 0 ${WIDTH} 68`} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
      <title id={`${id}-title`}>{say('Rewards of the group')}</title>
      <desc id={`${id}-desc`}>
        {say('Mean {mean}, standard deviation {std}; rewards {rewards}.', {
          mean: figure(mean),
          std: figure(std),
          rewards: listed(rewards.map((r) => figure(r, 2))),
        })}
      </desc>
      <rect
        className="spread-band"
        x={x(mean - std)}
        width={Math.max(1, x(mean + std) - x(mean - std))}
        y={20}
        height={28}
      />
      <line className="spread-axis" x1={LEFT} x2={RIGHT} y1={LINE} y2={LINE} />
      {scale.ticks.map((tick) => (
        <g key={tick} className="axes">
          <line x1={x(tick)} x2={x(tick)} y1={LINE - 3} y2={LINE + 3} />
          <text x={x(tick)} y={62} textAnchor="middle">
            {figure(tick)}
          </text>
        </g>
      ))}
      <line className="spread-mean" x1={x(mean)} x2={x(mean)} y1={18} y2={50} />
      <text
        className="spread-label"
        x={x(mean)}
        y={12}
        textAnchor={x(mean) < 120 ? 'start' : x(mean) > WIDTH - 120 ? 'end' : 'middle'}
      >
        {say('mean {mean}, std {std}', { mean: figure(mean), std: figure(std) })}
      </text>
      {stacked(rewards).map(({ k, reward, level }) => (
        <circle key={k} cx={x(reward)} cy={LINE - 6 - level * 7} r={4.5} className="spread-dot">
          <title>{say('rollout {k}: {reward}', { k: k + 1, reward: figure(reward) })}</title>
        </circle>
      ))}
    </svg>
  );
}

/** Equal rewards stand on one another instead of hiding each other, closer where there are many. */
function stacked(rewards: readonly number[]): { k: number; reward: number; level: number }[] {
  const below = rewards.map(
    (reward, k) => rewards.slice(0, k).filter((earlier) => Math.abs(earlier - reward) < 1e-9).length,
  );
  const apart = Math.min(0.6, 1.8 / Math.max(1, ...below));
  return rewards.map((reward, k) => ({ k, reward, level: below[k] * apart }));
}
