/** What a model is used as at first, and what its settings leave of its window for an episode. */
import { describe, expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG, BUNDLED_MAX_NEW_TOKENS } from '../../agent/config';
import { SITE_POLICIES } from '../../policies/site-policies';
import { episodeOf } from './play';
import { changedSetup, checkPromptFits, MOST_CONTEXT, standardSetup } from './setup';

/** Of the system prompts, as tokenizers of a hundred thousand tokens and more cut them, and some to spare. */
const TOKENS = { full: 960, short: 40 };
const WINDOWS = Array.from({ length: 64 }, (_, i) => 320 + 125 * i);
const choices = (maxContextTokens: number) => ({ thinking: false, bases: [], maxContextTokens });

describe('whatever the window of a model', () => {
  test.each(WINDOWS)('%i: what it is opened with leaves room for an episode', (window) => {
    const setup = standardSetup(choices(window));
    expect(changedSetup(setup, {}, choices(window), { constrain: true })).toEqual(setup);
    expect(() => checkPromptFits(TOKENS[setup.prompt], setup)).not.toThrow();
  });

  test.each(WINDOWS)('%i: the full prompt is refused, or leaves room', (window) => {
    const setup = { ...standardSetup(choices(window)), prompt: 'full', contextTokens: window } as const;
    const { maxContextTokens, hardPromptTokens } = episodeOf(setup, 4);
    expect(hardPromptTokens).toBe(window - setup.maxNewTokens);
    let refused = false;
    try {
      checkPromptFits(TOKENS.full, setup);
    } catch (error) {
      refused = true;
      expect(error).toMatchObject({ code: 'setup', whatToDo: expect.stringContaining('short prompt') });
    }
    expect(refused).toBe(TOKENS.full + 64 > maxContextTokens);
  });
});

test.each(SITE_POLICIES)('$name is played by the rules it was made for', ({ episode }) => {
  const window = episode.hardPromptTokens + BUNDLED_MAX_NEW_TOKENS;
  const setup = standardSetup(choices(window), episode);
  expect(setup).toMatchObject({
    prompt: 'short',
    maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
    contextTokens: window,
  });
  expect(episodeOf(setup, 4, episode)).toEqual(episode);
  // In a smaller room its rules stay, with as large a share of it.
  const smaller = episodeOf({ ...setup, contextTokens: window / 2 }, 4, episode);
  const changed = ['hardPromptTokens', 'maxContextTokens'] as const;
  expect(smaller).toEqual({ ...episode, ...Object.fromEntries(changed.map((key) => [key, smaller[key]])) });
  const share = smaller.maxContextTokens / smaller.hardPromptTokens;
  expect(share).toBeCloseTo(episode.maxContextTokens / episode.hardPromptTokens, 1);
});

test('a small window is played by the bundled policy’s', () => {
  expect(episodeOf(standardSetup(choices(320)), 4)).toEqual(BUNDLED_EPISODE_CONFIG);
});

test('a large window is played by the paper’s, with its longest context at most', () => {
  const setup = standardSetup(choices(MOST_CONTEXT));
  expect(setup).toMatchObject({ prompt: 'full' });
  const most = { ...setup, contextTokens: MOST_CONTEXT };
  expect(episodeOf(most, 8)).toMatchObject({ introspection: 'kept', maxRounds: 8 });
  expect(episodeOf(most, 8).maxContextTokens).toBeLessThan(MOST_CONTEXT);
});
