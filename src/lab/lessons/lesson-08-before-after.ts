/** Before and after: what training made better, measured on tasks it has not seen; and what it did not. */
import { figure } from '../figures';
import { phrase, say } from '../language/language';
import { ADAPTERS } from '../words';
import type { Lesson } from './lesson';

export const beforeAfter: Lesson = {
  id: 'before-after',
  title: phrase('Before and after'),
  about: phrase('What the trained policy does differently, and how far that reaches.'),
  begin: {
    family: 'qa',
    difficulty: 'revisions',
    split: 'evaluation',
    seed: 1,
    dice: 1,
    adapter: 'shipped',
    reward: 'paper-appendix',
  },
  steps: [
    {
      words: phrase(
        'The same task and the same dice, played without an adapter and with one: press “Replay side by side”. Read the two lists of moves, not only the rewards.',
      ),
      at: 'compare',
    },
    {
      words: phrase(
        'Training moved the adapter a little after each batch of groups: likelier what had an advantage, not too far from where it began.',
      ),
      formula: {
        tex: '\\begin{gathered} J(\\theta) = \\mathbb{E}\\Big[\\rho_t\\, A_t - \\beta\\, \\mathrm{KL}\\big(\\pi_\\theta \\,\\Vert\\, \\pi_{\\text{ref}}\\big)\\Big], \\\\ \\rho_t = \\frac{\\pi_\\theta(a_t \\mid s_t)}{\\pi_{\\text{old}}(a_t \\mid s_t)} \\end{gathered}',
        says: phrase(
          'Over all steps: the ratio rho of the new probability of an action to its old one, times the advantage of the step, less beta times the distance from the reference policy (eq. 3 to 6).',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'One task proves nothing. The table of many held-out tasks says more: none of them was trained on.',
      ),
      at: 'training',
    },
    {
      words: phrase(
        'Held out is not the same as different. In the set “sentences never seen” facts are told in words the policy never met. Set it up, and replay a few tasks.',
      ),
      at: 'task-choice',
      set: {
        label: phrase('Set up sentences never seen'),
        to: { split: 'unseen-patterns', difficulty: 'one-fact', seed: 1 },
      },
    },
  ],
  question: {
    ask: phrase('Training is no magic. Find a task on which an adapter is paid less than the base policy.'),
    at: 'compare',
    hint: phrase(
      'Where sentences are new the adapter uses its tools with confidence and without success. “Next task”, then “Replay side by side”.',
    ),
    check: ({ comparison }) => {
      const base = comparison?.find(({ adapter }) => adapter === 'none');
      const adapters = comparison?.filter(({ adapter }) => adapter !== 'none') ?? [];
      if (!base || adapters.length === 0) return { passed: false, words: null };
      const figures = [base, ...adapters]
        .map(({ adapter, reward }) =>
          say('{adapter}: {reward}', { adapter: say(ADAPTERS[adapter]), reward: figure(reward.total) }),
        )
        .join(say('. §between figures'));
      const passed = adapters.some(({ reward }) => reward.total < base.reward.total);
      return { passed, words: say('{figures}.', { figures }) };
    },
    after: {
      words: phrase(
        'A figure holds for the tasks it was measured on. The README of the project and its docs say for each table which they were.',
      ),
    },
  },
};
