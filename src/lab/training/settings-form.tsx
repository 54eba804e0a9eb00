/** The settings of a training run, and every field of the chosen preset with its source. */
import type { PresetFacts, PresetName, TrainingSettings } from '../../worker/protocol';
import { Choice, NumberField } from '../shell/fields';
import {
  ADVANTAGES as ADVANTAGE_NAMES,
  LEARNING_RATES,
  MAX_GROUP,
  MAX_SEED,
  MAX_STEPS,
  MAX_TASKS,
  REWARDS as REWARD_NAMES,
} from '../state/address';
import { ADVANTAGES, REWARDS } from '../words';

interface SettingsFormProps {
  readonly presets: readonly PresetFacts[];
  readonly settings: TrainingSettings;
  readonly disabled: boolean;
  readonly onChange: (settings: TrainingSettings) => void;
  readonly onPreset: (preset: PresetName) => void;
}

const PRESET_WORDS: Readonly<Record<PresetName, string>> = {
  lab: 'lab: tuned for this policy',
  paper: 'paper: as in the paper',
  official: "official: the authors' code",
  trl: "trl: TRL's defaults",
};

export function SettingsForm({ presets, settings, disabled, onChange, onPreset }: SettingsFormProps) {
  const preset = presets.find(({ name }) => name === settings.preset);
  const set = (part: Partial<TrainingSettings>) => onChange({ ...settings, ...part });
  return (
    <>
      <fieldset className="choices" data-lesson="run-settings" disabled={disabled}>
        <legend className="visually-hidden">Settings of the run</legend>
        <Choice
          label="Preset"
          value={settings.preset}
          values={presets.map(({ name }) => name)}
          words={PRESET_WORDS}
          onChange={onPreset}
        />
        <NumberField
          label="Steps"
          value={settings.steps}
          min={1}
          max={MAX_STEPS}
          whole
          onChange={(steps) => set({ steps })}
        />
        <NumberField
          label="Tasks a step"
          value={settings.tasksPerStep}
          min={1}
          max={MAX_TASKS}
          whole
          onChange={(tasksPerStep) => set({ tasksPerStep })}
        />
        <NumberField
          label="Rollouts a task"
          value={settings.groupSize}
          min={2}
          max={MAX_GROUP}
          whole
          onChange={(groupSize) => set({ groupSize })}
        />
        <NumberField
          label="Learning rate"
          value={settings.lr}
          min={LEARNING_RATES.least}
          max={LEARNING_RATES.most}
          onChange={(lr) => set({ lr })}
        />
        <NumberField
          label="Run seed"
          value={settings.seed}
          min={0}
          max={MAX_SEED}
          whole
          onChange={(seed) => set({ seed })}
        />
        <NumberField
          label="Held out, every"
          value={settings.evaluateEvery ?? 0}
          min={0}
          max={MAX_STEPS}
          whole
          onChange={(evaluateEvery) => set({ evaluateEvery })}
        />
        <Choice
          label="Advantage"
          value={settings.advantageMode}
          values={ADVANTAGE_NAMES}
          words={ADVANTAGES}
          onChange={(advantageMode) => set({ advantageMode })}
        />
        <Choice
          label="Reward weights"
          value={settings.reward}
          values={REWARD_NAMES}
          words={REWARDS}
          onChange={(reward) => set({ reward })}
        />
      </fieldset>
      {preset && (
        <details>
          <summary>Everything in the preset “{preset.name}”, with its source</summary>
          <div className="scroll">
            <table>
              <tbody>
                {preset.fields.map(({ field, value, source }) => (
                  <tr key={field}>
                    <th scope="row">{field}</th>
                    <td>{value}</td>
                    <td className="quiet">{source}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  );
}
