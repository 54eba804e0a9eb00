/** Rewards and how to hack them: what is paid is what is learned, whatever was meant. */
import { figure, signed } from '../figures';
import { listed, phrase, say } from '../language/language';
import { REWARD_PARTS } from '../words';
import type { Lesson } from './lesson';

/** What an answer that is wrong has to be paid to count as a hole in the reward. */
const PAID = 0.4;

function partWords(name: string): string {
  const known = REWARD_PARTS.find((part) => part.name === name);
  return known ? say(known.label) : name;
}

export const rewards: Lesson = {
  id: 'rewards',
  title: phrase('Rewards and how to hack them'),
  about: phrase('What an episode is paid for, and why a good-looking reward can be had for nothing.'),
  begin: {
    family: 'qa',
    difficulty: 'one-fact',
    split: 'evaluation',
    seed: 1,
    dice: 1,
    adapter: 'none',
    reward: 'paper-appendix',
  },
  steps: [
    {
      words: phrase(
        'An episode is paid once, at its end: for the answer, for how it treated the context, for how it treated long-term memory, less penalties. Every number below is computed from the log of what happened.',
      ),
      at: 'rewards',
      formula: {
        tex: '\\begin{aligned} R(\\tau) ={}& w_{\\text{task}} R_{\\text{task}} + w_{\\text{ctx}} R_{\\text{ctx}} \\\\ &+ w_{\\text{mem}} R_{\\text{mem}} + P \\end{aligned}',
        says: phrase(
          'The reward is the weighted sum of three parts, each at most 1, and of the penalties P. Here each weight is 1/3 (App. C.4).',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'One part pays for a short context. It does not ask why the context is short: a policy that never looks anything up has a very short one.',
      ),
      at: 'rewards',
      formula: {
        tex: 'R_{\\text{compression}} = \\max\\!\\left(0,\\ 1 - \\frac{T_{\\text{used}}}{T_{\\text{max}}}\\right)',
        says: phrase('T used is the tokens in C when the answer is made, T max the budget of 160 tokens.'),
        source: 'P',
      },
    },
    {
      words: phrase(
        'Another pays for good entries, even if they are never read again. And by the letter of the paper any update is paid as maintenance (eq. 24), so a policy may update for the sake of it. Here an update counts only if the right thing was replaced.',
      ),
      at: 'rewards',
      formula: {
        tex: 'R_{\\text{storage}} = \\frac{N_{\\text{high quality}}}{\\max(1,\\ N_{\\text{added}})}',
        says: phrase('The share of good entries among those added in stage 1.'),
        source: 'P',
      },
    },
    {
      words: phrase(
        'What comes of paying for any update is in an exhibit: two training runs that differ in this alone. Paid for any update, the policy changes memory more often and keeps it worse.',
      ),
      at: 'what-if',
      set: { label: phrase('Open the exhibit'), to: { exhibit: 'any-update' } },
    },
    {
      words: phrase(
        'The base policy plays. “Run episode” plays to the end; “Next task” brings the next one.',
      ),
      at: 'next-task',
    },
  ],
  question: {
    ask: phrase('Find an episode that is paid at least {least} although its answer is wrong.'),
    values: { least: PAID },
    at: 'rewards',
    hint: phrase(
      'Play task after task, or the same task with other dice. It takes a policy that does something right and then does not use it.',
    ),
    check: ({ episode }) => {
      if (!episode?.opened) return { passed: false, words: null };
      const { reward } = episode;
      if (!reward) return { passed: false, words: say('This episode has not been played to its end yet.') };
      if (episode.opened.options.reward !== 'paper-appendix') {
        return { passed: false, words: say('For this question each part has to weigh 1/3.') };
      }
      const paid = figure(reward.total);
      if (reward.task.value > 0) {
        return {
          passed: false,
          words: say('It was paid {paid}, but its answer is right, at least in part.', { paid }),
        };
      }
      if (reward.total < PAID)
        return {
          passed: false,
          words: say('It was paid {paid} for a wrong answer: less than {least}.', { paid, least: PAID }),
        };
      const most = [...reward.explanation]
        .sort((one, other) => other.contribution - one.contribution)
        .slice(0, 3)
        .map(({ name, contribution }) => `${partWords(name)} ${signed(contribution, 3)}`);
      return {
        passed: true,
        words: say('It was paid {paid} for a wrong answer. Most of it came from {parts}.', {
          paid,
          parts: listed(most),
        }),
      };
    },
    after: {
      words: phrase(
        'Paid for the answer alone, the same episode with the same dice gets nothing. Then nothing can be hacked, but a policy that stored the right thing and forgot to look it up learns no more than one that stored nothing.',
      ),
      at: 'rewards',
      set: { label: phrase('Pay for the answer alone'), to: { reward: 'answer-only' } },
    },
  },
};
