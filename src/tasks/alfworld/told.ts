/**
 * What a resident tells about a house in stage 1: where a thing is, where it was moved, beside what it lies. {s} the
 * thing, {v} the receptacle or the other thing.
 */
import type { PatternSet } from '../qa/relations';

export const HOUSE_PATTERNS: Readonly<Record<'place' | 'move' | 'beside' | 'frame', PatternSet>> = {
  place: {
    train: ['The {s} is in the {v}.', 'I keep the {s} in the {v}.', 'You will find the {s} in the {v}.'],
    unseen: ['Look for the {s} in the {v}.'],
  },
  move: {
    train: ['Correction: the {s} is in the {v}.', 'I have moved the {s} to the {v}.'],
    unseen: ['Since today the {s} lies in the {v}.'],
  },
  beside: {
    train: ['The {s} lies beside the {v}.', 'The {s} is kept together with the {v}.'],
    unseen: ['Wherever the {v} is, there is the {s}.'],
  },
  frame: {
    train: ["In my sister's house, ", 'In the old flat, '],
    unseen: ['Where I used to live, '],
  },
};

export const IN = 'is in the';
export const BESIDE = 'lies beside the';
