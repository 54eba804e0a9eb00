/** The buttons of a run: begin, one update, pause, stop, take back, go on from the checkpoint. */
import type { TrainingSettings } from '../../worker/protocol';
import { say } from '../language/language';
import type { LabController } from '../state/controller';
import { canContinue, oneUpdateOf, type TrainingView } from '../state/lab-state';

interface RunButtonsProps {
  readonly training: TrainingView;
  /** Of the next run. */
  readonly settings: TrainingSettings | null;
  /** The lab is not ready, or a model call is under way. */
  readonly blocked: boolean;
  readonly lab: LabController;
}

export function RunButtons({ training, settings, blocked, lab }: RunButtonsProps) {
  const { state, checkpoint, metrics } = training;
  const pausing = state.kind === 'running' && state.pausing === true;
  const running = state.kind === 'running';
  const active = running || state.kind === 'paused';
  const goesOn = canContinue(training);
  const next = oneUpdateOf(training, settings);
  const oneUpdate = () => {
    if (next === 'resume') void lab.resume(true);
    else if (next === 'continue') void lab.continueTraining(true);
    else if (settings) void lab.train(settings, true);
  };
  const setAside = next === 'begin' && (goesOn || state.kind === 'paused');
  return (
    <div className="play" data-lesson="run-buttons">
      <button
        type="button"
        className="primary"
        disabled={blocked || !settings || active}
        onClick={() => settings && void lab.train(settings)}
      >
        {say('Train')}
      </button>
      <button type="button" disabled={blocked || !settings || running} onClick={oneUpdate}>
        {say('One update')}
      </button>
      <button type="button" disabled={!running || pausing} onClick={() => void lab.pause()}>
        {say('Pause')}
      </button>
      {(state.kind === 'paused' || pausing) && (
        <button
          type="button"
          className="primary"
          disabled={blocked && !running}
          onClick={() => void lab.resume()}
        >
          {say('Resume')}
        </button>
      )}
      <button type="button" disabled={!active} onClick={() => void lab.stop()}>
        {say('Stop')}
      </button>
      <button
        type="button"
        disabled={blocked || running || metrics.length === 0}
        onClick={() => void lab.undoStep()}
      >
        {metrics.length > 0 ? say('Undo update {n}', { n: metrics.length }) : say('Undo update')}
      </button>
      {checkpoint && goesOn && (
        <button type="button" disabled={blocked} onClick={() => void lab.continueTraining()}>
          {say('Continue from checkpoint ({done} of {all})', {
            done: checkpoint.steps,
            all: checkpoint.settings.steps,
          })}
        </button>
      )}
      {setAside && (
        <span className="quiet">
          {say(
            '“One update” begins a new run, for the settings above are others; the run on view stays in the list of runs.',
          )}
        </span>
      )}
    </div>
  );
}
