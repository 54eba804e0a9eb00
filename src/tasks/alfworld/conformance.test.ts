/**
 * Against recorded ALFWorld games: every sentence of every command, whether the goal holds, and how many of its
 * conjuncts do; and the form of published runs. The records may not be copied, so this is skipped without them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { firstLook, perform } from './commands';
import { goalProgress } from './goal';
import { type House, HouseState } from './house';

const FOLDER = fileURLToPath(new URL('../../../../shared/benchdata/alfworld/', import.meta.url));
const there = existsSync(FOLDER);
const lines = <T>(name: string): T[] =>
  readFileSync(`${FOLDER}${name}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

type Step = readonly [command: string, says: string, source: string, reached: 0 | 1, conjuncts: number];
interface Game extends House {
  readonly id: string;
  readonly initial: string;
  readonly gold: readonly Step[];
  readonly tour: readonly Step[];
  readonly probe: readonly Step[];
  readonly transcript?: readonly Step[];
}

describe.skipIf(!there)('ALFWorld', () => {
  test('every recorded step: the sentence, the goal, its conjuncts', () => {
    let steps = 0;
    for (const game of lines<Game>('games.jsonl')) {
      expect(firstLook(new HouseState(game)), game.id).toBe(game.initial);
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
    expect(steps).toBeGreaterThan(2500);
  });

  test('published runs: every sentence has a form that is said here', () => {
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
    for (const { id, steps } of lines<{ id: string; steps: [string, string][] }>('transcripts.jsonl')) {
      for (const [command, says] of steps) {
        expect(
          forms.some((form) => form.test(says)),
          `${id}: ${command}: ${says}`,
        ).toBe(true);
        said++;
      }
    }
    expect(said).toBeGreaterThan(100);
  });
});
