/** Distractors made anew for each rollout, as the authors' code does. */
import { phrase } from '../../language/language';
import type { VariantExhibit } from './exhibit';

export const ownDistractors: VariantExhibit = {
  kind: 'variant',
  id: 'own-distractors',
  title: phrase('Distractors of one’s own'),
  about: phrase(
    'All rollouts have the same dice, so the policy decides alike wherever it reads alike. With shared distractors [P] all rewards are equal. With distractors of its own for each rollout [O] they may spread, and such a spread is luck: an advantage made of it teaches the policy nothing about what it did. Played now by the policy on view.',
  ),
  source: 'O',
  even: phrase(
    'Here no distractor made a difference: the policy on view did well or badly whatever it had to read in between. Choose another seed, or the base policy as the player, and play both groups again.',
  ),
  names: [phrase('Shared'), phrase('Each its own')],
  usual: { resetBetweenStages: true, distractorsShared: true, sameDice: true },
  other: { resetBetweenStages: true, distractorsShared: false, sameDice: true },
};
