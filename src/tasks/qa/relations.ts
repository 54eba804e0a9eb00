/**
 * The relations the question-answering family talks about, with the sentences that state, revise
 * and ask for them. Each list has patterns for training and patterns kept out of it (`unseen`).
 *
 * Slots: {s} subject, {v} value, {o} the value that is revised. In questions {s} may also become a
 * phrase such as "the boss of Mira", which is how two-hop questions are made; so a question never
 * puts a possessive after {s}. Words of the inventories never stand literally in a pattern.
 */
import type { WordKind } from '../inventory';

/** Patterns of one use, apart by split. */
export interface PatternSet {
  readonly train: readonly string[];
  readonly unseen: readonly string[];
}

export interface Relation {
  readonly key: string;
  /** As in `Fact.relation`; "subject relation value" is the plain statement worth storing. */
  readonly relation: string;
  readonly valueKind: WordKind;
  readonly statements: PatternSet;
  /** Absent where people do not change it. */
  readonly revisions?: PatternSet;
  readonly questions: PatternSet;
  /** Remarks that mention a value of this kind and state nothing about anyone's value. */
  readonly misleading: PatternSet;
  /** For relations between people: what one calls the other, e.g. "boss". */
  readonly noun?: string;
}

const VALUE_RELATIONS: readonly Relation[] = [
  {
    key: 'home',
    relation: 'lives in',
    valueKind: 'place',
    statements: {
      train: [
        '{s} lives in {v}.',
        '{s} has a flat in {v}.',
        "{s}'s home is in {v}.",
        '{s} settled in {v}.',
        'The home of {s} is in {v}.',
      ],
      unseen: ['{s} calls {v} home.', '{v} is where {s} lives.', '{s} rents a house in {v}.'],
    },
    revisions: {
      train: [
        'Correction: {s} lives in {v}.',
        '{s} has moved to {v}.',
        '{s} left {o} for {v}.',
        '{s} now lives in {v}, not {o}.',
      ],
      unseen: ['{s} relocated from {o} to {v}.', 'I was wrong, {s} lives in {v}.'],
    },
    questions: {
      train: ['Where does {s} live?', 'In which town does {s} live?', 'Where is the home of {s}?'],
      unseen: ['What is the home town of {s}?', 'Which town does {s} call home?'],
    },
    misleading: {
      train: ['{s} saw a film about {v}.', '{s} found a postcard from {v}.', '{s} missed the train to {v}.'],
      unseen: ['{s} read a story about {v}.', '{s} never went to {v}.'],
    },
  },
  {
    key: 'job',
    relation: 'works as a',
    valueKind: 'job',
    statements: {
      train: ['{s} works as a {v}.', '{s} is a {v}.', '{s} has a job as a {v}.', 'The job of {s} is {v}.'],
      unseen: ['{s} is employed as a {v}.', 'By trade {s} is a {v}.'],
    },
    revisions: {
      train: [
        'Correction: {s} works as a {v}.',
        '{s} now works as a {v}.',
        '{s} is no longer a {o} but a {v}.',
        '{s} became a {v}.',
      ],
      unseen: ['{s} switched from {o} to {v}.', '{s} retrained as a {v}.'],
    },
    questions: {
      train: ['What does {s} work as?', 'What is the job of {s}?', 'Which job does {s} have?'],
      unseen: ['What does {s} do for a living?', 'How does {s} earn money?'],
    },
    misleading: {
      train: ['{s} met a {v} today.', '{s} waited for a {v}.', '{s} talked to a {v}.'],
      unseen: ['{s} argued with a {v}.', '{s} heard a joke about a {v}.'],
    },
  },
  {
    key: 'food',
    relation: 'likes',
    valueKind: 'food',
    statements: {
      train: [
        '{s} likes {v}.',
        '{s} loves {v}.',
        '{s} always orders {v}.',
        'The favourite food of {s} is {v}.',
      ],
      unseen: ['{s} is fond of {v}.', '{s} is mad about {v}.'],
    },
    revisions: {
      train: [
        'Correction: {s} likes {v}.',
        '{s} no longer likes {o} but {v}.',
        '{s} now likes {v}.',
        '{s} went off {o} and likes {v}.',
      ],
      unseen: ['{s} prefers {v} to {o} now.', '{s} has swapped {o} for {v}.'],
    },
    questions: {
      train: ['What does {s} like?', 'Which food does {s} like?', 'What is the favourite food of {s}?'],
      unseen: ['What should I cook for {s}?', 'What does {s} enjoy most?'],
    },
    misleading: {
      train: ['{s} dropped some {v}.', '{s} carried {v} home.', '{s} ran out of {v}.'],
      unseen: ['{s} spilled some {v}.', '{s} paid too much for {v}.'],
    },
  },
  {
    key: 'object',
    relation: 'owns a',
    valueKind: 'object',
    statements: {
      train: ['{s} owns a {v}.', '{s} has a {v}.', '{s} keeps a {v} at home.', '{s} bought a {v}.'],
      unseen: ['{s} possesses a {v}.', 'A {v} belongs to {s}.'],
    },
    revisions: {
      train: [
        'Correction: {s} owns a {v}.',
        '{s} sold the {o} and owns a {v}.',
        '{s} swapped the {o} for a {v}.',
        '{s} now owns a {v}.',
      ],
      unseen: ['{s} traded the {o} for a {v}.', '{s} gave up the {o} and got a {v}.'],
    },
    questions: {
      train: ['What does {s} own?', 'Which thing does {s} own?', 'What belongs to {s}?'],
      unseen: ['What is owned by {s}?', 'What does {s} possess?'],
    },
    misleading: {
      train: ['{s} saw a {v} in a shop.', '{s} dreamt of a {v}.', '{s} tripped over a {v}.'],
      unseen: ['{s} drew a {v}.', '{s} sang about a {v}.'],
    },
  },
  {
    key: 'birthday',
    relation: 'was born on',
    valueKind: 'date',
    statements: {
      train: ['{s} was born on {v}.', 'The birthday of {s} is {v}.', "{s}'s birthday is {v}."],
      unseen: ['{s} has a birthday on {v}.', '{s} turns a year older on {v}.'],
    },
    revisions: {
      train: [
        'Correction: {s} was born on {v}.',
        'No, the birthday of {s} is {v}, not {o}.',
        "{s}'s birthday is {v} after all.",
      ],
      unseen: ['I mixed it up, {s} was born on {v}.', '{s} was born on {v} rather than {o}.'],
    },
    questions: {
      train: ['When was {s} born?', 'When is the birthday of {s}?', 'On which day was {s} born?'],
      unseen: ['What is the birth date of {s}?', 'On which day does {s} turn older?'],
    },
    misleading: {
      train: ['{s} has a meeting on {v}.', '{s} goes on a trip on {v}.', '{s} lost an umbrella on {v}.'],
      unseen: ['{s} was ill on {v}.', '{s} cleaned the house on {v}.'],
    },
  },
];

