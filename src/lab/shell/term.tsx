/**
 * A symbol that explains itself: pressing it opens a note with its meaning, its formula and where it comes from. The
 * browser's own popover does the work: it lies above everything, Escape or a press elsewhere closes it, and focus
 * goes back to the symbol. Not for use inside labels, summaries or buttons, which take presses themselves.
 */
import { type CSSProperties, type ReactNode, useId, useRef, useState } from 'react';
import { GLOSSARY, type GlossaryEntry, type TermName, termsIn } from '../glossary';
import { say } from '../language/language';
import { SourceMark } from './panel';

interface TermProps {
  readonly name: TermName;
  /** What is written in place of the entry's own symbol. */
  readonly children?: string;
}

/** Widest note, and its distance from the edge of the window, CSS pixels. */
const WIDTH = 330;
const MARGIN = 8;

interface Place {
  readonly left: number;
  readonly top?: number;
  readonly bottom?: number;
}

export function Term({ name, children }: TermProps) {
  const entry: GlossaryEntry = GLOSSARY[name];
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [place, put] = useState<Place | null>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="term"
        popoverTarget={id}
        aria-label={say('{symbol}: what it means', { symbol: children ?? entry.symbol })}
      >
        {children ?? entry.symbol}
      </button>
      <span
        id={id}
        popover="auto"
        role="note"
        aria-label={say(entry.name)}
        className="term-note"
        style={place as CSSProperties | undefined}
        onBeforeToggle={(event) => {
          if (event.newState === 'open' && button.current)
            put(beside(button.current.getBoundingClientRect(), document.documentElement));
        }}
      >
        {/* A closed note holds nothing: symbols are many, and text nobody sees is text to nobody. */}
        {place && <Note entry={entry} />}
      </span>
    </>
  );
}

/** Below the symbol, or above it in the lower part of the window. */
function beside(symbol: DOMRect, { clientWidth, clientHeight }: HTMLElement): Place {
  const left = Math.max(MARGIN, Math.min(symbol.left, clientWidth - WIDTH - MARGIN));
  return symbol.bottom < clientHeight * 0.6
    ? { left, top: symbol.bottom + 4 }
    : { left, bottom: clientHeight - symbol.top + 4 };
}

function Note({ entry }: { readonly entry: GlossaryEntry }) {
  const name = say(entry.name);
  return (
    <>
      <span className="term-head">
        <strong>{entry.symbol}</strong>
        {name !== entry.symbol && ` · ${name}`}
      </span>
      <span>{say(entry.meaning)}</span>
      {entry.formula && <span className="formula">{say(entry.formula)}</span>}
      <span className="quiet">
        {entry.origin.map(({ source, where }) => (
          <span key={source + where} className="term-origin">
            <SourceMark source={source} /> {say(where)}
          </span>
        ))}
      </span>
    </>
  );
}

/** A formula or sentence whose symbols explain themselves. */
export function Explained({ children }: { readonly children: string }): ReactNode {
  return termsIn(children).map(({ text, term }, index) =>
    term ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
      <Term key={index} name={term}>
        {text}
      </Term>
    ) : (
      text
    ),
  );
}
