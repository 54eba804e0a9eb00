/** The settings of a training run, and every field of the chosen preset with its source. */
import type { PresetFacts, PresetName, TrainingSettings } from '../../worker/protocol';
import { Choice, NumberField } from '../shell/fields';
import { MAX_SEED, REWARDS as REWARD_NAMES } from '../state/address';
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
      <fieldset className="choices" disabled={disabled}>
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
          max={1000}
          whole
          onChange={(steps) => set({ steps })}
        />
        <NumberField
          label="Tasks a step"
          value={settings.tasksPerStep}
          min={1}
          max={64}
          whole
          onChange={(tasksPerStep) => set({ tasksPerStep })}
        />
        <NumberField
          label="Rollouts a task"
          value={settings.groupSize}
          min={2}
          max={32}
          whole
          onChange={(groupSize) => set({ groupSize })}
        />
        <NumberField
          label="Learning rate"
          value={settings.lr}
          min={1e-7}
          max={0.1}
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
          max={1000}
          whole
          onChange={(evaluateEvery) => set({ evaluateEvery })}
        />
        <Choice
          label="Advantage"
          value={settings.advantageMode}
          values={['broadcast', 'last-step', 'experiences', 'best-only', 'two-level', 'fork']}
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