/** What people are to one another; those marked change now and then. */
const PERSON_NOUNS: readonly { readonly noun: string; readonly changes: boolean }[] = [
  { noun: 'sister', changes: false },
  { noun: 'brother', changes: false },
  { noun: 'cousin', changes: false },
  { noun: 'boss', changes: true },
  { noun: 'neighbour', changes: true },
  { noun: 'friend', changes: true },
];

function personRelation(noun: string, changes: boolean): Relation {
  return {
    key: noun,
    noun,
    relation: `has ${noun}`,
    valueKind: 'person',
    statements: {
      train: [
        `{s}'s ${noun} is {v}.`,
        `The ${noun} of {s} is {v}.`,
        `{s} has a ${noun} called {v}.`,
        `{v} is the ${noun} of {s}.`,
      ],
      unseen: [`{s} told me about a ${noun}, {v}.`, `Meet {v}, the ${noun} of {s}.`],
    },
    ...(changes && {
      revisions: {
        train: [
          `Correction: {s}'s ${noun} is {v}.`,
          `{s} has a new ${noun}, {v}.`,
          `{s}'s ${noun} is no longer {o} but {v}.`,
        ],
        unseen: [`{v} took over from {o} as ${noun} of {s}.`, `Not {o} but {v} is the ${noun} of {s}.`],
      },
    }),
    questions: {
      train: [`Who is the ${noun} of {s}?`, `Who is {s}'s ${noun}?`],
      unseen: [`What is the ${noun} of {s} called?`, `Name the ${noun} of {s}.`],
    },
    misleading: {
      train: ['{s} waved at {v}.', '{s} forgot to call {v}.', '{s} saw {v} on a train.'],
      unseen: ['{s} wrote a card to {v}.', '{s} could not hear {v}.'],
    },
  };
}

const PERSON_RELATIONS = PERSON_NOUNS.map(({ noun, changes }) => personRelation(noun, changes));

/** Relations whose value is a place, a job, a thing: the last hop of every two-hop question. */
export { PERSON_RELATIONS, VALUE_RELATIONS };
export const RELATIONS: readonly Relation[] = [...VALUE_RELATIONS, ...PERSON_RELATIONS];

/** How a question names the person at the end of a first hop. */
export const HOP_PHRASES: readonly string[] = ['the {n} of {s}', "{s}'s {n}"];
