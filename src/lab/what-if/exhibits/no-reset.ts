/** Without the reset between stages 1 and 2. */
import { phrase } from '../../language/language';
import type { VariantExhibit } from './exhibit';

export const noReset: VariantExhibit = {
  kind: 'variant',
  id: 'no-reset',
  title: phrase('No reset between the stages'),
  about: phrase(
    'Short-term memory is not emptied after stage 1. What the user said may still be there when the question comes, so nothing needs to be stored for it; and the context grows until it overflows or the episode is cut off. Compare the parts, above all task and overflow. Played now by the policy on view, with the same dice in both groups.',
  ),
  source: 'P',
  names: [phrase('With the reset'), phrase('Without')],
  usual: { resetBetweenStages: true, distractorsShared: true, sameDice: false },
  other: { resetBetweenStages: false, distractorsShared: true, sameDice: false },
};
