/** Slips: one name wrong, and wrong everywhere; and in every world a demonstrator that slips means what it meant before. */
import { describe, expect, test } from 'vitest';
import { WORLDS_EPISODE_CONFIG } from '../agent/config';
import { parseCompletion } from '../agent/protocol';
import { createTransientMemory } from '../memory/long-term-memory';
import { LADDER } from '../tasks/ladder';
import { createRandom } from '../tasks/random';
import { taskFamily } from '../tasks/registry';
import '../tasks/worlds';
import { demonstrateTask } from './demonstrations';
import { PERFECT } from './scripted-noise';
import { wordsOf } from './scripted-reading';
import { slipIn } from './scripted-slips';

const SEEDS = process.env.SOAK ? 60 : 6;

describe('a slip', () => {
  const shown = ['You see a fridge 1, a dafocase 1 and a countertop 1. Your task is to: clean some teapot.'];
  const remembered = ['teapot 1 is in the dafocase 1', 'harp 1 is in the tocase 1'];
  const slips = Array.from({ length: 200 }, (_, seed) =>
    slipIn('take teapot 1 from dafocase 1', shown, remembered, createRandom('test', seed)),
  );

  test('puts one other word in the place of a name, and one that the world never used', () => {
    const known = new Set(shown.flatMap(wordsOf));
    for (const slip of slips) {
      const words = wordsOf(slip ?? '');
      const meant = wordsOf('take teapot 1 from dafocase 1');
      expect(words.length).toBe(meant.length);
      const wrong = words.filter((word, i) => word !== meant[i]);
      expect(wrong).toHaveLength(1);
      expect(known.has(wrong[0])).toBe(false);
    }
  });

  test('is now a name remembered from elsewhere, now a mixture', () => {
    expect(slips.some((slip) => /tocase/.test(slip ?? ''))).toBe(true);
    expect(new Set(slips).size).toBeGreaterThan(6);
  });

  test('is not made where nothing is named', () => {
    expect(slipIn('wait', shown, remembered, createRandom(1))).toBeNull();
    expect(slipIn('go to north', shown, remembered, createRandom(1))).toBeNull();
  });
});

describe.each(['alfworld', 'pddl', 'babyai', 'scienceworld'])('in %s', (id) => {
  const family = taskFamily(id);

  async function played(seed: number, slip: number) {
    const task = family.generate(seed, 'train', LADDER[seed % LADDER.length]);
    const { steps, log } = await demonstrateTask(task, seed, {
      errors: { ...PERFECT, slip },
      config: WORLDS_EPISODE_CONFIG,
      openMemory: async () => createTransientMemory(),
    });
    const acts = steps.filter(({ decision }) => decision === 'act' || decision === 'slip');
    const text = (completion: string): string => {
      const action = parseCompletion(completion);
      return action.kind === 'answer' ? action.text : '';
    };
    const observations = log.flatMap((event) =>
      event.type === 'message-added' && event.message.origin.kind === 'observation'
        ? [event.message.content]
        : [],
    );
    return acts.map(({ completion, decision }, i) => ({
      text: text(completion),
      slipped: decision === 'slip',
      observation: observations[i],
    }));
  }

  test('a slip changes nothing, or is read as it was meant; what is done is what is done without slips', async () => {
    const expert = family.createExpert?.(family.generate(0, 'train', 'one-fact'));
    let refusals = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const straight = await played(seed, 0);
      const slipping = await played(seed, 0.3);
      const done = slipping.filter(({ slipped, observation = '' }) => {
        const vain = slipped && expert?.refused?.(observation);
        if (vain) refusals++;
        return !vain;
      });
      for (const [i, { text, slipped }] of done.entries()) {
        // Of the words that are no names the PDDL worlds of AgentBoard read some in any spelling.
        if (straight[i] && !slipped) expect(text, `seed ${seed}`).toBe(straight[i].text);
      }
    }
    expect(refusals).toBeGreaterThan(SEEDS / 3);
  });
});
