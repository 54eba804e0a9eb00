/** Which entries to show: by metadata, type, source and time. Folded away until wanted; what is set is told. */
import { useId } from 'react';
import { optionText } from './inert';
import { type Choices, type Filters, filtersSet, NO_FILTERS } from './shown-entries';

interface FilterFieldsProps {
  readonly filters: Filters;
  readonly choices: Choices;
  readonly onChange: (part: Partial<Filters>) => void;
}

const SOURCES: readonly (readonly [string, string])[] = [
  ['', 'anybody'],
  ['user', 'by hand'],
  ['policy', 'by a policy'],
  ['lab', 'by the lab'],
];

export function FilterFields({ filters, choices, onChange }: FilterFieldsProps) {
  const id = useId();
  const set = filtersSet(filters);
  return (
    <details className="filters">
      <summary>{set === 0 ? 'Filter' : `Filter (${set} set)`}</summary>
      <fieldset className="choices">
        <legend className="visually-hidden">Filters</legend>
        <Select
          label="Metadata"
          value={filters.key}
          options={[['', 'any'], ...choices.keys.map((key) => [key, key] as const)]}
          onChange={(key) => onChange({ key, value: '' })}
        />
        <div className="field">
          <label htmlFor={`${id}-value`}>is</label>
          <input
            id={`${id}-value`}
            value={filters.value}
            disabled={filters.key === ''}
            list={`${id}-values`}
            autoComplete="off"
            placeholder="anything"
            onChange={(event) => onChange({ value: event.target.value })}
          />
          <datalist id={`${id}-values`}>
            {choices.values.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        </div>
        <Select
          label="Type"
          value={filters.type === null ? 'any' : `=${filters.type}`}
          options={[
            ['any', 'any'],
            ...choices.types.map((type) => [`=${type}`, type === '' ? 'no type' : type] as const),
          ]}
          onChange={(type) => onChange({ type: type === 'any' ? null : type.slice(1) })}
        />
        <Select
          label="Written"
          value={filters.source}
          options={[...SOURCES, ...choices.runs.map((run) => [`run:${run}`, `in run ${run}`] as const)]}
          onChange={(source) => onChange({ source })}
        />
        <div className="field">
          <label htmlFor={`${id}-from`}>Changed from</label>
          <input
            id={`${id}-from`}
            type="date"
            value={filters.from}
            onChange={(event) => onChange({ from: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-to`}>to</label>
          <input
            id={`${id}-to`}
            type="date"
            value={filters.to}
            onChange={(event) => onChange({ to: event.target.value })}
          />
        </div>
        <button type="button" className="plain" disabled={set === 0} onClick={() => onChange(NO_FILTERS)}>
          Clear the filters
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
