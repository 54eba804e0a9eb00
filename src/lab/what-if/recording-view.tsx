/** Two recorded training runs over each other, and what each could do before and after on held-out tasks. */
import { useEffect, useState } from 'react';
import { LineChart } from '../charts/line-chart';
import { figure } from '../figures';
import { PART_WORDS } from '../group/lanes';
import { phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Scroll } from '../shell/scroll';
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
  if (loaded === 'loading') return <p className="empty">{say('Loading the recorded runs …')}</p>;
  if (loaded === 'failed')
    return (
      <p className="warning" role="alert">
        {say('The recorded runs could not be loaded. Reload the page.')}
      </p>
    );
  const names = [say(exhibit.names[0]), say(exhibit.names[1])] as const;
  const steps = Math.max(...loaded.map((run) => run.steps.length));
  return (
    <>
      <div className="charts">
        {exhibit.curves.map(({ title, unit, value }) => (
          <LineChart
            key={title}
            title={say(title)}
            unit={say(unit)}
            steps={steps}
            series={loaded.map((run, i) => ({ name: names[i], values: run.steps.map(value) }))}
          />
        ))}
      </div>
      <HeldOut runs={loaded} names={names} />
      <details>
        <summary>{say('How these runs were made')}</summary>
        {loaded.map((run, i) => (
          <p key={names[i]}>
            <Say text="{name}: {command}" with={{ name: names[i], command: <code>{run.command}</code> }} />
            <span className="quiet">
              {' '}
              · {say('commit {commit}, {date}', { commit: run.commit, date: run.date })}
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
    [PART_WORDS.task, ({ task }: Numbers) => task],
    [PART_WORDS.context, ({ context }: Numbers) => context],
    [phrase('memory, meaningful maintenance'), ({ memory }: Numbers) => memory],
    [phrase('storage precision'), ({ storage_precision }: Numbers) => storage_precision],
    [
      phrase('updates and deletes per episode'),
      ({ tools }: Numbers) => tools.Update_memory + tools.Delete_memory,
    ],
    [phrase('well-formed steps'), ({ wellformed }: Numbers) => wellformed],
  ] as const;
  const [{ before }] = runs;
  return (
    <Scroll>
      <table className="branch-rewards">
        <caption>
          {say('{n} held-out episodes, all paid alike whatever the run was paid for', { n: before.n })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say('Mean')}</th>
            <th scope="col">{say('before§training')}</th>
            {names.map((name) => (
              <th scope="col" key={name}>
                {say('after: {name}', { name })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{say(name)}</th>
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
    </Scroll>
  );
}

type Numbers = RecordedTraining['after'];
