/** The rollouts of one task, compared: rewards with mean and spread, and the advantage each step gets. */
import { type CSSProperties, memo, type ReactNode, useMemo, useState } from 'react';
import type { GroupRun, TrainingMetrics } from '../../worker/protocol';
import { figure, signed } from '../figures';
import { NumberField } from '../shell/fields';
import { Empty, Panel, SourceMark } from '../shell/panel';
import { MAX_GROUP } from '../state/address';
import { ADAPTERS, TOOLS } from '../words';
import { advantageFormula, creditWords, type Lane, lanesOf } from './lanes';
import { SpreadChart } from './spread-chart';

interface GroupPanelProps {
  readonly group: GroupRun | null;
  /** Rollouts that the button plays. */
  readonly size: number;
  readonly latest: TrainingMetrics | null;
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly onRun: () => void;
  readonly onSize: (size: number) => void;
}

export const GroupPanel = memo(function GroupPanel({
  group,
  size,
  latest,
  blocked,
  progress,
  onRun,
  onSize,
}: GroupPanelProps) {
  return (
    <Panel
      title="Group"
      className="group"
      note={
        <>
          The same task, played {size} times with different dice. GRPO asks only which rollouts did better
          than the others. <SourceMark source="P" />
        </>
      }
    >
      <div className="play">
        <button type="button" className="primary" disabled={blocked} onClick={onRun}>
          Run group
        </button>
        <NumberField label="Rollouts" value={size} min={2} max={MAX_GROUP} whole onChange={onSize} />
        {progress && (
          <span className="quiet">
            {progress.finished} of {progress.total} rollouts done
          </span>
        )}
      </div>
      {group ? (
        <Comparison key={group.origin} group={group} latest={latest} />
      ) : (
        <Lanes lanes={waitingLanes(size)} chosen={-1} />
      )}
      {!group && (
        <Empty>
          “Run group” plays the task above {size} times. Each lane will show one rollout, step by step.
        </Empty>
      )}
    </Panel>
  );
});

/** Lanes before there is anything in them. */
function waitingLanes(size: number): readonly Lane[] {
  return Array.from({ length: size }, (_, k) => ({
    k,
    reward: Number.NaN,
    advantage: Number.NaN,
    answer: null,
    steps: [],
  }));
}

function Comparison({
  group,
  latest,
}: {
  readonly group: GroupRun;
  readonly latest: TrainingMetrics | null;
}) {
  const lanes = useMemo(() => lanesOf(group), [group]);
  const [chosen, choose] = useState(() => best(lanes));
  const lane = lanes[Math.min(chosen, lanes.length - 1)];
  const { statistics, options } = group;
  return (
    <>
      <p className="quiet">
        {group.origin} · {ADAPTERS[group.adapter]} · “{group.task.query}”
      </p>
      <SpreadChart rewards={lanes.map(({ reward }) => reward)} mean={statistics.mean} std={statistics.std} />
      {statistics.zeroSpread && <ZeroSpread reward={statistics.mean} latest={latest} />}
      <Lanes lanes={lanes} chosen={chosen} onChoose={choose} />
      <Legend />
      <div className="lane-detail">
        <p className="formula">
          A<sub>{lane.k + 1}</sub> = {advantageFormula(lane, statistics, options)}
        </p>
        <p>
          {creditWords(options)}{' '}
          <SourceMark
            source={options.mode === 'experiences' ? 'O' : options.mode === 'broadcast' ? 'P' : 'D'}
          />
        </p>
        <details>
          <summary>Rollout {lane.k + 1}, move by move</summary>
          <ol className="moves">
            {lane.steps.map((step) => (
              <li key={step.step}>
                <span className="quiet">stage {step.stage}</span> {step.words}{' '}
                <span className="quiet">A = {signed(step.advantage)}</span>
              </li>
            ))}
          </ol>
        </details>
      </div>
    </>
  );
}

