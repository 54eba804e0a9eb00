/** Training: settings, the run with its progress, its curves, what moved in the weights, before and after. */
import { memo } from 'react';
import type { Ready, ReplayRun, TrainingSettings } from '../../worker/protocol';
import { compact, count, duration } from '../figures';
import { Empty, Panel } from '../shell/panel';
import type { LabController } from '../state/controller';
import { canContinue, type TrainingView } from '../state/lab-state';
import { Comparison } from './comparison';
import { CurveGrid } from './curve-grid';
import { figuresOf } from './curves';
import { CardTable, Honesty, PaperTable } from './facts';
import { SettingsForm } from './settings-form';

interface TrainingPanelProps {
  readonly training: TrainingView;
  readonly ready: Ready | null;
  /** Of the next run. */
  readonly settings: TrainingSettings | null;
  readonly comparison: readonly ReplayRun[] | null;
  /** A model call is under way. */
  readonly busy: boolean;
  readonly lab: LabController;
}

export const TrainingPanel = memo(function TrainingPanel(props: TrainingPanelProps) {
  const { training, ready, settings, comparison, busy, lab } = props;
  const active = training.state.kind === 'running' || training.state.kind === 'paused';
  return (
    <Panel
      title="Training"
      className="training"
      note="Step-wise GRPO on a LoRA adapter: play groups, compare, and make the better rollouts likelier."
    >
      <Honesty />
      {ready && settings && (
        <SettingsForm
          presets={ready.presets}
          settings={settings}
          disabled={active || busy}
          onChange={(next) => lab.chooseTraining(next)}
          onPreset={(preset) => void lab.go({ preset })}
        />
      )}
      <Buttons {...props} />
      <Progress training={training} />
      <CurveGrid training={training} model={ready?.model ?? null} />
      <LastFigures training={training} />
      <h3>The same task, before and after</h3>
      <div className="play">
        <button
          type="button"
          disabled={busy || !ready || training.state.kind === 'running'}
          onClick={() => void lab.compare()}
        >
          Replay side by side
        </button>
      </div>
      {comparison ? (
        <Comparison runs={comparison} />
      ) : (
        <Empty>Plays the task above with each adapter there is, on the same dice.</Empty>
      )}
      {ready && <CardTable model={ready.model} />}
      <PaperTable />
    </Panel>
  );
});

function Buttons({ training, ready, busy, lab, settings }: TrainingPanelProps) {
  const { state, checkpoint } = training;
  const pausing = state.kind === 'running' && state.pausing === true;
  const active = state.kind === 'running' || state.kind === 'paused';
  return (
    <div className="play">
      <button
        type="button"
        className="primary"
        disabled={!ready || !settings || busy || active}
        onClick={() => settings && void lab.train(settings)}
      >
        Train
      </button>
      <button type="button" disabled={state.kind !== 'running' || pausing} onClick={() => void lab.pause()}>
        Pause
      </button>
      {(state.kind === 'paused' || pausing) && (
        <button type="button" className="primary" disabled={busy} onClick={() => void lab.resume()}>
          Resume
        </button>
      )}
      <button type="button" disabled={!active} onClick={() => void lab.stop()}>
        Stop
      </button>
      {checkpoint && canContinue(training) && (
        <button type="button" disabled={busy} onClick={() => void lab.continueTraining()}>
          Continue from checkpoint ({checkpoint.steps} of {checkpoint.settings.steps})
        </button>
      )}
      {checkpoint && !active && (
        <button type="button" className="plain" disabled={busy} onClick={() => void lab.discardCheckpoint()}>
          Forget the checkpoint
        </button>
      )}
    </div>
  );
}

const PHASES = {
  rollouts: 'playing the groups',
  update: 'moving the adapter',
  evaluation: 'held-out tasks',
} as const;

function Progress({ training }: { readonly training: TrainingView }) {
  const { state, phase, metrics, settings, checkpoint } = training;
  const total = settings?.steps ?? 0;
  const done = metrics.length;
  return (
    <div className="progress" role="status">
      <p>{progressWords(training)}</p>
      {total > 0 && (done > 0 || state.kind !== 'idle') && (
        <progress aria-label="Steps of the run" value={done} max={total} />
      )}
      {phase && (
        <p className="quiet">
          Step {phase.step}: {PHASES[phase.phase]}
          {phase.total > 1 && `, ${phase.done} of ${phase.total}${phase.phase === 'update' ? ' tokens' : ''}`}
          {lastDuration(training)}
        </p>
      )}
      {checkpoint && (
        <p className="quiet">
          Checkpoint of step {checkpoint.steps} saved in this browser at{' '}
          {new Date(checkpoint.savedAt).toLocaleTimeString()}.
        </p>
      )}
    </div>
  );
}

function lastDuration({ metrics }: TrainingView): string {
  const last = metrics[metrics.length - 1];
  if (!last) return '';
  const away = last['ms/away'];
  const stopped = away > 0 ? `, without ${duration(away)} in which this tab did not run` : '';
  return `; the step before took ${duration(last.ms)}${stopped}`;
}

function progressWords({ state, metrics, settings }: TrainingView): string {
  const done = count(metrics.length, 'step');
  const of = settings ? ` of ${settings.steps}` : '';
  switch (state.kind) {
    case 'idle':
      if (metrics.length === 0) return 'Nothing has been trained in this tab yet.';
      return metrics.length === settings?.steps
        ? `A run of ${done} was finished earlier. Choose “Trained in this tab” above to play with it.`
        : `An earlier run was left after ${done}${of}.`;
    case 'running':
      return `Training: ${done}${of} done.${state.pausing ? ' Pausing after this step.' : ''}`;
    case 'paused':
      return `Paused after ${done}${of}. Episodes and groups can be played with what was learned so far.`;
    case 'finished':
      return `Finished: ${done}. Choose “Trained in this tab” above to play with it.`;
    case 'stopped':
      return `Stopped after ${done}${of}. What was learned until then stays usable.`;
    case 'failed':
      return `Failed after ${done}${of}: ${state.error.message} ${state.error.whatToDo}`;
  }
}

function LastFigures({ training }: { readonly training: TrainingView }) {
  const last = training.metrics[training.metrics.length - 1];
  if (!last) return null;
  return (
    <details>
      <summary>Figures of step {last.step} under TRL's names</summary>
      <div className="scroll">
        <table className="figures">
          <tbody>
            {figuresOf(last).map(([name, value]) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td className="number">{compact(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
