/** Labelled fields: a choice from a list, and whole numbers that count when they are left or confirmed. */
import { type ReactNode, useEffect, useId, useState } from 'react';
import { MAX_SEED } from '../state/address';

interface ChoiceProps<T extends string> {
  readonly label: ReactNode;
  readonly value: T;
  readonly values: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly disabled?: (value: T) => boolean;
  /** Choices whose words are data of the task, in English. Default: none. */
  readonly data?: (value: T) => boolean;
  readonly onChange: (value: T) => void;
}

export function Choice<T extends string>({
  label,
  value,
  values,
  words,
  disabled,
  data,
  onChange,
}: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {values.map((option) => (
          <option
            key={option}
            value={option}
            disabled={disabled?.(option) ?? false}
            lang={data?.(option) ? 'en' : undefined}
          >
            {words[option]}
          </option>
        ))}
      </select>
    </div>
  );
}

interface SeedFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A whole number that counts when it is left or confirmed, not with every digit. */
export function SeedField({ label, value, onChange }: SeedFieldProps) {
  const id = useId();
  const [text, write] = useState(String(value));
  useEffect(() => write(String(value)), [value]);
  const commit = () => {
    const next = Number(text);
    const fits = /^\d+$/.test(text) && next <= MAX_SEED;
    if (!fits) write(String(value));
    else if (next !== value) onChange(next);
  };
  return (
    <div className="field seed">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode="numeric"
        value={text}
        onChange={(event) => write(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly onChange: (value: number) => void;
}

export function NumberField({ label, value, min, max, whole = false, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div className="field narrow">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={min}
        max={max}
        step={whole ? 1 : 'any'}
        defaultValue={value}
        key={value}
        onBlur={(event) => {
          const next = event.target.valueAsNumber;
          const fits = next >= min && next <= max && (!whole || Number.isInteger(next));
          if (fits) onChange(next);
          else event.target.value = String(value);
        }}
      />
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly rows: number;
  readonly onChange: (value: string) => void;
}

/** Several lines of text, as they are typed. */
export function TextField({ label, value, rows, onChange }: TextFieldProps) {
  const id = useId();
  return (
    <div className="field tall">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
