/** Case study 1 of the paper, retold: what is stored is kept up to date. */
import { phrase } from '../../language/language';
import type { ScriptExhibit } from './exhibit';
import { caseUpdatingScript } from './scripts/updating';

export const caseUpdating: ScriptExhibit = {
  kind: 'script',
  id: 'case-updating',
  title: phrase('Case study 1: a memory that is kept up to date'),
  about: phrase(
    'A learning assistant is told how its user studies, then that this has changed, then that it is settled. Watch long-term memory: an entry is updated, and in the end replaced by a clean one. Retold from the paper in our own words; every completion is scripted.',
  ),
  source: 'P',
  script: caseUpdatingScript,
};
