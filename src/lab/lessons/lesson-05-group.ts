/** A group and its advantage: what is learned is a comparison, and without a difference there is nothing to learn. */
import { count, figure } from '../figures';
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';

export const group: Lesson = {
  id: 'group',
  title: phrase('A group and its advantage'),
  about: phrase('How eight rollouts of one task become eight marks, and when they teach nothing.'),
  begin: {
    family: 'qa',
    difficulty: 'one-fact',
    split: 'evaluation',
    seed: 5,
    dice: 1,
    adapter: 'shipped',
    reward: 'paper-appendix',
    group: 8,
    preset: 'lab',
    advantage: null,
  },
  steps: [
    {
      words: phrase(
        'Nobody knows what a reward of 0.6 is worth: the task may be hard or easy. GRPO plays the same task several times with different dice and compares. Press “Run group”.',
      ),
      at: 'run-group',
    },
    {
      words: phrase(
        'Each lane is one rollout. The advantage is how far its reward lies above or below the mean of its group, in standard deviations. What lies above becomes likelier, what lies below less likely.',
      ),
      at: 'group',
      formula: {
        tex: 'A_k = \\frac{r_k - \\bar r}{\\operatorname{std}(r_1, \\dots, r_K) + \\varepsilon}',
        says: phrase(
          'The advantage of rollout k is its reward minus the mean of the K rewards, divided by their standard deviation, computed with K − 1. Epsilon keeps the division possible.',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'Because of the division a small difference counts as much as a large one. Switch it off and on, and choose a lane to see its formula with its numbers.',
      ),
      at: 'switches',
    },
    {
      words: phrase(
        'If all rewards of a group are the same, no rollout is better than another: every advantage is zero, and with it the gradient. The time spent on playing was spent for nothing.',
      ),
      at: 'group',
    },
  ],
  question: {
    ask: phrase('Make a group that teaches nothing: one in which all rewards are equal.'),
    at: 'run-group',
    hint: phrase(
      'The fewer rollouts, the fewer differences; an easy task and a good player help. Or pay for the answer alone: then there are only a few rewards there can be.',
    ),
    check: ({ group: run }) => {
      if (!run) return { passed: false, words: null };
      const { mean, std, zeroSpread } = run.statistics;
      const told = { rollouts: count(run.rollouts.length, 'rollout'), mean: figure(mean), std: figure(std) };
      if (!zeroSpread) {
        return {
          passed: false,
          words: say('{rollouts}, mean reward {mean}, standard deviation {std}: this group teaches.', told),
        };
      }
      return {
        passed: true,
        words: say(
          '{rollouts}, mean reward {mean}, no spread: every advantage is 0, and so is the gradient.',
          told,
        ),
      };
    },
    after: {
      words: phrase(
        'Such groups are counted while training (TRL calls the share frac_reward_zero_std). They get more as the policy gets better, and many more if only the answer is paid: one reason to pay for the parts.',
      ),
      at: 'training',
    },
  },
};
