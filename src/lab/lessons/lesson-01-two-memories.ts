/** Why two memories: what is in the context is known, what is not there is gone, unless it was stored. */
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';
import { placeWords, shownMoment } from './shown';

export const twoMemories: Lesson = {
  id: 'two-memories',
  title: phrase('Why two memories'),
  about: phrase('What a policy knows at a step, and what is left when its context is emptied.'),
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
        'A language model knows what it was trained on and what stands in its context, and the context is short. On this page it has 160 tokens before it is fined. AgeMem lets the policy itself decide what to do about that.',
      ),
      at: 'policy',
    },
    {
      words: phrase(
        'Short-term memory C is the context: the messages the policy reads at each step. Press “Step” and watch messages arrive; the bar tells how many of the tokens are used.',
      ),
      at: 'stm',
    },
    {
      words: phrase(
        'Long-term memory M is a store outside the context. Nothing gets in by itself: the policy has to call a tool, and an entry costs no context until it is looked up again.',
      ),
      at: 'ltm',
    },
    {
      words: phrase(
        'Both are part of the state in which the policy acts, and one policy writes everything: text, and the calls that change either memory.',
      ),
      formula: {
        tex: '\\begin{gathered} s_t = (C_t,\\ M_t,\\ \\mathcal{T}), \\\\ a_t \\sim \\pi_\\theta(\\,\\cdot \\mid s_t) \\end{gathered}',
        says: phrase(
          'The state at step t is short-term memory C, long-term memory M and the task T. The action, text or tool calls, is drawn from the policy with parameters theta.',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'Now play the episode to its end with “Run episode”. Afterwards “Back” and “Forward” show every moment of it again, exactly as it was.',
      ),
      at: 'run-episode',
    },
  ],
  question: {
    ask: phrase(
      'At one moment the whole context is taken away, and long-term memory is all that is left of what the user said. Find that moment on the timeline and stay on it.',
    ),
    at: 'timeline',
    hint: phrase('It lies between stage 1 and stage 2. Play the episode at least to there first.'),
    check: (state) => {
      const shown = shownMoment(state);
      if (!shown) return { passed: false, words: null };
      const place = placeWords(shown);
      const reset = shown.events.find((event) => event.type === 'context-reset');
      if (reset?.type !== 'context-reset') {
        return { passed: false, words: say('{place}: the context is not emptied here.', { place }) };
      }
      return {
        passed: true,
        words: say(
          '{place}: the context goes from {before} to {after} tokens. Beside it, long-term memory stays as it was.',
          { place, before: reset.tokensBefore, after: reset.tokensAfter },
        ),
      };
    },
    after: {
      words: phrase(
        'Let the base policy play the same task: it stores nothing here, so after this moment nobody knows the answer any more.',
      ),
      at: 'run-episode',
      set: { label: phrase('Let the base policy play'), to: { adapter: 'none' } },
    },
  },
};
