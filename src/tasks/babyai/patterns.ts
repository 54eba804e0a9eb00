/**
 * What is said in stages 1 and 2 of a BabyAI task. Slots: {s} a thing, {v} a door, {g} the goal. As everywhere, each
 * list has patterns for training and patterns kept out of it.
 */
import { containsPhrase } from '../phrase';
import type { PatternSet } from '../qa/relations';
import { lastWord } from '../stages';
import { COLOURS, type Colour } from './objects';

/** `Fact.relation` of which door something is behind. */
export const BEHIND = 'is behind the';
/** `Fact.relation` of what no door is before. */
export const IN_FIRST_ROOM = 'is in the';

export const BABYAI_PATTERNS: Readonly<Record<'place' | 'move' | 'frame' | 'goal', PatternSet>> = {
  place: {
    train: [
      'The {s} is behind the {v}.',
      'The {s} lies behind the {v}.',
      'You will find the {s} behind the {v}.',
    ],
    unseen: ['Somebody left the {s} behind the {v}.', 'Behind the {v} there is the {s}.'],
  },
  move: {
    train: [
      'The {s} was moved behind the {v}.',
      'Correction: the {s} is behind the {v}.',
      'The {s} is now behind the {v}.',
    ],
    unseen: ['I carried the {s} behind the {v}.', 'Since today the {s} lies behind the {v}.'],
  },
  frame: {
    train: ['In the other maze, ', 'In a maze next door, '],
    unseen: ['In the maze of a game, ', 'In an older maze, '],
  },
  goal: {
    train: ['Goal: {g}.', 'Your goal: {g}.'],
    unseen: ['Mission: {g}.'],
  },
};

const FRAMES = [...BABYAI_PATTERNS.frame.train, ...BABYAI_PATTERNS.frame.unseen];

/**
 * The door behind which a thing is, as remembered texts have it, best first; a text that says it was moved counts more
 * than one that does not, and what is said of other mazes does not count.
 */
export function doorOf(thing: string, remembered: readonly string[]): Colour | null {
  const told = remembered.filter(
    (text) => containsPhrase(text, thing) && !FRAMES.some((frame) => text.includes(frame.trim())),
  );
  return lastWord(told, (text) => COLOURS.find((colour) => containsPhrase(text, `${colour} door`)) ?? null);
}
