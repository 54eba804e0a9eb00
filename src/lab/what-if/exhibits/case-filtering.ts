/** Case study 2 of the paper, retold: short-term memory under distractors. */
import { phrase } from '../../language/language';
import type { ScriptExhibit } from './exhibit';
import { caseFilteringScript } from './scripts/filtering';

export const caseFiltering: ScriptExhibit = {
  kind: 'script',
  id: 'case-filtering',
  title: phrase('Case study 2: a context that is kept clean'),
  about: phrase(
    'The user wants a crash course in machine learning, and in between writes about quantum computers, blockchains, robots, sourdough and latte art. Watch short-term memory: what does not belong is filtered out, and what is left is summarised before the plan is made. Retold from the paper in our own words; every completion is scripted, the similarities are computed here.',
  ),
  source: 'P',
  script: caseFilteringScript,
};
