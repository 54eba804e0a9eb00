/** The exhibits in the order they are shown. */
import { answerOnly } from './answer-only';
import { anyUpdate } from './any-update';
import { caseAnswering } from './case-answering';
import { caseFiltering } from './case-filtering';
import { caseUpdating } from './case-updating';
import type { Exhibit } from './exhibit';
import { highRate } from './high-rate';
import { neverTried } from './never-tried';
import { noReset } from './no-reset';
import { ownDistractors } from './own-distractors';
import { uselessUpdate } from './useless-update';

export const EXHIBITS: readonly Exhibit[] = [
  caseUpdating,
  caseFiltering,
  caseAnswering,
  uselessUpdate,
  anyUpdate,
  answerOnly,
  noReset,
  ownDistractors,
  highRate,
  neverTried,
];
