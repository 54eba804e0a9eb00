/** Two recorded training runs over each other, and what each could do before and after on held-out tasks. */
import { useEffect, useState } from 'react';
import { LineChart } from '../charts/line-chart';
import { figure } from '../figures';
import type { RecordingExhibit } from './exhibits/exhibit';
import { type RecordedTraining, readRecording } from './recording';

type Loaded = readonly [RecordedTraining, RecordedTraining] | 'loading' | 'failed';

export function RecordingView({ exhibit }: { readonly exhibit: RecordingExhibit }) {
  const [loaded, keep] = useState<Loaded>('loading');
  useEffect(() => {
    let wanted = true;
    exhibit
      .load()
      .then(([one, other]) => wanted && keep([readRecording(one), readRecording(other)]))
      .catch(() => wanted && keep('failed'));
    return () => {
      wanted = false;
    };
  }, [exhibit]);
  if (loaded === 'loading') return <p className="empty">Loading the recorded runs …</p>;
  if (loaded === 'failed')
    return (
      <p className="warning" role="alert">
        The recorded runs could not be loaded. Reload the page.
      </p>
    );
  const steps = Math.max(...loaded.map((run) => run.steps.length));
  return (
    <>
      <div className="charts">
        {exhibit.curves.map(({ title, unit, value }) => (
          <LineChart
            key={title}
            title={title}
            unit={unit}
            steps={steps}
            series={loaded.map((run, i) => ({ name: exhibit.names[i], values: run.steps.map(value) }))}
          />
        ))}
      </div>
      <HeldOut runs={loaded} names={exhibit.names} />
      <details>
        <summary>How these runs were made</summary>
        {loaded.map((run, i) => (
          <p key={exhibit.names[i]}>
            {exhibit.names[i]}: <code>{run.command}</code>
            <span className="quiet">
              {' '}
              · commit {run.commit}, {run.date}
            </span>
          </p>
        ))}
      </details>
    </>
  );
}

interface HeldOutProps {
  readonly runs: readonly [RecordedTraining, RecordedTraining];
  readonly names: readonly [string, string];
}

function HeldOut({ runs, names }: HeldOutProps) {
  const rows = [
    ['task', ({ task }: Numbers) => task],
    ['context', ({ context }: Numbers) => context],
    ['memory, meaningful maintenance', ({ memory }: Numbers) => memory],
    ['storage precision', ({ storage_precision }: Numbers) => storage_precision],
    ['updates and deletes per episode', ({ tools }: Numbers) => tools.Update_memory + tools.Delete_memory],
    ['well-formed steps', ({ wellformed }: Numbers) => wellformed],
  ] as const;
  const [{ before }] = runs;
  return (
    <div className="scroll">
      <table className="branch-rewards">
        <caption>{before.n} held-out episodes, all paid alike whatever the run was paid for</caption>
        <thead>
          <tr>
            <th scope="col">Mean</th>
            <th scope="col">before</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                after: {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{figure(value(before))}</td>
              {runs.map(({ after }, i) => (
                <td key={names[i]} className="number">
                  {figure(value(after))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Numbers = RecordedTraining['after'];
