/** Where a run stands: steps done, the phase under way, the time left, what is saved. */
import type { ReactNode } from 'react';
import { count, duration } from '../figures';
import { LANGUAGE_TAGS, type Phrase, phrase, say, spoken } from '../language/language';
import { Say } from '../language/say';
import { ErrorWords } from '../shell/notices';
import type { TrainingView } from '../state/lab-state';
import { timeLeft } from './phases';

type Phase = NonNullable<TrainingView['phase']>;

const PHASES: Readonly<Record<Phase['phase'], Phrase>> = {
  rollouts: phrase('Step {step}: playing the groups'),
  update: phrase('Step {step}: moving the adapter'),
  evaluation: phrase('Step {step}: held-out tasks'),
};

export function RunProgress({ training }: { readonly training: TrainingView }) {
  const { state, phase, metrics, settings, checkpoint } = training;
  const total = settings?.steps ?? 0;
  const done = metrics.length;
  const left = state.kind === 'running' && !state.pausing ? timeLeft(training) : null;
  return (
    <div className="progress" role="status">
      <p>
        {progressWords(training)}
        {left !== null && ` ${say('About {time} left.', { time: duration(left) })}`}
      </p>
      {total > 0 && (done > 0 || state.kind !== 'idle') && (
        <progress aria-label={say('Steps of the run')} value={done} max={total} />
      )}
      {phase && (
        <p className="quiet">
          {say(PHASES[phase.phase], { step: phase.step })}
          {shareDone(phase)}
          {lastDuration(training)}
        </p>
      )}
      {checkpoint && (
        <p className="quiet">
          {say('Checkpoint of step {step} saved in this browser at {time}.', {
            step: checkpoint.steps,
            // In English as this browser sets times.
            time: new Date(checkpoint.savedAt).toLocaleTimeString(
              spoken() === 'en' ? [] : LANGUAGE_TAGS[spoken()],
            ),
          })}
        </p>
      )}
    </div>
  );
}

function lastDuration({ metrics }: TrainingView): string {
  const last = metrics[metrics.length - 1];
  if (!last) return '';
  const away = last['ms/away'];
  const time = duration(last.ms);
  return away > 0
    ? say('; the step before took {time}, without {away} in which this tab did not run', {
        time,
        away: duration(away),
      })
    : say('; the step before took {time}', { time });
}

function shareDone({ phase, done, total }: Phase): string {
  if (total <= 1) return '';
  return phase === 'update'
    ? say(', {done} of {total} tokens', { done, total })
    : say(', {done} of {total}', { done, total });
}

function progressWords({ state, metrics, settings }: TrainingView): ReactNode {
  const steps = count(metrics.length, 'step');
  const done = settings ? say('{steps} of {all}', { steps, all: settings.steps }) : steps;
  switch (state.kind) {
    case 'idle':
      if (metrics.length === 0) return say('Nothing has been trained in this tab yet.');
      return metrics.length === settings?.steps
        ? say('A run of {steps} was finished earlier. Choose “Trained in this tab” above to play with it.', {
            steps,
          })
        : say('An earlier run was left after {done}.', { done });
    case 'running':
      return state.pausing
        ? say('Training: {done} done. Pausing after this step.', { done })
        : say('Training: {done} done.', { done });
    case 'paused':
      return say('Paused after {done}. Episodes and groups can be played with what was learned so far.', {
        done,
      });
    case 'finished':
      return say('Finished: {steps}. Choose “Trained in this tab” above to play with it.', { steps });
    case 'stopped':
      return say('Stopped after {done}. What was learned until then stays usable.', { done });
    case 'failed':
      return (
        <Say
          text="Failed after {done}: {reason}"
          with={{ done, reason: <ErrorWords error={state.error} /> }}
        />
      );
  }
}
