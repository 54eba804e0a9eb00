/**
 * A button for what cannot be taken back. It first says what would go, by name and number; the safe answer has the
 * focus, so a key pressed twice deletes nothing.
 */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { say } from '../language/language';

interface LastChanceProps {
  /** The button that begins it, e.g. "Delete …". */
  readonly label: ReactNode;
  /** What goes, and that it is gone. */
  readonly words: ReactNode;
  /** The button that does it, e.g. "Delete “Work” for good". */
  readonly yes: string;
  readonly no?: string;
  readonly disabled?: boolean;
  /** False while what goes is still being looked up: then there is nothing to agree to yet. Default true. */
  readonly ready?: boolean;
  /** It was begun. */
  readonly onAsk?: () => void;
  readonly className?: string;
  readonly onYes: () => void;
}

export function LastChance(props: LastChanceProps) {
  const {
    label,
    words,
    yes,
    no = say('Keep it'),
    disabled = false,
    ready = true,
    className = '',
    onYes,
  } = props;
  const [asked, ask] = useState(false);
  const id = useId();
  const safe = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const was = useRef(false);
  useEffect(() => {
    if (asked) safe.current?.focus();
    else if (was.current) first.current?.focus();
    was.current = asked;
  }, [asked]);
  if (!asked) {
    return (
      <button
        ref={first}
        type="button"
        className={className}
        disabled={disabled}
        onClick={() => {
          ask(true);
          props.onAsk?.();
        }}
      >
        {label}
      </button>
    );
  }
  return (
    <div
      className="last-chance"
      role="alertdialog"
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && ask(false)}
    >
      <p id={id}>{words}</p>
      <button ref={safe} type="button" onClick={() => ask(false)}>
        {no}
      </button>
      <button
        type="button"
        className="danger"
        disabled={disabled || !ready}
        onClick={() => {
          ask(false);
          onYes();
        }}
      >
        {yes}
      </button>
    </div>
  );
}
