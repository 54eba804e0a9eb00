/** What turns rewards into advantages, to be switched on a group that is there; the numbers are the trainer's own. */
import { useEffect, useState } from 'react';
import type { AdvantageMode, AdvantageOptions, GroupRun } from '../../worker/protocol';
import { say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { SourceMark } from '../shell/panel';
import { ADVANTAGES } from '../words';

interface SwitchesProps {
  /** As it was played. */
  readonly group: GroupRun;
  readonly options: AdvantageOptions;
  readonly changed: boolean;
  readonly onChange: (options: AdvantageOptions | null) => void;
}

const MODES = Object.keys(ADVANTAGES) as AdvantageMode[];

export function Switches({ group, options: shown, changed, onChange: tell }: SwitchesProps) {
  // A switch stays where it was put while the numbers are on their way.
  const [wanted, want] = useState<AdvantageOptions | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown has changed, so nothing is on its way
  useEffect(() => want(null), [shown]);
  const options = wanted ?? shown;
  const onChange = (next: AdvantageOptions | null) => {
    want(next);
    tell(next);
  };
  const forked = group.rollouts.some(({ pastSteps }) => pastSteps !== undefined);
  return (
    <fieldset className="group-switches" data-lesson="switches">
      <legend className="visually-hidden">{say('How rewards become advantages')}</legend>
      <Choice
        label={say('Credit')}
        value={options.mode}
        values={MODES}
        words={sayEach(ADVANTAGES)}
        // Without a common past there is nothing to fork from: that needs other rollouts, not another sum.
        disabled={(mode) => mode === 'fork' && !forked}
        onChange={(mode) => onChange({ ...options, mode })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={options.scale !== 'none'}
          onChange={(event) => onChange({ ...options, scale: event.target.checked ? 'group' : 'none' })}
        />
        {say('Divide by the spread (std)')} <SourceMark source="P" />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={options.stepNormalisation}
          onChange={(event) => onChange({ ...options, stepNormalisation: event.target.checked })}
        />
        {say('Divide by the number of steps')} <SourceMark source="D" />
      </label>
      {changed && (
        <button type="button" onClick={() => onChange(null)}>
          {say('As it was played')}
        </button>
      )}
    </fieldset>
  );
}
