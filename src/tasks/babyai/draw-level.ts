/**
 * Draws a map for a plan until somebody who knows the needed facts solves it in a reasonable time; so every generated
 * task can be solved, and the way that was found sets its limits.
 *
 * The limit of steps is the original's own: an end counts while the reward, 1 - 0.9 * steps / limit, is above 0.5. A
 * level's limit is such that this leaves `SLACK` steps more than were needed.
 */
import type { Random } from '../random';
import type { Difficulty, Split } from '../task';
import { buildLevel } from './build';
import { createExpert } from './expert';
import { Game } from './game';
import type { Level } from './level';
import { type Plan, palette } from './plan';
import { TextGame } from './text-game';

/** Steps beyond those of somebody who knows: room for one slip, a turn and its undoing. */
const SLACK = 2;
/** Actions of the text game that somebody who knows may need at most; longer ways are drawn again. */
const LONGEST_WAY = 16;
/** Actions beyond those of somebody who knows: most that costs no steps, refusals and lists of actions, fits in. */
const SPARE_ACTIONS = 6;
/** Of the text that opens stage 3 of an easiest task, the goal included: one door is in sight, or none. */
const SHORT_OPENING_WORDS = 60;
/** Of what is seen there to other sides: two doors are in sight. */
const SHORT_TEXT_WORDS = 70;
/** Share of levels whose rooms are 6 cells wide with their walls; those of the others are 5. */
const SHARE_OF_LARGE = 0.3;

export interface DrawnLevel {
  readonly level: Level;
  /** As Minigrid words it. */
  readonly mission: string;
  /** As the text game words it. */
  readonly goal: string;
  /** Actions of the text game, after which the episode is over. */
  readonly limit: number;
}

/**
 * @param known the needed facts as sentences
 * @param opening puts the goal into the sentence that opens stage 3
 */
export function drawLevel(
  random: Random,
  plan: Plan,
  split: Split,
  difficulty: Difficulty,
  known: readonly string[],
  opening: (goal: string) => string,
): DrawnLevel {
  const short = difficulty === 'one-fact';
  // Most draws are taken where texts may be long, some where not; the bound is never met in practice.
  for (let attempt = 0; attempt < 20_000; attempt++) {
    const size = !short && random.chance(SHARE_OF_LARGE) ? 6 : 5;
    const level = buildLevel(random, plan, size, palette(split));
    const game = new Game(level);
    if (short && !isShort(level, opening)) continue;
    const actions = actionsNeeded(game, known, opening);
    if (actions === null) continue;
    return {
      level: { ...level, maxSteps: stepLimit(game.steps + SLACK) },
      mission: game.mission,
      goal: new TextGame(game).goal,
      limit: actions + SPARE_ACTIONS,
    };
  }
  throw new RangeError(`No map for a BabyAI plan of split "${split}", difficulty "${difficulty}".`);
}

/** The limit under which an end counts after so many steps, and not after one more. */
function stepLimit(steps: number): number {
  return Math.floor((steps * 9) / 5) + 1;
}

const openingText = (text: TextGame, opening: (goal: string) => string): string =>
  `${opening(text.goal)} ${text.observation}`;

const wordsIn = (text: string): number => text.split(/\s+/).length;

/** Whether little is in sight at the start, and to every side: not only on the right way, or the length would tell it. */
function isShort(level: Level, opening: (goal: string) => string): boolean {
  if (wordsIn(openingText(new TextGame(new Game(level)), opening)) > SHORT_OPENING_WORDS) return false;
  return ([0, 1, 2, 3] as const).every((facing) => {
    const turned = new TextGame(new Game({ ...level, start: { ...level.start, facing } }));
    return wordsIn(turned.observation) <= SHORT_TEXT_WORDS;
  });
}

/** Actions of the expert until the mission is done, carried out in the game; null: it takes too long. */
export function actionsNeeded(
  game: Game,
  known: readonly string[],
  opening: (goal: string) => string,
  most = LONGEST_WAY,
): number | null {
  const text = new TextGame(game);
  const expert = createExpert();
  let read = openingText(text, opening);
  for (let actions = 1; actions <= most; actions++) {
    text.act(expert.act(read, known));
    if (text.done) return actions;
    read = text.observation;
  }
  return null;
}
