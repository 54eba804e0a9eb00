/** Training: settings, the run with its progress, its curves, what moved in the weights, before and after. */
import { memo, useState } from 'react';
import type { LearnedAdapter, Ready, ReplayRun, TrainingSettings } from '../../worker/protocol';
import { compact } from '../figures';
import { phrase, say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { RunsPart } from '../runs/runs-part';
import { lateView } from '../shell/late-panel';
import { Empty, Panel } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import { isGuest } from '../state/acting';
import type { LabController } from '../state/controller';
import type { TrainingView } from '../state/lab-state';
import { Comparison } from './comparison';
import { CurveGrid } from './curve-grid';
import { figuresOf } from './curves';
import { CardTable, Honesty } from './facts';
import { PhaseTable } from './phase-table';
import { RunButtons } from './run-buttons';
import { RunEstimate } from './run-estimate';
import { RunProgress } from './run-progress';
import { SettingsForm } from './settings-form';
import { ToolTable } from './tool-table';

interface TrainingPanelProps {
  readonly training: TrainingView;
  readonly ready: Ready | null;
  /** Of the next run. */
  readonly settings: TrainingSettings | null;
  readonly comparison: readonly ReplayRun[] | null;
  /** A model call is under way. */
  readonly busy: boolean;
  /** A step could not be saved for want of room. */
  readonly noRoom: boolean;
  readonly lab: LabController;
}

export const TrainingPanel = memo(function TrainingPanel(props: TrainingPanelProps) {
  useLanguage();
  const { training, ready, settings, comparison, busy, noRoom, lab } = props;
  const active = training.state.kind === 'running' || training.state.kind === 'paused';
  const trains = ready?.model.can.train ?? false;
  return (
    <Panel
      title={say('Training')}
      className="training"
      part="training"
      note={say(
        'Step-wise GRPO on a LoRA adapter: play groups, compare, and make the better rollouts likelier.',
      )}
    >
      {!(ready && isGuest(ready.model)) && <Honesty />}
      {ready && !trains && (
        <p className="warning">
          {say(
            'This model acts and does not train: another library computes it. Open a model with the engine to train.',
          )}
        </p>
      )}
      {ready && settings && (
        <SettingsForm
          presets={ready.presets}
          settings={settings}
          disabled={active || busy || !trains}
          onChange={(next) => lab.chooseTraining(next)}
          onPreset={(preset) => void lab.go({ preset })}
        />
      )}
      {ready && settings && trains && isGuest(ready.model) && (
        <RunEstimate
          key={JSON.stringify(settings)}
          settings={settings}
          blocked={busy || training.state.kind === 'running'}
          lab={lab}
        />
      )}
      <RunButtons training={training} settings={settings} blocked={!trains || busy} lab={lab} />
      <RunProgress training={training} />
      <CurveGrid training={training} model={ready?.model ?? null} />
      <PhaseTable training={training} />
      <ToolTable training={training} />
      <LastFigures training={training} />
      <LearnedPart
        lab={lab}
        ready={ready}
        training={training}
        blocked={!ready || busy || training.state.kind === 'running'}
      />
      <RunsPart lab={lab} training={training} blocked={!trains || busy} noRoom={noRoom} />
      <h3>{say('The same task, before and after')}</h3>
      <div className="play" data-lesson="compare">
        <button
          type="button"
          disabled={busy || !ready || training.state.kind === 'running'}
          onClick={() => void lab.compare()}
        >
          {say('Replay side by side')}
        </button>
      </div>
      {comparison ? (
        <Comparison runs={comparison} />
      ) : (
        <Empty>{say('Plays the task above with each adapter there is, on the same dice.')}</Empty>
      )}
      {ready && <CardTable model={ready.model} />}
    </Panel>
  );
});

const AdapterLook = lateView(() => import('./adapter-look'), { coming: phrase('Loading this part …') });

interface LearnedPartProps extends Pick<TrainingPanelProps, 'lab' | 'ready' | 'training'> {
  readonly blocked: boolean;
}

/** Loaded when it is opened first. */
function LearnedPart({ lab, ready, training, blocked }: LearnedPartProps) {
  const [opened, open] = useState(false);
  const available: LearnedAdapter[] = [];
  if (ready?.model.hasShippedAdapter) available.push('shipped');
  if (training.trained) available.push('trained');
  return (
    <details className="learned" onToggle={(event) => event.currentTarget.open && open(true)}>
      <summary>{say('What LoRA learned: layers, decisions, strength')}</summary>
      {opened && (
        <AdapterLook
          key={training.nth}
          lab={lab}
          available={available}
          updates={training.metrics.length}
          blocked={blocked}
          trains={training.state.kind === 'running'}
        />
      )}
    </details>
  );
}

function LastFigures({ training }: { readonly training: TrainingView }) {
  const last = training.metrics[training.metrics.length - 1];
  if (!last) return null;
  return (
    <details>
      <summary>{say("Figures of step {step} under TRL's names", { step: last.step })}</summary>
      <Scroll>
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
      </Scroll>
    </details>
  );
}
