/**
 * How one number becomes the credit of many steps: the reward comes at the last step, and its advantage is handed
 * back over the steps before it, as the mode on view hands it. Bars show what each step gets.
 */
import { useId, useRef } from 'react';
import { useWidth } from '../charts/use-width';
import { figure, signed } from '../figures';
import { listed, say } from '../language/language';
import { ToolIcon } from '../shell/tool-mark';
import type { Lane } from './lanes';
import { VERDICTS } from './verdict-mark';

/** Of a step; less where the page is narrow, and then as little as its number needs. */
const STEP = 46;
const LEAST_STEP = 34;
const LEFT = 38;
/** Until the width on the page is known. */
const USUAL_WIDTH = 640;
const BOX = 26;
/** Baselines: boxes, then bars either side of a zero line. */
const BOXES = 74;
const ZERO = 156;
const BAR = 32;

export function BroadcastChart({ lane }: { readonly lane: Lane }) {
  const id = useId();
  const frame = useRef<HTMLElement>(null);
  const room = useWidth(frame, USUAL_WIDTH);
  const { steps } = lane;
  const each = Math.max(LEAST_STEP, Math.min(STEP, Math.floor((room - LEFT) / steps.length)));
  const x = (index: number) => LEFT + index * each + each / 2;
  const last = x(steps.length - 1);
  const width = Math.max(160, LEFT + steps.length * each);
  const most = Math.max(1e-9, ...steps.map(({ advantage }) => Math.abs(advantage)));
  const paid = steps.filter(({ advantage }) => advantage !== 0).length;
  const title = say('Credit of the steps of rollout {k}', { k: lane.k + 1 });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label={title} ref={frame}>
      <svg
        className="broadcast"
        viewBox={`0 0 ${width} 206`}
        width={width}
        height={206}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>
          {say('Reward {reward} at the last of {steps} steps; {paid} steps get credit: {credits}.', {
            reward: figure(lane.reward),
            steps: steps.length,
            paid,
            credits: listed(
              steps.map(({ step, advantage }) =>
                say('step {step} {advantage}', { step, advantage: signed(advantage) }),
              ),
            ),
          })}
        </desc>
        <text className="chart-text" x={4} y={BOXES + 18}>
          {say('step')}
        </text>
        <text className="chart-text" x={4} y={ZERO + 4}>
          A
        </text>
        {steps.map(({ step, stage, marks, verdict, advantage }, i) => (
          <g key={step} className={`stage-${stage}`}>
            {advantage !== 0 && i < steps.length - 1 && (
              <path
                className={`broadcast-arc ${advantage > 0 ? 'better' : 'worse'}`}
                d={`M ${last} ${BOXES} Q ${(last + x(i)) / 2} ${BOXES - 22 - (44 * (steps.length - 1 - i)) / Math.max(1, steps.length - 1)} ${x(i)} ${BOXES - 2}`}
              />
            )}
            {advantage !== 0 && i < steps.length - 1 && (
              <path
                className={`broadcast-head ${advantage > 0 ? 'better' : 'worse'}`}
                d={`M ${x(i)} ${BOXES} l -4 -7 l 8 0 z`}
              />
            )}
            <rect className="broadcast-box" x={x(i) - BOX / 2} y={BOXES} width={BOX} height={BOX} rx={4} />
            <ToolIcon name={marks[0]} at={[x(i) - (verdict ? 12 : 8), BOXES + 5]} />
            {verdict && (
              <text
                className={`broadcast-verdict ${verdict}`}
                x={x(i) + 8}
                y={BOXES + 18}
                textAnchor="middle"
              >
                {VERDICTS[verdict]}
              </text>
            )}
            <text className="chart-text" x={x(i)} y={BOXES + 40} textAnchor="middle">
              {step}
            </text>
            <rect
              className={`broadcast-bar ${advantage > 0 ? 'better' : 'worse'}`}
              x={x(i) - 11}
              width={22}
              y={advantage > 0 ? ZERO - (BAR * advantage) / most : ZERO}
              height={(BAR * Math.abs(advantage)) / most}
            />
            <text
              className="chart-text"
              x={x(i)}
              y={advantage > 0 ? ZERO + 13 : ZERO + 13 + (BAR * Math.abs(advantage)) / most}
              textAnchor="middle"
            >
              {signed(advantage)}
            </text>
          </g>
        ))}
        <line className="spread-axis" x1={LEFT} x2={LEFT + steps.length * each} y1={ZERO} y2={ZERO} />
        <path className="broadcast-reward" d={`M ${last} 18 V ${BOXES - 2}`} />
        <text className="chart-label" x={last + each / 2} y={12} textAnchor="end">
          {`r = ${figure(lane.reward, 2)}`}
        </text>
      </svg>
    </section>
  );
}
