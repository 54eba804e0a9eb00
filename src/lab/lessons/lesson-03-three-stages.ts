/** Three stages and the reset: why a question that nobody knows yet makes storing a decision. */
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';
import { effects, placeWords, shownMoment, toolsWords } from './shown';

export const threeStages: Lesson = {
  id: 'three-stages',
  title: phrase('Three stages and the reset'),
  about: phrase('How an episode is built so that only a memory can win it.'),
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
      words: phrase(
        'The policy is not told what it will be asked. You may look: open this line. Then look at the messages of stage 1 and ask yourself what you would write down.',
      ),
      at: 'task-card',
    },
    {
      words: phrase(
        'An episode has three stages. Stage 1: the user talks, and some of it is worth keeping. Stage 2: the context has been emptied, and distractors arrive. Stage 3: the question.',
      ),
      at: 'timeline',
      formula: {
        tex: '\\tau = \\tau^{(1)} \\,\\Vert\\, \\tau^{(2)} \\,\\Vert\\, \\tau^{(3)},',
        aside: phrase('C\\ \\text{reset between } \\tau^{(1)} \\text{ and } \\tau^{(2)}'),
        says: phrase(
          'A trajectory tau is its three stages one after the other. C is emptied between the first two and kept between the last two; M starts empty and persists over all three.',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'The distractors of stage 2 are made once for a task and are the same for all rollouts. Made anew for each, one rollout would be compared with another that had an easier time.',
      ),
      at: 'stm',
    },
    {
      words: phrase(
        'Play it to the end with “Run episode”, and go back to where the policy looks something up.',
      ),
      at: 'run-episode',
    },
  ],
  question: {
    ask: phrase(
      'Show the moment in which something written down in stage 1 comes back into the context, on the other side of the reset.',
    ),
    at: 'timeline',
    hint: phrase(
      'It takes a call of `Retrieve_memory` that finds something. Entries that are shown by themselves before a step of stage 1 do not cross the reset.',
    ),
    check: (state) => {
      const shown = shownMoment(state);
      if (!shown) return { passed: false, words: null };
      const place = placeWords(shown);
      const found = effects(shown).find(
        (effect) => effect.kind === 'retrieved' && effect.results.length > 0 && shown.frame.stage > 1,
      );
      if (found?.kind !== 'retrieved') {
        const tools = toolsWords(shown);
        return {
          passed: false,
          words: tools
            ? say('{place}: it calls {tools}.', { place, tools })
            : say('{place}: no tool is called in it.', { place }),
        };
      }
      const [{ entry, score }] = found.results;
      return {
        passed: true,
        words: say('{place}: the query “{query}” brought back “{entry}” with a cosine of {cosine}.', {
          place,
          query: found.query,
          entry: entry.content,
          cosine: score.toFixed(2),
        }),
      };
    },
    after: {
      words: phrase(
        'Compare “tight context”: there stage 2 has so many distractors that the policy must also keep its context small to be paid.',
      ),
      at: 'task-choice',
      set: {
        label: phrase('Show a task with a tight context'),
        to: { difficulty: 'tight-context', seed: 3 },
      },
    },
  },
};
