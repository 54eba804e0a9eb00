/** The runs kept in this browser, below the training: loaded when they are opened first. */
import { useEffect, useState } from 'react';
import { phrase, say } from '../language/language';
import { lateView } from '../shell/late-panel';
import type { LabController } from '../state/controller';
import type { TrainingView } from '../state/lab-state';

const RunsPanel = lateView(() => import('./runs-panel'), {
  what: phrase('The list of runs'),
  coming: phrase('Loading the list of runs …'),
});

interface RunsPartProps {
  readonly lab: LabController;
  readonly training: TrainingView;
  /** The lab is not ready, or a model call is under way. */
  readonly blocked: boolean;
  /** A step could not be saved: the list is where room is made. */
  readonly noRoom: boolean;
}

export function RunsPart({ lab, training, blocked, noRoom }: RunsPartProps) {
  const [open, show] = useState(false);
  const [opened, load] = useState(false);
  useEffect(() => {
    if (noRoom) show(true);
  }, [noRoom]);
  if (open && !opened) load(true);
  const { state, checkpoint, metrics } = training;
  return (
    <details
      className="runs-part"
      data-lesson="runs"
      open={open}
      onToggle={(event) => show(event.currentTarget.open)}
    >
      <summary>{say('Runs kept in this browser')}</summary>
      {opened && (
        <RunsPanel
          line={lab.runs}
          // Read anew when something was saved or a run has begun or ended.
          moment={`${state.kind} ${checkpoint?.savedAt} ${metrics.length}`}
          active={state.kind === 'running' || state.kind === 'paused'}
          running={state.kind === 'running'}
          blocked={blocked}
          noRoom={noRoom}
          onContinue={() => void lab.continueTraining()}
          onPlay={() => void lab.go({ adapter: 'trained' })}
        />
      )}
    </details>
  );
}
