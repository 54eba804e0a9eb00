/** A fork of one step of the rollout chosen: others go on from the same state, and say how much the step was worth. */
import { useState } from 'react';
import type { GroupRun } from '../../worker/protocol';
import { ChartFrame } from '../charts/chart-frame';
import { say } from '../language/language';
import { Choice, NumberField } from '../shell/fields';
import { SourceMark } from '../shell/panel';
import { Term } from '../shell/term';
import { MAX_GROUP } from '../state/address';
import { ForkChart } from './fork-chart';
import { compareFork, forkWords } from './fork-comparison';
import type { GroupLook } from './group-state';
import type { Lane } from './lanes';
import { briefly } from './parting';

interface ForkPanelProps {
  readonly group: GroupRun;
  readonly lane: Lane;
  /** Index of the lane in the group. */
  readonly chosen: number;
  readonly look: GroupLook;
  readonly blocked: boolean;
  /** Of the continuations being played. */
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly onFork: (rollout: number, step: number, size: number) => void;
  readonly onCancel: () => void;
}

export function ForkPanel({
  group,
  lane,
  chosen,
  look,
  blocked,
  progress,
  onFork,
  onCancel,
}: ForkPanelProps) {
  const [wanted, want] = useState(1);
  const [size, resize] = useState(group.rollouts.length);
  const step = Math.min(wanted, lane.steps.length);
  const fork = look.fork?.rollout === chosen ? look.fork : null;
  return (
    <section className="fork" aria-label={say('Fork')} data-lesson="fork">
      <h3>
        {say('Was it this step?')} <Term name="fork">{say('Fork')}</Term> <SourceMark source="D" />
      </h3>
      <p className="quiet">
        {say(
          'Rollouts that wrote different memories share no state, so the group cannot tell which step made the difference. Continuations of one and the same state can: short-term memory, long-term memory and the past are equal, only the dice differ.',
        )}
      </p>
      <div className="play">
        <Choice
          label={say('From before step')}
          value={String(step)}
          values={lane.steps.map((one) => String(one.step))}
          words={Object.fromEntries(lane.steps.map((one) => [one.step, `${one.step}: ${one.words}`]))}
          onChange={(text) => want(Number(text))}
        />
        <NumberField
          label={say('Continuations')}
          value={size}
          min={2}
          max={MAX_GROUP}
          whole
          onChange={resize}
        />
        <button type="button" disabled={blocked} onClick={() => onFork(chosen, step, size)}>
          {say('Fork here')}
        </button>
        {progress && (
          <>
            <span className="quiet" role="status">
              {say('{finished} of {total} continuations done', { ...progress })}
            </span>
            <button type="button" onClick={onCancel}>
              {say('Cancel fork')}
            </button>
          </>
        )}
      </div>
      {group.adapter === 'trained' && (
        <p className="quiet">
          {say(
            'The adapter trained in this tab may have learned since this group was played; continuations act with it as it is now.',
          )}
        </p>
      )}
      {fork && <ForkResult group={group} chosen={chosen} fork={fork} />}
    </section>
  );
}

interface ForkResultProps {
  readonly group: GroupRun;
  readonly chosen: number;
  readonly fork: NonNullable<GroupLook['fork']>;
}

function ForkResult({ group, chosen, fork }: ForkResultProps) {
  const { run } = fork;
  const comparison = compareFork(group, chosen, run);
  const rewards = run.rollouts.map(({ reward }) => reward.total);
  return (
    <div className="fork-result">
      <ChartFrame
        title={say('Rollout {k}, forked before step {step}', { k: chosen + 1, step: run.step })}
        unit={say('reward')}
        note={say('Each dot is a rollout, the ring is this one, the stroke is the mean.')}
        table={() => ({
          columns: [
            say('continuation'),
            say('reward'),
            say('A among the continuations'),
            say('what it did in step {step}', { step: run.step }),
          ],
          rows: run.rollouts.map(({ reward, advantage, log }, k) => [
            k === 0 ? say('1 (as played)') : String(k + 1),
            reward.total,
            advantage,
            briefly(log, run.step),
          ]),
        })}
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className="scroll" tabIndex={0} aria-label={say('The group and the continuations')}>
          <ForkChart
            group={group.rollouts.map(({ reward }) => reward.total)}
            continuations={rewards}
            comparison={comparison}
            step={run.step}
          />
        </section>
      </ChartFrame>
      {forkWords(comparison, run.step).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p className="quiet">
        {say('A few continuations are a rough measure: the mean is known to ± {error}, one standard error.', {
          error: Number(comparison.uncertainty.toFixed(3)),
        })}
      </p>
    </div>
  );
}
