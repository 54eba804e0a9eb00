/** What the base never does, GRPO cannot reinforce. */
import { phrase } from '../../language/language';
import type { TriedExhibit } from './exhibit';

export const neverTried: TriedExhibit = {
  kind: 'tried',
  id: 'never-tried',
  title: phrase('An action the base never tries'),
  about: phrase(
    'An advantage can only raise what was sampled. The base policy summarises now and then in stage 2, and training made that frequent; it never summarises after the question has come, though that would be paid as well, and training did not find it. Both play one held-out task, the same whatever is on view (facts that change, seed 1), and their calls are counted by tool and stage.',
  ),
  source: 'D',
  task: { family: 'qa', split: 'evaluation', difficulty: 'revisions', seed: 1 },
  dice: 1,
  // What is rare has to have a chance: the base summarises in about one rollout of eight.
  rollouts: 64,
};
