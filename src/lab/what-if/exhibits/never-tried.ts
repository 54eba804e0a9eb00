/** What the base never does, GRPO cannot reinforce. */
import { phrase } from '../../language/language';
import type { TriedExhibit } from './exhibit';

export const neverTried: TriedExhibit = {
  kind: 'tried',
  id: 'never-tried',
  title: phrase('An action the base never tries'),
  about: phrase(
    'An advantage can only raise what was sampled. The base policy summarises now and then in stage 2, and training made that frequent; it never summarises after the question has come, though that would be paid as well, and training did not find it. Both play the task on view, and their calls are counted by tool and stage.',
  ),
  source: 'D',
};
