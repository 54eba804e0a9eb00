/** Which entries to show: by metadata, type, source and time. Folded away until wanted; what is set is told. */
import { useId } from 'react';
import { say } from '../language/language';
import { ACTOR_MARKS } from './acts';
import { optionText } from './inert';
import { type Choices, type Filters, filtersSet, NO_FILTERS } from './shown-entries';

interface FilterFieldsProps {
  readonly filters: Filters;
  readonly choices: Choices;
  readonly onChange: (part: Partial<Filters>) => void;
}

const ACTORS = ['user', 'policy', 'lab'] as const;

export function FilterFields({ filters, choices, onChange }: FilterFieldsProps) {
  const id = useId();
  const set = filtersSet(filters);
  return (
    <details className="filters">
      <summary>{set === 0 ? say('Filter§of the list') : say('Filter ({n} set)', { n: set })}</summary>
      <fieldset className="choices">
        <legend className="visually-hidden">{say('Filters')}</legend>
        <Select
          label={say('Metadata')}
          value={filters.key}
          options={[['', say('any')], ...choices.keys.map((key) => [key, key] as const)]}
          onChange={(key) => onChange({ key, value: '' })}
        />
        <div className="field">
          <label htmlFor={`${id}-value`}>{say('is§metadata')}</label>
          <input
            id={`${id}-value`}
            value={filters.value}
            disabled={filters.key === ''}
            list={`${id}-values`}
            autoComplete="off"
            placeholder={say('anything')}
            onChange={(event) => onChange({ value: event.target.value })}
          />
          <datalist id={`${id}-values`}>
            {choices.values.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        </div>
        <Select
          label={say('Type')}
          value={filters.type === null ? 'any' : `=${filters.type}`}
          options={[
            ['any', say('any')],
            ...choices.types.map((type) => [`=${type}`, type === '' ? say('no type') : type] as const),
          ]}
          onChange={(type) => onChange({ type: type === 'any' ? null : type.slice(1) })}
        />
        <Select
          label={say('Written§by whom')}
          value={filters.source}
          options={[
            ['', say('anybody')],
            ...ACTORS.map((kind) => [kind, say(ACTOR_MARKS[kind])] as const),
            ...choices.runs.map((run) => [`run:${run}`, say('in run {run}', { run })] as const),
          ]}
          onChange={(source) => onChange({ source })}
        />
        <div className="field">
          <label htmlFor={`${id}-from`}>{say('Changed from')}</label>
          <input
            id={`${id}-from`}
            type="date"
            value={filters.from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-to`}>{say('to§a day')}</label>
          <input
            id={`${id}-to`}
            type="date"
            value={filters.to}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </div>
        <button type="button" className="plain" disabled={set === 0} onClick={() => onChange(NO_FILTERS)}>
          {say('Clear the filters')}
        </button>
      </fieldset>
    </details>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

/** A choice among what is there, which the user's data names. */
export function Select({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {optionText(words)}
          </option>
        ))}
      </select>
    </div>
  );
}
