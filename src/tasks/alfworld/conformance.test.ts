/**
 * Against recorded ALFWorld games: every sentence of every command, whether the goal holds, and how many of its
 * conjuncts do; and the form of published runs. The records may not be copied, so this is skipped without them.
 */
import { describe, expect, test } from 'vitest';
import { recordsOf } from '../records.fixture';
import { firstLook, perform } from './commands';
import { goalProgress } from './goal';
import { type House, HouseState } from './house';

const { there, lines } = recordsOf('alfworld');

type Step = readonly [command: string, says: string, source: string, reached: 0 | 1, conjuncts: number];
interface Game extends House {
  readonly id: string;
  readonly task: string;
  readonly initial: string;
  readonly gold: readonly Step[];
  readonly tour: readonly Step[];
  readonly probe: readonly Step[];
  readonly transcript?: readonly Step[];
}

interface Transcript {
  readonly id: string;
  readonly task: string;
  readonly initial: string;
  readonly steps: readonly (readonly [command: string, says: string])[];
}

const FIRST_LOOK =
  /^You are in the middle of a room\. Looking quickly around you, you see a .+, and a .+ \d+\.$/;
const TASK_FORMS = [
  '(?:put|find) (?:a|an|some) X (?:on|in|and put it in) X',
  '(?:put|find) two X (?:in|and put them in) X',
  'put a (?:clean|hot|cool) X in X',
  '(?:clean|heat|cool) some X and put it in X',
  '(?:look at|examine the) X (?:under|with) the X',
].map((form) => new RegExp(`^Your task is to: ${form.replaceAll('X', '[a-z]+')}\\.$`));

describe.skipIf(!there)('ALFWorld', () => {
  test('36 games, 2,690 steps: the sentence, the goal, its conjuncts', () => {
    let steps = 0;
    for (const game of lines<Game>('games.jsonl')) {
      expect(firstLook(new HouseState(game)), game.id).toBe(game.initial);
      // What a game is about is said in one of these ways.
      expect(
        TASK_FORMS.some((form) => form.test(game.task)),
        game.task,
      ).toBe(true);
      for (const run of [game.gold, game.tour, game.probe, game.transcript ?? []]) {
        const state = new HouseState(game);
        for (const [command, says, , reached, conjuncts] of run) {
          expect(perform(state, command), `${game.id}: ${command}`).toBe(says);
          const progress = goalProgress(state);
          expect([progress.reached ? 1 : 0, progress.conjuncts], `${game.id}: ${command}`).toEqual([
            reached,
            conjuncts,
          ]);
          steps++;
        }
      }
    }
    expect(steps).toBe(2690);
  });

  test('13 published runs, 155 sentences: each has a form that is said here', () => {
    const thing = '[a-z]+ \\d+';
    const list = `(?:nothing|a ${thing}(?:, (?:and )?a ${thing})*)`;
    const forms = [
      `On the ${thing}, you see ${list}\\.`,
      `The ${thing} is (?:closed|open)\\.`,
      `(?:You open the ${thing}\\. )?The ${thing} is open\\.(?: In it, you see ${list}\\.)?`,
      `On the ${thing}\\.?`,
      `You close the ${thing}\\.`,
      `You pick up the ${thing} from the ${thing}\\.`,
      `You put the ${thing} in/on the ${thing}\\.`,
      `You (?:clean|heat|cool) the ${thing} using the ${thing}\\.`,
      `You turn on the ${thing}\\.`,
      `You are carrying: ${list}\\.`,
      `You are facing the ${thing}(?:, (?:and )?${thing})*\\. Next to it, you see nothing\\.`,
      'You are not carrying anything\\.',
      'Nothing happens\\.',
    ].map((form) => new RegExp(`^${form}$`));
    let said = 0;
    for (const { id, task, initial, steps } of lines<Transcript>('transcripts.jsonl')) {
      expect(initial, id).toMatch(FIRST_LOOK);
      expect(
        TASK_FORMS.some((form) => form.test(task)),
        task,
      ).toBe(true);
      for (const [command, says] of steps) {
        expect(
          forms.some((form) => form.test(says)),
          `${id}: ${command}: ${says}`,
        ).toBe(true);
        said++;
      }
    }
    expect(said).toBe(155);
  });
});
