/**
 * Puts the rules of `parts.ts` into force. By a constructed style sheet: the content security policy allows it where it
 * would forbid a style element, and what a panel draws anew later is covered as well.
 */
import { useLayoutEffect } from 'react';
import { type PartName, partRules } from './parts';

export function usePartRules(hidden: readonly PartName[], pointed: PartName | null): void {
  useLayoutEffect(() => {
    const rules = partRules(hidden, pointed);
    if (rules === '') return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, [hidden, pointed]);
}
