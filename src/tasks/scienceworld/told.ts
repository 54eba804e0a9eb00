/** How properties and places are told in stage 1. {s} the subject, {v} its value. */
import type { PatternSet } from '../qa/relations';
import type { ToldKind } from './instances';

type LaterKind = `${'place' | 'melts' | 'freezes' | 'begins'}-later`;

export const LAB_PATTERNS: Readonly<Record<ToldKind | LaterKind | 'frame', PatternSet>> = {
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
  freezes: {
    train: ['{s} freezes at {v} degrees.', 'The freezing point of {s} is {v} degrees.'],
    unseen: ['At {v} degrees {s} becomes solid.'],
  },
  'freezes-later': {
    train: ['Correction: {s} freezes at {v} degrees.', 'We measured again: {s} freezes at {v} degrees.'],
    unseen: ['No, {s} becomes solid at {v} degrees.'],
  },
  'freezes-like': {
    train: ['{s} freezes just like {v}.', 'The freezing point of {s} is that of {v}.'],
    unseen: ['{v} and {s} become solid alike.'],
  },
  begins: {
    train: ['The {s} begins life as a {v}.', 'The young of a {s} is a {v}.'],
    unseen: ['Every {s} was once a {v}.'],
  },
  'begins-later': {
    train: [
      'Correction: the {s} begins life as a {v}.',
      'We changed our minds: the young of a {s} is a {v}.',
    ],
    unseen: ['No, every {s} was once a {v}.'],
  },
  grows: {
    train: ['The {s} turns into a {v}.', 'A {s} grows and becomes a {v}.'],
    unseen: ['Out of a {s} comes a {v}.'],
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
  freezes: 'freezes at degrees',
  'freezes-like': 'freezes like',
  begins: 'begins life as',
  grows: 'turns into',
};
