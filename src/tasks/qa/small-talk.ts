/**
 * Everything in the chat that is not a fact: openings put before a fact, small talk that nobody
 * needs to remember, and the frames that mark a stage-2 distractor as hearsay or fiction.
 *
 * Some small talk names people, also those the task is about, so "a name occurs" is no rule for
 * what to store. Frames matter: stage 2 opens with an empty context just as stage 1 does, so a
 * policy can only tell a misleading statement from a fact by what the message says about itself.
 *
 * Slots: {p} a person, {t} a town, {f} a food.
 */
import type { PatternSet } from './relations';

/** Put before some statements; the empty one is drawn most often by the generator. */
export const OPENERS: PatternSet = {
  train: ['Note: ', 'By the way, ', 'Remember: '],
  unseen: ['For the record, ', 'One thing: '],
};

export const CHATTER: PatternSet = {
  train: [
    'Good morning!',
    'How are you today?',
    'It is raining again.',
    'I slept badly.',
    'What a long day.',
    'Thanks a lot.',
    'That made me laugh.',
    'I need a break.',
    'The bus was full.',
    'Let us go on.',
    'Nice to see you.',
    'My phone is nearly empty.',
    'I am so tired.',
    'The sun is out.',
    'See you later.',
    'It was too loud here.',
    '{p} says hello.',
    '{p} is late again.',
    '{p} told a joke.',
    '{p} laughed a lot.',
    '{p} is on the phone.',
    '{p} will be back soon.',
    'I saw {p} in the park.',
    'I just waved at {p}.',
    '{p} and {p} had a chat.',
    '{p} looks tired today.',
    'I just had some {f}.',
    'There was no {f} left.',
    'The {f} was cold.',
    '{p} made a face at the {f}.',
    'It is windy in {t}.',
    'The train from {t} was late.',
    'They talk about {t} on the news.',
  ],
  unseen: [
    'Good evening to you!',
    'It snowed all night.',
    'My feet hurt.',
    'Sorry, I lost my thread.',
    '{p} just sneezed.',
    '{p} went out for a while.',
    'I bumped into {p} outside.',
    'I could do with some {f}.',
    'The road to {t} is closed.',
  ],
};

/** Put before a statement about somebody else, or a misleading remark, in stage 2. */
export const FRAMES: PatternSet = {
  train: [
    'In a novel, ',
    'On the radio: ',
    'In a film, ',
    'On a poster: ',
    'A stranger said: ',
    'In a dream, ',
  ],
  unseen: ['In a podcast, ', 'An advert said: ', 'In a play, '],
};