function best(lanes: readonly Lane[]): number {
  return lanes.reduce((top, lane, index) => (lane.reward > lanes[top].reward ? index : top), 0);
}

function ZeroSpread({
  reward,
  latest,
}: {
  readonly reward: number;
  readonly latest: TrainingMetrics | null;
}) {
  return (
    <p className="notice">
      <strong>No spread.</strong> All rewards are {figure(reward)}. No rollout is better than another, so
      every advantage is zero and this group has no gradient: it teaches nothing. TRL counts such groups as
      frac_reward_zero_std
      {latest && `; in the last training step it was ${figure(latest.frac_reward_zero_std, 2)}`}.
    </p>
  );
}

interface LanesProps {
  readonly lanes: readonly Lane[];
  readonly chosen: number;
  readonly onChoose?: (lane: number) => void;
}

function Lanes({ lanes, chosen, onChoose }: LanesProps) {
  const rewards = lanes.map(({ reward }) => reward).filter(Number.isFinite);
  const low = Math.min(0, ...rewards);
  const span = Math.max(1, ...rewards) - low;
  const most = Math.max(1e-9, ...lanes.map(({ advantage }) => Math.abs(advantage) || 0));
  return (
    <fieldset className="lanes">
      <legend className="visually-hidden">Rollouts</legend>
      {lanes.map((lane, index) => (
        <label key={lane.k} className={`lane${index === chosen ? ' lane-chosen' : ''}`}>
          <span className="lane-name">
            <input
              type="radio"
              name="lane"
              disabled={!onChoose}
              checked={index === chosen}
              onChange={() => onChoose?.(index)}
            />
            {lane.k + 1}
          </span>
          <Cells lane={lane} most={most} />
          <Bar className="lane-reward" from={low} span={span} value={lane.reward}>
            {Number.isFinite(lane.reward) ? `r = ${figure(lane.reward, 2)}` : ''}
          </Bar>
          <span
            className={`lane-advantage ${tone(lane.advantage)}`}
            style={{ '--size': (Math.abs(lane.advantage) / most || 0).toFixed(3) } as CSSProperties}
          >
            <i aria-hidden="true" />
            <span>{Number.isFinite(lane.advantage) ? `A = ${signed(lane.advantage)}` : ''}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Cells({ lane, most }: { readonly lane: Lane; readonly most: number }) {
  return (
    <span className="cells">
      {lane.steps.map((step) => (
        <span
          key={step.step}
          className={`cell stage-${step.stage} ${tone(step.advantage)}`}
          style={{ '--size': (Math.abs(step.advantage) / most).toFixed(3) } as CSSProperties}
          title={`stage ${step.stage}: ${step.words}; A = ${signed(step.advantage)}`}
        >
          {step.letter}
        </span>
      ))}
    </span>
  );
}

interface BarProps {
  readonly className: string;
  readonly from: number;
  readonly span: number;
  readonly value: number;
  readonly children: ReactNode;
}

function Bar({ className, from, span, value, children }: BarProps) {
  const share = (at: number) => `${(((at - from) / span) * 100).toFixed(1)}%`;
  const known = Number.isFinite(value);
  const style = {
    '--from': share(known ? Math.min(0, value) : 0),
    '--to': share(known ? Math.max(0, value) : 0),
  } as CSSProperties;
  return (
    <span className={className} style={style}>
      <i aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}

function tone(advantage: number): 'better' | 'worse' | 'even' {
  if (advantage > 0) return 'better';
  return advantage < 0 ? 'worse' : 'even';
}

function Legend() {
  return (
    <p className="legend quiet">
      {Object.entries(TOOLS).map(([name, { letter }]) => (
        <span key={name}>
          <b>{letter}</b> {name}
        </span>
      ))}
      <span>
        <b>✓</b> answer
      </span>
      <span>
        <b>!</b> malformed
      </span>
      <span>
        top edge: stage; filling: advantage, <b className="better">+ better</b> or{' '}
        <b className="worse">− worse</b> than the group's mean
      </span>
    </p>
  );
}
