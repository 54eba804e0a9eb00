/** Two groups of the task on view that differ in one thing of the method, side by side. */
import { useState } from 'react';
import type { VariantRun } from '../../worker/what-if-protocol';
import { ChartFrame } from '../charts/chart-frame';
import { figure } from '../figures';
import { SpreadChart } from '../group/spread-chart';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
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
  const names = [say(exhibit.names[0]), say(exhibit.names[1])] as const;
  const play = async () => {
    const usual = await line.variant({ task, options, size: SIZE, variant: exhibit.usual });
    const other = usual && (await line.variant({ task, options, size: SIZE, variant: exhibit.other }));
    if (usual && other) show([usual, other]);
  };
  return (
    <>
      <div className="play">
        <button type="button" disabled={blocked} onClick={() => void play()}>
          {say('Play both groups')}
        </button>
        {progress && (
          <span className="quiet" role="status">
            {say('{finished} of {total} rollouts done', progress)}
          </span>
        )}
      </div>
      {runs && (
        <>
          <div className="variants">
            {runs.map((run, i) => (
              <Group key={names[i]} name={names[i]} run={run} />
            ))}
          </div>
          {exhibit.even && runs.every(({ statistics }) => statistics.zeroSpread) && (
            <p className="notice">{say(exhibit.even)}</p>
          )}
          <Means runs={runs} names={names} />
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
        unit={say('reward')}
        table={() => ({
          columns: [say('rollout§column'), say('reward')],
          rows: rewards.map((reward, k) => [String(k + 1), reward]),
        })}
      >
        <SpreadChart rewards={rewards} mean={mean} std={std} />
      </ChartFrame>
      <p className="quiet">
        {zeroSpread
          ? say('No spread: all rewards are equal.')
          : say('Mean {mean}, spread {spread}.', { mean: figure(mean), spread: figure(std) })}
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
    <Scroll>
      <table className="branch-rewards">
        <caption>{say('Mean of each part over the rollouts to which it applies')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('Part')}</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {REWARD_PARTS.map(({ name, label }) => (
            <tr key={name}>
              <th scope="row">{say(label)}</th>
              {runs.map((run, i) => (
                <td key={names[i]} className="number">
                  {meanOf(run, name)}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{say('cut off before the answer')}</th>
            {runs.map((run, i) => (
              <td key={names[i]} className="number">
                {say('{n} of {all}', {
                  n: run.episodes.filter(({ log }) => endedBy(log.at(-1)).startsWith('hard')).length,
                  all: run.episodes.length,
                })}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </Scroll>
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
