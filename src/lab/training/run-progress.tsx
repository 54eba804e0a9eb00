/** Where a run stands: steps done, the phase under way, the time left, what is saved. */
import { count, duration } from '../figures';
import type { TrainingView } from '../state/lab-state';
import { timeLeft } from './phases';

const PHASES = {
  rollouts: 'playing the groups',
  update: 'moving the adapter',
  evaluation: 'held-out tasks',
} as const;

export function RunProgress({ training }: { readonly training: TrainingView }) {
  const { state, phase, metrics, settings, checkpoint } = training;
  const total = settings?.steps ?? 0;
  const done = metrics.length;
  const left = state.kind === 'running' && !state.pausing ? timeLeft(training) : null;
  return (
    <div className="progress" role="status">
      <p>
        {progressWords(training)}
        {left !== null && ` About ${duration(left)} left.`}
      </p>
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
