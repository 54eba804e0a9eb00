/** Case study 3 of the paper, retold: an answer made of what was stored. */
import { phrase } from '../../language/language';
import type { ScriptExhibit } from './exhibit';
import { caseAnsweringScript } from './scripts/answering';

export const caseAnswering: ScriptExhibit = {
  kind: 'script',
  id: 'case-answering',
  title: phrase('Case study 3: an answer made of what was stored'),
  about: phrase(
    'After the reset nothing of the talk is left in the context. Three entries are retrieved, and the schedule follows them: long blocks, pictures, computer vision. Retold from the paper in our own words; every completion is scripted.',
  ),
  source: 'P',
  script: caseAnsweringScript,
};
