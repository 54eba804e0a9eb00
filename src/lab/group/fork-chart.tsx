/** The group above, the continuations of one of its states below, on one axis of rewards; between them what was there before and what came after. */
import { useId } from 'react';
import { niceScale, place } from '../charts/scale';
import { figure, signed } from '../figures';
import { say } from '../language/language';
import type { ForkComparison } from './fork-comparison';

interface ForkChartProps {
  readonly group: readonly number[];
  readonly continuations: readonly number[];
  readonly comparison: ForkComparison;
  readonly step: number;
}

const WIDTH = 560;
const LEFT = 96;
const RIGHT = WIDTH - 20;
const GROUP = 34;
const BEFORE = 66;
const AFTER = 88;
const FORK = 120;

export function ForkChart({ group, continuations, comparison, step }: ForkChartProps) {
  const id = useId();
  const { reward, groupMean, forkMean, before, after } = comparison;
  const scale = niceScale([...group, ...continuations], [groupMean, forkMean], 6);
  const x = (value: number) => place(scale, value, LEFT, RIGHT);
  return (
    <svg
      className="fork-chart"
      viewBox={`0 0 ${WIDTH} 164`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{say('The group and the continuations from step {step}', { step })}</title>
      <desc id={`${id}-desc`}>
        {say(
          'Group mean {group}, mean of the continuations {fork}, this rollout {own}: {before} before step {step}, {after} from it on.',
          {
            group: figure(groupMean),
            fork: figure(forkMean),
            own: figure(reward),
            before: signed(before, 3),
            after: signed(after, 3),
            step,
          },
        )}
      </desc>
      {scale.ticks.map((tick) => (
        <g key={tick} className="axes">
          <line x1={x(tick)} x2={x(tick)} y1={18} y2={138} />
          <text x={x(tick)} y={156} textAnchor="middle">
            {figure(tick, 2)}
          </text>
        </g>
      ))}
      <Row label={say('group')} y={GROUP} rewards={group} mean={groupMean} x={x} own={reward} />
      <Row label={say('from here on')} y={FORK} rewards={continuations} mean={forkMean} x={x} own={reward} />
      <line className="fork-guide" x1={x(groupMean)} x2={x(groupMean)} y1={GROUP} y2={BEFORE} />
      <line className="fork-guide" x1={x(forkMean)} x2={x(forkMean)} y1={BEFORE} y2={FORK} />
      <line className="fork-guide" x1={x(reward)} x2={x(reward)} y1={GROUP} y2={FORK} />
      <Part label={say('before§the step')} y={BEFORE} from={x(groupMean)} to={x(forkMean)} value={before} />
      <Part label={say('since§the step')} y={AFTER} from={x(forkMean)} to={x(reward)} value={after} />
    </svg>
  );
}

interface RowProps {
  readonly label: string;
  readonly y: number;
  readonly rewards: readonly number[];
  readonly mean: number;
  readonly own: number;
  readonly x: (value: number) => number;
}

function Row({ label, y, rewards, mean, own, x }: RowProps) {
  return (
    <g>
      <text className="chart-text" x={4} y={y + 4}>
        {label}
      </text>
      <line className="spread-axis" x1={LEFT} x2={RIGHT} y1={y} y2={y} />
      {rewards.map((reward, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rollout is its place
        <circle key={k} className="spread-dot" cx={x(reward)} cy={y} r={4.5}>
          <title>{figure(reward)}</title>
        </circle>
      ))}
      <line className="spread-mean" x1={x(mean)} x2={x(mean)} y1={y - 9} y2={y + 9} />
      <circle className="fork-own" cx={x(own)} cy={y} r={7} />
    </g>
  );
}

interface PartProps {
  readonly label: string;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

function Part({ label, y, from, to, value }: PartProps) {
  const right = Math.max(from, to);
  const end = right > WIDTH - 90;
  return (
    <g className={value > 0 ? 'better' : value < 0 ? 'worse' : 'even'}>
      <text className="chart-text" x={4} y={y + 5}>
        {label}
      </text>
      <rect
        className="fork-part"
        x={Math.min(from, to)}
        width={Math.max(2, Math.abs(to - from))}
        y={y - 6}
        height={12}
      />
      <text
        className="chart-label"
        x={end ? Math.min(from, to) - 6 : right + 12}
        y={y + 5}
        textAnchor={end ? 'end' : 'start'}
      >
        {signed(value, 3)}
      </text>
    </g>
  );
}
