/** The settings of a training run, and every field of the chosen preset with its source. */
import type { PresetFacts, PresetName, TrainingSettings } from '../../worker/protocol';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Say } from '../language/say';
import { Choice, NumberField } from '../shell/fields';
import { Scroll } from '../shell/scroll';
import {
  ADVANTAGES as ADVANTAGE_NAMES,
  LEARNING_RATES,
  MAX_GROUP,
  MAX_SEED,
  MAX_STEPS,
  MAX_TASKS,
  REWARDS as REWARD_NAMES,
} from '../state/address';
import { ADVANTAGES, FAMILIES, familiesBeside, REWARDS } from '../words';

interface SettingsFormProps {
  readonly presets: readonly PresetFacts[];
  readonly settings: TrainingSettings;
  readonly disabled: boolean;
  readonly onChange: (settings: TrainingSettings) => void;
  readonly onPreset: (preset: PresetName) => void;
}

/** What runs are about that do not say it. */
const PEOPLE = 'qa';

const PRESET_WORDS: Readonly<Record<PresetName, Phrase>> = {
  lab: phrase('lab: tuned for this policy'),
  paper: phrase('paper: as in the paper'),
  official: phrase("official: the authors' code"),
  trl: phrase("trl: TRL's defaults"),
};

export function SettingsForm({ presets, settings, disabled, onChange, onPreset }: SettingsFormProps) {
  const preset = presets.find(({ name }) => name === settings.preset);
  const set = (part: Partial<TrainingSettings>) => onChange({ ...settings, ...part });
  return (
    <>
      <fieldset className="choices" data-lesson="run-settings" disabled={disabled}>
        <legend className="visually-hidden">{say('Settings of the run')}</legend>
        <Choice
          label={say('Preset')}
          value={settings.preset}
          values={presets.map(({ name }) => name)}
          words={sayEach(PRESET_WORDS)}
          onChange={onPreset}
        />
        <NumberField
          label={say('Steps')}
          value={settings.steps}
          min={1}
          max={MAX_STEPS}
          whole
          onChange={(steps) => set({ steps })}
        />
        <NumberField
          label={say('Tasks a step')}
          value={settings.tasksPerStep}
          min={1}
          max={MAX_TASKS}
          whole
          onChange={(tasksPerStep) => set({ tasksPerStep })}
        />
        <NumberField
          label={say('Rollouts a task')}
          value={settings.groupSize}
          min={2}
          max={MAX_GROUP}
          whole
          onChange={(groupSize) => set({ groupSize })}
        />
        <NumberField
          label={say('Learning rate')}
          value={settings.lr}
          min={LEARNING_RATES.least}
          max={LEARNING_RATES.most}
          onChange={(lr) => set({ lr })}
        />
        <NumberField
          label={say('Run seed')}
          value={settings.seed}
          min={0}
          max={MAX_SEED}
          whole
          onChange={(seed) => set({ seed })}
        />
        <NumberField
          label={say('Held out, every')}
          value={settings.evaluateEvery ?? 0}
          min={0}
          max={MAX_STEPS}
          whole
          onChange={(evaluateEvery) => set({ evaluateEvery })}
        />
        <Choice
          label={say('Topic')}
          value={settings.taskFamily ?? PEOPLE}
          values={familiesBeside(settings.taskFamily ?? PEOPLE)}
          words={sayEach(FAMILIES)}
          onChange={(family) => set({ taskFamily: family === PEOPLE ? undefined : family })}
        />
        <Choice
          label={say('Advantage')}
          value={settings.advantageMode}
          values={ADVANTAGE_NAMES}
          words={sayEach(ADVANTAGES)}
          onChange={(advantageMode) => set({ advantageMode })}
        />
        <Choice
          label={say('Reward weights')}
          value={settings.reward}
          values={REWARD_NAMES}
          words={sayEach(REWARDS)}
          onChange={(reward) => set({ reward })}
        />
      </fieldset>
      {settings.taskSet && (
        <p className="notice">
          <Say
            text="The next run trains on your task set {set}, part of which is held out."
            with={{ set: <code>{settings.taskSet}</code> }}
          />{' '}
          <button type="button" disabled={disabled} onClick={() => set({ taskSet: '' })}>
            {say('Made-up tasks again')}
          </button>
        </p>
      )}
      {preset && (
        <details>
          <summary>
            {say('Everything in the preset “{name}”, with its source', { name: preset.name })}
          </summary>
          <Scroll>
            <table>
              <tbody lang="en">
                {preset.fields.map(({ field, value, source }) => (
                  <tr key={field}>
                    <th scope="row">{field}</th>
                    <td>{value}</td>
                    <td className="quiet">{source}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </details>
      )}
    </>
  );
}
