/** Two groups of the task on view that differ in one thing of the method, side by side. */
import { useState } from 'react';
import type { VariantRun } from '../../worker/what-if-protocol';
import { ChartFrame } from '../charts/chart-frame';
import { figure } from '../figures';
import { SpreadChart } from '../group/spread-chart';
import { REWARD_PARTS } from '../words';
import type { VariantExhibit } from './exhibits/exhibit';
import type { ExhibitProps } from './exhibits-view';

const SIZE = 8;

export function VariantView({
  exhibit,
  task,
  options,
  line,
  blocked,
  progress,
}: ExhibitProps & { readonly exhibit: VariantExhibit }) {
  const [runs, show] = useState<readonly [VariantRun, VariantRun] | null>(null);
  const play = async () => {
    const usual = await line.variant({ task, options, size: SIZE, variant: exhibit.usual });
    const other = usual && (await line.variant({ task, options, size: SIZE, variant: exhibit.other }));
    if (usual && other) show([usual, other]);
  };
  return (
    <>
      <div className="play">
        <button type="button" disabled={blocked} onClick={() => void play()}>
          Play both groups
        </button>
        {progress && (
          <span className="quiet" role="status">
            {progress.finished} of {progress.total} rollouts done
          </span>
        )}
      </div>
      {runs && (
        <>
          <div className="variants">
            {runs.map((run, i) => (
              <Group key={exhibit.names[i]} name={exhibit.names[i]} run={run} />
            ))}
          </div>
          <Means runs={runs} names={exhibit.names} />
        </>
      )}
    </>
  );
}

function Group({ name, run }: { readonly name: string; readonly run: VariantRun }) {
  const rewards = run.episodes.map(({ reward }) => reward.total);
  const { mean, std, zeroSpread } = run.statistics;
  return (
    <div>
      <ChartFrame
        title={name}
        unit="reward"
        table={() => ({
          columns: ['rollout', 'reward'],
          rows: rewards.map((reward, k) => [String(k + 1), reward]),
        })}
      >
        <SpreadChart rewards={rewards} mean={mean} std={std} />
      </ChartFrame>
      <p className="quiet">
        {zeroSpread ? 'No spread: all rewards are equal.' : `Mean ${figure(mean)}, spread ${figure(std)}.`}
      </p>
    </div>
  );
}

interface MeansProps {
  readonly runs: readonly [VariantRun, VariantRun];
  readonly names: readonly [string, string];
}

function Means({ runs, names }: MeansProps) {
  return (
    <div className="scroll">
      <table className="branch-rewards">
        <caption>Mean of each part over the rollouts to which it applies</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {REWARD_PARTS.map(({ name }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map((run, i) => (
                <td key={names[i]} className="number">
                  {meanOf(run, name)}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">cut off before the answer</th>
            {runs.map((run, i) => (
              <td key={names[i]} className="number">
                {run.episodes.filter(({ log }) => endedBy(log.at(-1)).startsWith('hard')).length} of{' '}
                {run.episodes.length}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

type Event = VariantRun['episodes'][number]['log'][number];
const endedBy = (event: Event | undefined) => (event?.type === 'episode-ended' ? event.reason : '');

function meanOf({ episodes }: VariantRun, name: string): string {
  const values = episodes.flatMap(({ reward }) => {
    const part = reward.explanation.find((one) => one.name === name);
    return part?.applicable ? [part.value] : [];
  });
  if (values.length === 0) return '–';
  return figure(values.reduce((sum, value) => sum + value, 0) / values.length);
}
