/**
 * What a run takes of this device, asked for before it starts: memory from the shapes, time from a measurement. Asked
 * of models whose step is no matter of seconds; the bundled one is tried as fast as it is asked about.
 */
import { useState } from 'react';
import type { TrainingEstimate, TrainingSettings } from '../../worker/protocol';
import { duration, size } from '../figures';
import { say } from '../language/language';
import type { LabController } from '../state/controller';

interface RunEstimateProps {
  readonly settings: TrainingSettings;
  readonly blocked: boolean;
  readonly lab: LabController;
}

/** Made anew for other settings: what was measured is of those it was asked for. */
export function RunEstimate({ settings, blocked, lab }: RunEstimateProps) {
  const [estimate, show] = useState<TrainingEstimate | null>(null);
  const ask = async () => {
    const planned = await lab.estimateTraining(settings, false);
    if (planned) show(planned);
    // What does not fit is not tried.
    if (!planned || planned.memory.refusal !== null) return;
    const measured = await lab.estimateTraining(settings, true);
    if (measured) show(measured);
  };
  return (
    <div className="run-estimate">
      <button type="button" disabled={blocked} onClick={() => void ask()}>
        {say('What will it take?')}
      </button>
      <div role="status">{estimate && <Words estimate={estimate} steps={settings.steps} />}</div>
    </div>
  );
}

function Words({ estimate, steps }: { readonly estimate: TrainingEstimate; readonly steps: number }) {
  const { memory, time } = estimate;
  const need = size(memory.needBytes);
  return (
    <>
      <p>
        {memory.grantedBytes === null
          ? say('Memory: {need}. This device does not say how much it has.', { need })
          : say('Memory: {need}, of {granted} that this device grants.', {
              need,
              granted: size(memory.grantedBytes),
            })}
      </p>
      {memory.refusal !== null && (
        <p className="warning" lang="en">
          {memory.refusal}
        </p>
      )}
      {time && (
        <p>
          {say(
            'Time: about {step} a step, {run} in all at most. Measured: one episode is played in {play} and learned from in {learn}; a step has {episodes}.',
            {
              step: duration(1000 * time.stepSeconds),
              run: duration(1000 * time.stepSeconds * steps),
              play: duration(1000 * time.playSeconds),
              learn: duration(1000 * time.learnSeconds),
              episodes: time.episodesPerStep,
            },
          )}
        </p>
      )}
    </>
  );
}
