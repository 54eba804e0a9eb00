/** A group that is there: where its rollouts part, what they earned, what each of their steps gets, and forks. */
import { useMemo, useState } from 'react';
import type { AdvantageOptions, GroupRun, TrainingMetrics } from '../../worker/protocol';
import { ChartFrame } from '../charts/chart-frame';
import type { Cell } from '../charts/chart-table';
import { figure, signed } from '../figures';
import { listed, phrase, say } from '../language/language';
import { retell } from '../language/retell';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { useAdapterNames } from '../shell/adapter-names';
import { SourceMark } from '../shell/panel';
import { Term } from '../shell/term';
import { MARK_LABELS, type MarkName, ToolIcon } from '../shell/tool-mark';
import { TOOL_NAMES } from '../words';
import { BroadcastChart } from './broadcast-chart';
import { ForkPanel } from './fork-panel';
import { type GroupLook, groupUnder } from './group-state';
import {
  advantageFormula,
  creditWords,
  type Lane,
  lanesOf,
  PART_GROUPS,
  PART_WORDS,
  stepSums,
} from './lanes';
import { Lanes } from './lanes-view';
import { groupParting } from './parting';
import { SpreadChart } from './spread-chart';
import { Switches } from './switches';
import { VerdictMark } from './verdict-mark';

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

const ORIGINS = [
  phrase('{n} rollouts of the task on view'),
  phrase('training step {step}, task 1 of {tasks}'),
];

export function Comparison(props: ComparisonProps) {
  const { group: played, look, latest, onRegroup } = props;
  const group = useMemo(() => groupUnder(played, look), [played, look]);
  const language = useLanguage();
  const names = useAdapterNames();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it says is of the language on view
  const lanes = useMemo(() => lanesOf(group), [group, language]);
  const [chosen, choose] = useState(() => best(lanes));
  const at = Math.min(chosen, lanes.length - 1);
  const lane = lanes[at];
  const { statistics, options } = group;
  return (
    <>
      <p className="quiet">
        {retell(group.origin, ORIGINS) ?? <span lang="en">{group.origin}</span>} · {say(names[group.adapter])}{' '}
        · “<span lang="en">{group.task.query}</span>”
      </p>
      <PartingView group={played} />
      <Switches group={played} options={options} changed={look.regrouped !== null} onChange={onRegroup} />
      <ChartFrame
        title={say('Rewards of the group')}
        unit={say('reward')}
        table={() => ({
          columns: laneColumns(),
          rows: lanes.map(laneRow),
        })}
      >
        <SpreadChart
          rewards={lanes.map(({ reward }) => reward)}
          mean={statistics.mean}
          std={statistics.std}
        />
      </ChartFrame>
      {statistics.zeroSpread && <ZeroSpread group={group} latest={latest} />}
      <ChartFrame
        title={say('What each rollout did, and what it was paid')}
        drawn={false}
        table={() => ({
          columns: [...laneColumns(), say('what it did')],
          rows: lanes.map((one) => [...laneRow(one), one.steps.map(({ words }) => words).join('; ')]),
        })}
      >
        <Lanes lanes={lanes} chosen={at} mean={statistics.mean} onChoose={choose} />
      </ChartFrame>
      <Legend />
      <LaneDetail group={group} lane={lane} />
      <ForkPanel {...props} group={group} lane={lane} chosen={at} />
    </>
  );
}

const laneColumns = () => [
  say('rollout§column'),
  say('reward'),
  ...PART_GROUPS.map((name) => say(PART_WORDS[name])),
  'A',
  say('steps'),
];

const laneRow = (lane: Lane): readonly Cell[] => [
  String(lane.k + 1),
  lane.reward,
  ...lane.parts.map(({ value }) => value),
  lane.advantage,
  lane.steps.length,
];

