/** A group that is there: where its rollouts part, what they earned, what each of their steps gets, and forks. */
import { useMemo, useState } from 'react';
import type { AdvantageOptions, GroupRun, TrainingMetrics } from '../../worker/protocol';
import { ChartFrame } from '../charts/chart-frame';
import { figure, signed } from '../figures';
import { SourceMark } from '../shell/panel';
import { ADAPTERS, TOOLS } from '../words';
import { BroadcastChart } from './broadcast-chart';
import { ForkPanel } from './fork-panel';
import { type GroupLook, groupUnder } from './group-state';
import { advantageFormula, creditWords, type Lane, lanesOf, PART_GROUPS } from './lanes';
import { Lanes, PART_LEGEND } from './lanes-view';
import { groupParting } from './parting';
import { SpreadChart } from './spread-chart';
import { Switches } from './switches';

interface ComparisonProps {
  readonly group: GroupRun;
  readonly look: GroupLook;
  readonly latest: TrainingMetrics | null;
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly onRegroup: (options: AdvantageOptions | null) => void;
  readonly onFork: (rollout: number, step: number, size: number) => void;
  readonly onCancel: () => void;
}

export function Comparison(props: ComparisonProps) {
  const { group: played, look, latest, onRegroup } = props;
  const group = useMemo(() => groupUnder(played, look), [played, look]);
  const lanes = useMemo(() => lanesOf(group), [group]);
  const [chosen, choose] = useState(() => best(lanes));
  const at = Math.min(chosen, lanes.length - 1);
  const lane = lanes[at];
  const { statistics, options } = group;
  return (
    <>
      <p className="quiet">
        {group.origin} · {ADAPTERS[group.adapter]} · “{group.task.query}”
      </p>
      <PartingView group={played} />
      <Switches group={played} options={options} changed={look.regrouped !== null} onChange={onRegroup} />
      <ChartFrame
        title="Rewards of the group"
        unit="reward"
        table={() => ({
          columns: ['rollout', 'reward', ...PART_GROUPS, 'A', 'steps'],
          rows: lanes.map((one) => [
            String(one.k + 1),
            one.reward,
            ...one.parts.map(({ value }) => value),
            one.advantage,
            one.steps.length,
          ]),
        })}
      >
        <SpreadChart
          rewards={lanes.map(({ reward }) => reward)}
          mean={statistics.mean}
          std={statistics.std}
        />
      </ChartFrame>
      {statistics.zeroSpread && <ZeroSpread group={group} latest={latest} />}
      <Lanes lanes={lanes} chosen={at} mean={statistics.mean} onChoose={choose} />
      <Legend />
      <LaneDetail group={group} lane={lane} />
      <ForkPanel {...props} group={group} lane={lane} chosen={at} />
    </>
  );
}

function PartingView({ group }: { readonly group: GroupRun }) {
  const parting = useMemo(() => groupParting(group), [group]);
  if (!parting) {
    return <p className="notice">All rollouts are the same from the first event to the last.</p>;
  }
  return (
    <div className="parting" data-lesson="parting">
      <p>
        They begin alike and first part at event {parting.seq + 1}, in step {parting.step} (stage{' '}
        {parting.stage}):
      </p>
      <ul>
        {parting.ways.map(({ words, rollouts }) => (
          <li key={words}>
            <span className="quiet">
              {rollouts.length === 1 ? 'rollout' : 'rollouts'} {rollouts.map((k) => k + 1).join(', ')}:
            </span>{' '}
            {words}
          </li>
        ))}
      </ul>
    </div>
  );
}

function LaneDetail({ group, lane }: { readonly group: GroupRun; readonly lane: Lane }) {
  const { options, statistics } = group;
  return (
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
      <ChartFrame
        title={`Credit of rollout ${lane.k + 1}, step by step`}
        unit="advantage"
        table={() => ({
          columns: ['step', 'stage', 'what it did', 'A'],
          rows: lane.steps.map(({ step, stage, words, advantage }) => [
            String(step),
            String(stage),
            words,
            advantage,
          ]),
        })}
      >
        <BroadcastChart lane={lane} />
      </ChartFrame>
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
  );
}

function best(lanes: readonly Lane[]): number {
  return lanes.reduce((top, lane, index) => (lane.reward > lanes[top].reward ? index : top), 0);
}

function ZeroSpread({
  group,
  latest,
}: {
  readonly group: GroupRun;
  readonly latest: TrainingMetrics | null;
}) {
  const rewards = group.rollouts.map(({ reward }) => reward);
  const alike = PART_GROUPS.length > 0 && rewards.every(({ task }) => task.value === rewards[0].task.value);
  return (
    <p className="notice">
      <strong>No spread.</strong> All rewards are {figure(group.statistics.mean)}. No rollout is better than
      another, so every advantage is zero and this group has no gradient: it teaches nothing.{' '}
      {alike && `Each of them got ${figure(rewards[0].task.value)} for its answer. `}
      {rewards[0].task.value >= 1 && alike
        ? 'A task that is solved every time has nothing left to teach; a harder one would. '
        : 'A policy that always does the same has nothing to compare; other dice, a higher temperature or another task would. '}
      TRL counts such groups as frac_reward_zero_std
      {latest && `; in the last training step it was ${figure(latest.frac_reward_zero_std, 2)}`}.
    </p>
  );
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
        <b className="worse">− worse</b> than the group's mean; <b className="cell-parts-mark">❘</b> here it
        parts from the rollout chosen
      </span>
      {PART_LEGEND.map(({ label, mark }) => (
        <span key={label}>
          <i className={`legend-mark ${mark}`} aria-hidden="true" /> {label}
        </span>
      ))}
      <span>
        <b aria-hidden="true">┆</b> mean of the group
      </span>
    </p>
  );
}
