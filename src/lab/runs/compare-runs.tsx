/** Runs over each other: a letter for each, its curves in one colour in every chart, and the settings they differ in. */
import { useEffect, useState } from 'react';
import type { LabError, TrainingMetrics } from '../../worker/protocol';
import type { RunCurves, RunFacts } from '../../worker/runs-protocol';
import type { LegendEntry } from '../charts/chart-frame';
import { LineChart, type Series } from '../charts/line-chart';
import { type Phrase, phrase, say } from '../language/language';
import { ErrorWords } from '../shell/notices';
import { Scroll } from '../shell/scroll';
import type { RunsLine } from '../state/runs-line';
import { labErrorOf } from '../state/worker-client';
import { differencesOf } from './differences';
import { runName } from './run-words';

/** As many as there are colours of lines. */
export const MOST_COMPARED = 6;

const letter = (at: number) => String.fromCharCode(65 + at);
const longName = (run: RunFacts, at: number) => `${letter(at)}: ${runName(run)}`;

interface Compared {
  readonly title: Phrase;
  readonly unit: Phrase;
  readonly include: readonly number[];
  readonly read: (metrics: TrainingMetrics) => number;
}

const CURVES: readonly Compared[] = [
  {
    title: phrase('Reward, training tasks'),
    unit: phrase('mean over rollouts'),
    include: [0, 1],
    read: (m) => m.reward,
  },
  {
    title: phrase('Task part'),
    unit: phrase('mean over rollouts'),
    include: [0, 1],
    read: (m) => m.rewards.task.mean,
  },
  {
    title: phrase('Context part'),
    unit: phrase('mean over rollouts'),
    include: [0, 1],
    read: (m) => m.rewards.context.mean,
  },
  {
    title: phrase('Memory part'),
    unit: phrase('mean over rollouts'),
    include: [0, 1],
    read: (m) => m.rewards.memory.mean,
  },
  { title: phrase('KL to the base policy'), unit: phrase('nats per token'), include: [0], read: (m) => m.kl },
  { title: phrase('Entropy'), unit: phrase('nats per token'), include: [0], read: (m) => m.entropy },
  { title: phrase('Gradient norm'), unit: phrase('before clipping'), include: [0], read: (m) => m.grad_norm },
];

interface CompareRunsProps {
  readonly line: RunsLine;
  /** Those that are chosen. */
  readonly runs: readonly RunFacts[];
  /** Another text: they may have gone on. */
  readonly moment: string;
}

export function CompareRuns({ line, runs, moment }: CompareRunsProps) {
  const [read, take] = useState<readonly RunCurves[]>([]);
  const [trouble, tell] = useState<LabError | null>(null);
  const wanted = runs.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moment` says that a run may have more steps
  useEffect(() => {
    let current = true;
    const ids = wanted === '' ? [] : wanted.split(' ');
    if (ids.length < 2) return;
    line.call('readRuns', { ids }).then(
      (curves) => {
        if (!current) return;
        tell(null);
        take(curves);
      },
      (error: unknown) => current && tell(labErrorOf(error, say('Choose other runs.'))),
    );
    return () => {
      current = false;
    };
  }, [line, wanted, moment]);
  const shown = runs.flatMap((run) => {
    const curves = read.find(({ id }) => id === run.id);
    return curves ? [{ run, curves }] : [];
  });
  return (
    <section className="compare-runs" aria-label={say('Runs compared')}>
      <h3>{say('Compared')}</h3>
      {trouble && (
        <p className="warning">
          <ErrorWords error={trouble} />
        </p>
      )}
      {runs.length < 2 || shown.length < 2 ? (
        <p className="empty">{say('Choose two to six runs to see their curves over each other.')}</p>
      ) : (
        <Curves shown={shown} />
      )}
    </section>
  );
}

interface Shown {
  readonly run: RunFacts;
  readonly curves: RunCurves;
}

function Curves({ shown }: { readonly shown: readonly Shown[] }) {
  const legend: readonly LegendEntry[] = shown.map(({ run }, i) => ({
    label: longName(run, i),
    mark: `run-line-${i}`,
  }));
  const steps = Math.max(...shown.map(({ curves }) => curves.settings.steps));
  const heldOut: readonly Series[] = shown.map(({ run, curves }, i) => ({
    name: letter(i),
    longName: longName(run, i),
    at: curves.heldOut.map(({ step }) => step),
    values: curves.heldOut.map(({ evaluation }) => evaluation.reward),
  }));
  const [reward, ...others] = CURVES;
  const chart = ({ title, unit, include, read }: Compared) => (
    <LineChart
      key={title}
      title={say(title)}
      unit={say(unit)}
      steps={steps}
      include={include}
      legend={legend}
      series={shown.map(({ run, curves }, i) => ({
        name: letter(i),
        longName: longName(run, i),
        values: curves.metrics.map(read),
      }))}
    />
  );
  return (
    <>
      <Differences shown={shown} />
      <div className="charts">
        {chart(reward)}
        {heldOut.some(({ values }) => values.length > 0) && (
          <LineChart
            title={say('Reward, held-out tasks')}
            unit={say('mean over episodes')}
            steps={steps}
            include={[0, 1]}
            legend={legend}
            series={heldOut}
          />
        )}
        {others.map(chart)}
      </div>
    </>
  );
}

function Differences({ shown }: { readonly shown: readonly Shown[] }) {
  const differences = differencesOf(shown.map(({ curves }) => curves));
  return (
    <Scroll>
      <table className="run-differences">
        <caption>
          {differences.length === 0
            ? say('They are trained with the same settings.')
            : say('Where they differ')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say('Setting')}</th>
            {shown.map(({ run }, i) => (
              <th scope="col" key={run.id}>
                <i className={`legend-mark run-line-${i}`} aria-hidden="true" />
                <span translate="no">{longName(run, i)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differences.map(({ field, values }) => (
            <tr key={field}>
              <th scope="row">{field === 'seed' ? say('Run seed') : <code>{field}</code>}</th>
              {values.map((value, i) => (
                <td key={shown[i].run.id}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