function PartingView({ group }: { readonly group: GroupRun }) {
  const language = useLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it says is of the language on view
  const parting = useMemo(() => groupParting(group), [group, language]);
  if (!parting) {
    return <p className="notice">{say('All rollouts are the same from the first event to the last.')}</p>;
  }
  return (
    <div className="parting" data-lesson="parting">
      <p>
        {say('They begin alike and first part at event {event}, in step {step} (stage {stage}):', {
          event: parting.seq + 1,
          step: parting.step,
          stage: parting.stage,
        })}
      </p>
      <ul>
        {parting.ways.map(({ words, rollouts }) => (
          <li key={words}>
            <span className="quiet">
              {rollouts.length === 1
                ? say('rollout {k}:', { k: rollouts[0] + 1 })
                : say('rollouts {all}:', { all: listed(rollouts.map((k) => String(k + 1))) })}
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
  const sums = stepSums(lane, options);
  return (
    <div className="lane-detail">
      <p className="formula">
        <Term name="A">A</Term>
        <sub>{lane.k + 1}</sub> = {advantageFormula(lane, statistics, options)}
      </p>
      <p>
        {creditWords(options)}{' '}
        <SourceMark
          source={options.mode === 'experiences' ? 'O' : options.mode === 'broadcast' ? 'P' : 'D'}
        />
      </p>
      {sums.length > 0 && (
        <>
          <p className="quiet">
            {say(
              'Number of the rollout, and number of the step: how its return, γ for each step still to come, stands among the steps that start from the same state; 0 where no other does.',
            )}
          </p>
          <ul className="formula">
            {sums.map((sum) => (
              <li key={sum}>{sum}</li>
            ))}
          </ul>
        </>
      )}
      <ChartFrame
        title={say('Credit of rollout {k}, step by step', { k: lane.k + 1 })}
        unit={say('advantage')}
        table={() => ({
          columns: [say('step'), say('stage'), say('what it did'), 'A'],
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
        <summary>{say('Rollout {k}, move by move', { k: lane.k + 1 })}</summary>
        <ol className="moves">
          {lane.steps.map((step) => (
            <li key={step.step}>
              <span className="quiet">{say('stage {stage}', { stage: step.stage })}</span> {step.words}{' '}
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
      <strong>{say('No spread.')}</strong>{' '}
      {say(
        'All rewards are {reward}. No rollout is better than another, so every advantage is zero and this group has no gradient: it teaches nothing.',
        { reward: figure(group.statistics.mean) },
      )}{' '}
      {alike &&
        `${say('Each of them got {reward} for its answer.', { reward: figure(rewards[0].task.value) })} `}
      {rewards[0].task.value >= 1 && alike
        ? say('A task that is solved every time has nothing left to teach; a harder one would.')
        : say(
            'A policy that always does the same has nothing to compare; other dice, a higher temperature or another task would.',
          )}{' '}
      {latest
        ? say('TRL counts such groups as frac_reward_zero_std; in the last training step it was {share}.', {
            share: figure(latest.frac_reward_zero_std, 2),
          })
        : say('TRL counts such groups as frac_reward_zero_std.')}
    </p>
  );
}

const LEGEND = [...TOOL_NAMES, 'nothing', 'act', 'answer', 'malformed'] as readonly MarkName[];

function Legend() {
  return (
    <p className="legend quiet">
      {LEGEND.map((name) => (
        <span key={name} className="legend-icon">
          <ToolIcon name={name} /> {say(MARK_LABELS[name])}
        </span>
      ))}
      <span>
        <Say
          text="{right} {wrong} the answer is right, or not"
          with={{ right: <VerdictMark verdict="right" />, wrong: <VerdictMark verdict="wrong" /> }}
        />
      </span>
      <span>
        <Say
          text="top edge: stage; filling: advantage, {better} or {worse} than the group's mean; {mark} here it parts from the rollout chosen"
          with={{
            better: <b className="better">{say('+ better')}</b>,
            worse: <b className="worse">{say('− worse')}</b>,
            mark: <b className="cell-parts-mark">❘</b>,
          }}
        />
      </span>
      {PART_GROUPS.map((name) => (
        <span key={name}>
          <i className={`legend-mark part-${name}`} aria-hidden="true" /> {say(PART_WORDS[name])}
        </span>
      ))}
      <span>
        <b aria-hidden="true">┆</b> {say('mean of the group')}
      </span>
    </p>
  );
}
