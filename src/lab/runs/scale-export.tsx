/** What a run was trained with, for larger machines: how many tasks go along, and the zip. */
import { useId, useState } from 'react';
import { say } from '../language/language';

/** Null: as many as the run has met, or its set has. */
export interface ScaleCounts {
  readonly train: number | null;
  readonly heldOut: number | null;
}

interface ScaleExportProps {
  readonly disabled: boolean;
  readonly onScale: (counts: ScaleCounts) => void;
}

export function ScaleExport({ disabled, onScale }: ScaleExportProps) {
  const [train, countTrain] = useState('');
  const [heldOut, countHeldOut] = useState('');
  return (
    <form
      className="run-scale"
      onSubmit={(event) => {
        event.preventDefault();
        onScale({ train: countOf(train), heldOut: countOf(heldOut) });
      }}
    >
      <p className="quiet">
        {say(
          'Tasks, rewards, prompts, tools and adapter with configurations for Trinity-RFT and TRL, in one zip. Left empty, the tasks are those the run was trained and measured on.',
        )}
      </p>
      <CountField label={say('Number of training tasks')} least={1} value={train} onValue={countTrain} />
      <CountField label={say('Number of held-out tasks')} least={0} value={heldOut} onValue={countHeldOut} />
      <button type="submit" disabled={disabled}>
        {say('For training at scale, zip')}
      </button>
    </form>
  );
}

const countOf = (text: string) => (text.trim() === '' ? null : Number(text));

interface CountFieldProps {
  readonly label: string;
  readonly least: number;
  readonly value: string;
  readonly onValue: (text: string) => void;
}

function CountField({ label, least, value, onValue }: CountFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={least}
        max={10_000}
        step={1}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </div>
  );
}
