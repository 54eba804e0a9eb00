/** The six tools: three write long-term memory, one reads it, two make the context smaller. */
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';
import { effects, placeWords, shownMoment, toolsWords } from './shown';

export const sixTools: Lesson = {
  id: 'six-tools',
  title: phrase('Six tools'),
  about: phrase('What each tool does to which memory, and what a call looks like.'),
  begin: {
    family: 'qa',
    difficulty: 'revisions',
    split: 'evaluation',
    seed: 3,
    dice: 1,
    adapter: 'shipped',
    reward: 'paper-appendix',
  },
  steps: [
    {
      words: phrase(
        'At each step the policy thinks, and then writes either tool calls or an answer. “It is understood as” shows what the lab read from the text. Press “Run episode”, then go through it with “Back” and “Forward”.',
      ),
      at: 'policy',
    },
    {
      words: phrase(
        '`Add_memory` writes an entry: its text, the vector by which it will be found again, and notes about it.',
      ),
      at: 'ltm',
      formula: {
        tex: 'M \\leftarrow M \\cup \\{(c,\\ \\mathrm{enc}(c),\\ \\mathrm{metadata})\\}',
        says: phrase('M gets one more entry: the content c, its embedding enc(c), and metadata.'),
        source: 'P',
      },
    },
    {
      words: phrase(
        '`Update_memory` replaces what an entry says, and `Delete_memory` removes it. When the user takes something back, one of them is due: in this task a fact changes.',
      ),
      at: 'ltm',
    },
    {
      words: phrase(
        '`Retrieve_memory` brings the entries most similar to a query back into the context. Similar means a small angle between two vectors.',
      ),
      formula: {
        tex: '\\mathrm{sim}(q, c) = \\frac{\\mathrm{enc}(q) \\cdot \\mathrm{enc}(c)}{\\lVert \\mathrm{enc}(q) \\rVert\\, \\lVert \\mathrm{enc}(c) \\rVert}',
        says: phrase(
          'The similarity of a query q and an entry c is the cosine of the angle between their embeddings, 1 for the same direction.',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        '`Filter_context` removes the messages that resemble a criterion, and `Summary_context` puts one short message in the place of many. Neither touches long-term memory.',
      ),
      at: 'stm',
      formula: {
        tex: 'C \\leftarrow \\{\\, u \\in C : \\mathrm{sim}(\\mathrm{criteria}, u) < \\theta \\,\\}',
        says: phrase(
          'What stays in C are the messages u whose similarity to the criteria lies below the threshold theta, which belongs to the embedder (eq. 15).',
        ),
        source: 'P',
      },
    },
  ],
  question: {
    ask: phrase(
      'In one step of this episode a tool made the context shorter. Show the moment in which it did.',
    ),
    at: 'timeline',
    hint: phrase(
      'Look at the line “tokens (T_max)” of short-term memory: somewhere messages are struck out. The reset between the stages is no tool.',
    ),
    check: (state) => {
      const shown = shownMoment(state);
      if (!shown) return { passed: false, words: null };
      const place = placeWords(shown);
      for (const effect of effects(shown)) {
        if (effect.kind !== 'summarised' && effect.kind !== 'filtered') continue;
        if (effect.tokensAfter >= effect.tokensBefore) continue;
        const tool = effect.kind === 'summarised' ? '`Summary_context`' : '`Filter_context`';
        return {
          passed: true,
          words: say('{place}: {tool} took the context from {before} to {after} tokens.', {
            place,
            tool,
            before: effect.tokensBefore,
            after: effect.tokensAfter,
          }),
        };
      }
      if (shown.frame.kind === 'reset') {
        return {
          passed: false,
          words: say(
            '{place}: here the context is emptied, but by the rules of the episode and not by a tool.',
            { place },
          ),
        };
      }
      const tools = toolsWords(shown);
      return {
        passed: false,
        words: tools
          ? say('{place}: it calls {tools}, and no message leaves the context.', { place, tools })
          : say('{place}: no tool is called in it, and no message leaves the context.', { place }),
      };
    },
    after: {
      words: phrase(
        'Which tools a policy uses is nothing anybody wrote down: it is what training makes likely. Under “Training” the calls of each tool per episode stand beside those the paper reports.',
      ),
      at: 'training',
    },
  },
};
