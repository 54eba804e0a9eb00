/**
 * A formula set by KaTeX, with its meaning in words below. `katex.render` builds elements and sets their styles one by one, which
 * the content security policy allows; the same as a string of HTML would have its style attributes dropped. Screen
 * readers get MathML.
 */
import 'katex/dist/katex.min.css';
import katex from 'katex';
import { useLayoutEffect, useRef } from 'react';
import { say } from '../language/language';
import { SourceMark } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import type { Formula } from './lesson';

/** Also what the test of all formulas sets them with. A formula that cannot be set is an error, not red text. */
export const KATEX_OPTIONS = {
  displayMode: true,
  throwOnError: true,
  strict: 'error',
  trust: false,
} as const;

/** The formula, and on a line of its own what is said with it, in the language on view. */
export const fullTex = ({ tex, aside }: Formula): string =>
  aside ? `\\begin{gathered} ${tex} \\\\ ${say(aside)} \\end{gathered}` : tex;

export function FormulaView({ formula }: { readonly formula: Formula }) {
  const tex = fullTex(formula);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current) katex.render(tex, place.current, KATEX_OPTIONS);
  }, [tex]);
  return (
    <figure className="lesson-formula">
      <Scroll place={place} label={say('Formula')} />
      <figcaption>
        {say(formula.says)} <SourceMark source={formula.source} />
      </figcaption>
    </figure>
  );
}
