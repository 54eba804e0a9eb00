/**
 * What the small articles say and how they are asked about. Slots: {s} the subject, {v} the value; in questions {a} and
 * {b}. As in the other families a pattern is for training or kept out of it, and no word of the inventories stands in one.
 */
import type { PatternSet } from '../qa/relations';

export type ArticleRelation = 'made' | 'shown' | 'lives' | 'born';

export const STATEMENTS: Readonly<Record<ArticleRelation, PatternSet>> = {
  made: {
    train: ['{s} made {v}.', '{s} is known for {v}.'],
    unseen: ['{v} is by {s}.'],
  },
  shown: {
    train: ['{s} is shown in {v}.', '{s} can be seen in {v}.'],
    unseen: ['One finds {s} in {v}.'],
  },
  lives: {
    train: ['{s} lives in {v}.', '{s} has a flat in {v}.'],
    unseen: ['{v} is where {s} stays.'],
  },
  born: {
    train: ['{s} was born in {v}.', 'The year of birth of {s} is {v}.'],
    unseen: ['{v} is the year in which {s} came into the world.'],
  },
};

/** Put before the sentence that corrects an article. */
export const CORRECTIONS: PatternSet = {
  train: ['Correction to the article: ', 'The article was wrong: '],
  unseen: ['An editor writes: '],
};

/** Say nothing that is asked for. */
export const FILLERS: PatternSet = {
  train: ['Little else is known.', 'Much was written about it.', 'There are two pictures.'],
  unseen: ['The sources are few.'],
};

export const QUESTIONS: Readonly<Record<'single' | 'bridge' | 'first' | 'same', PatternSet>> = {
  single: { train: ['In which town does {a} live?'], unseen: ['Which town does {a} call home?'] },
  bridge: {
    train: ['In which town can one see what {a} made?', 'Where is the work of {a} shown?'],
    unseen: ['To which town must I go for the work of {a}?'],
  },
  first: { train: ['Who was born first, {a} or {b}?'], unseen: ['Which of {a} and {b} is older?'] },
  same: {
    train: ['Do {a} and {b} live in the same town?'],
    unseen: ['Is the home town of {a} that of {b} too?'],
  },
};
