import { describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import { randomTask } from '../../tasks/own/own.fixture';
import { ownTask } from '../../tasks/own/own-task';
import { createRandom } from '../../tasks/random';
import { fitOf, isPlayable } from './fit';

const PLACE = { set: 's', index: 0, split: 'train' } as const;
/** A letter a token, and two for the role. */
const countTokens = ({ content }: { readonly content: string }) => content.length + 2;
const config = (hardPromptTokens: number) => ({
  ...BUNDLED_EPISODE_CONFIG,
  systemPrompt: 'Store.',
  promptOverheadTokens: 4,
  hardPromptTokens,
});

describe('what a task takes of the window', () => {
  it('is each text with what every prompt has, longest first, and each stage as a whole', () => {
    const form = {
      question: 'Who?',
      answers: ['Ede'],
      messages: [
        { says: 'Ede has figs.', states: [{ id: 'f1', about: 'Ede', value: 'figs', needed: true }] },
      ],
      distractors: ['Ulm sings.', 'No.'],
    };
    const fit = fitOf(ownTask(form, PLACE), countTokens, config(27));
    expect(fit).toEqual({
      texts: [
        { kind: 'message', n: 1, own: 15, tokens: 27 },
        { kind: 'distractor', n: 1, own: 12, tokens: 24 },
        { kind: 'question', n: 1, own: 6, tokens: 18 },
        { kind: 'distractor', n: 2, own: 5, tokens: 17 },
      ],
      promptLimit: 27,
      stages: [23, 25, 14],
      contextLimit: 160,
      playable: true,
    });
    expect(fitOf(ownTask(form, PLACE), countTokens, config(26)).playable).toBe(false);
  });

  it('is told short of all its numbers the same way', () => {
    const told = new Set<boolean>();
    for (let seed = 0; seed < 500; seed++) {
      const random = createRandom('fit', seed);
      const task = ownTask(randomTask(random), PLACE);
      const limits = config(30 + random.int(60));
      const playable = isPlayable(task, countTokens, limits);
      expect(playable).toBe(fitOf(task, countTokens, limits).playable);
      told.add(playable);
    }
    expect(told.size).toBe(2);
  });
});
