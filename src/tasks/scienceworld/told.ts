/** How properties and places are told in stage 1. {s} the subject, {v} its value. */
import type { PatternSet } from '../qa/relations';
import type { ToldKind } from './instances';

export const LAB_PATTERNS: Readonly<Record<ToldKind | 'place-later' | 'melts-later' | 'frame', PatternSet>> =
  {
    place: {
      train: ['The {s} is in the {v}.', 'You will find the {s} in the {v}.'],
      unseen: ['Somebody saw the {s} in the {v}.'],
    },
    'place-later': {
      train: ['Correction: the {s} is in the {v}.', 'The {s} was moved to the {v}.'],
      unseen: ['By now the {s} lies in the {v}.'],
    },
    years: {
      train: ['The {s} lives {v} years.', 'A {s} can become {v} years old.'],
      unseen: ['{v} years are the life of a {s}.'],
    },
    melts: {
      train: ['{s} melts at {v} degrees.', 'The melting point of {s} is {v} degrees.'],
      unseen: ['At {v} degrees {s} becomes liquid.'],
    },
    'melts-later': {
      train: ['Correction: {s} melts at {v} degrees.', 'We measured again: {s} melts at {v} degrees.'],
      unseen: ['No, {s} becomes liquid at {v} degrees.'],
    },
    like: {
      train: ['{s} melts just like {v}.', 'The melting point of {s} is that of {v}.'],
      unseen: ['{v} and {s} become liquid alike.'],
    },
    frame: {
      train: ['In another lab: ', 'In a story I read: '],
      unseen: ['On another planet: '],
    },
  };

/** `Fact.relation` of each kind. */
export const LAB_RELATIONS: Readonly<Record<ToldKind, string>> = {
  place: 'is in the',
  years: 'lives years',
  melts: 'melts at degrees',
  like: 'melts like',
};
