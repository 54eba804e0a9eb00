/** Three stages and the reset: why a question that nobody knows yet makes storing a decision. */
import type { Lesson } from './lesson';
import { callWords, effects, placeWords, shownMoment } from './shown';

export const threeStages: Lesson = {
  id: 'three-stages',
  title: 'Three stages and the reset',
  about: 'How an episode is built so that only a memory can win it.',
  begin: {
    family: 'qa',
    difficulty: 'revisions',
    split: 'evaluation',
    seed: 9,
    dice: 1,
    adapter: 'shipped',
    reward: 'paper-appendix',
  },
  steps: [
    {
      words:
        'The policy is not told what it will be asked. You may look: open this line. Then look at the messages of stage 1 and ask yourself what you would write down.',
      at: 'task-card',
    },
    {
      words:
        'An episode has three stages. Stage 1: the user talks, and some of it is worth keeping. Stage 2: the context has been emptied, and distractors arrive. Stage 3: the question.',
      at: 'timeline',
      formula: {
        tex: '\\tau = \\tau^{(1)} \\,\\Vert\\, \\tau^{(2)} \\,\\Vert\\, \\tau^{(3)}, \\qquad C\\ \\text{reset between } \\tau^{(1)} \\text{ and } \\tau^{(2)}',
        says: 'A trajectory tau is its three stages one after the other. C is emptied between the first two and kept between the last two; M starts empty and persists over all three.',
        source: 'P',
      },
    },
    {
      words:
        'The distractors of stage 2 are made once for a task and are the same for all rollouts. Made anew for each, one rollout would be compared with another that had an easier time.',
      at: 'stm',
    },
    {
      words: 'Play it to the end with “Run episode”, and go back to where the policy looks something up.',
      at: 'run-episode',
    },
  ],
  question: {
    ask: 'Show the moment in which something written down in stage 1 comes back into the context, on the other side of the reset.',
    at: 'timeline',
    hint: 'It takes a call of `Retrieve_memory` that finds something. Entries that are shown by themselves before a step of stage 1 do not cross the reset.',
    check: (state) => {
      const shown = shownMoment(state);
      if (!shown) return { passed: false, words: null };
      const found = effects(shown).find(
        (effect) => effect.kind === 'retrieved' && effect.results.length > 0 && shown.frame.stage > 1,
      );
      if (found?.kind !== 'retrieved') {
        return { passed: false, words: `${placeWords(shown)}: ${callWords(shown)}.` };
      }
      const [{ entry, score }] = found.results;
      return {
        passed: true,
        words: `${placeWords(shown)}: the query “${found.query}” brought back “${entry.content}” with a cosine of ${score.toFixed(2)}.`,
      };
    },
    after: {
      words:
        'Compare “tight context”: there stage 2 has so many distractors that the policy must also keep its context small to be paid.',
      at: 'task-choice',
      set: { label: 'Show a task with a tight context', to: { difficulty: 'tight-context', seed: 3 } },
    },
  },
};
