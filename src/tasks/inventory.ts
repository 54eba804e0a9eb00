/**
 * Where names and values come from, and how the splits stay apart.
 *
 * Each kind of word has an open-ended generator (pronounceable syllables: "Belune", "Kelholm",
 * "tolum") and a list of ordinary words. Which split a word belongs to is decided by a hash of the
 * word itself: one word in four belongs to `unseen-names` and never occurs in another split. Nobody
 * keeps a list, so the rule holds for words no generator has made yet, and for words of any length.
 * Likewise every gold statement (subject, relation, value) has a hash: one in four belongs to
 * `evaluation`, so that evaluation asks about combinations training has never stated.
 *
 * The syllables are few (about thirty for each position) on purpose: a small byte-pair vocabulary
 * holds nearly all of them, and a new name is a new *sequence* of known pieces. Limits: all words
 * are ASCII, and a generated word may by chance be an ordinary one.
 */
import { hashString, type Random } from './random';
import type { Split } from './task';
import { COLOURS, FIRST_NAMES, FOODS, JOBS, MONTHS, OBJECTS, RECEPTACLES, ROOMS, TOWNS } from './word-lists';

export type WordKind =
  | 'person'
  | 'place'
  | 'job'
  | 'food'
  | 'object'
  | 'date'
  | 'colour'
  | 'room'
  | 'receptacle';

/**
 * Where words come from; what is left over are ordinary words. `syllables`: from the syllables below.
 * `freeForm`: any pronounceable letters ("Thriobsk"), nearly without end, so that whoever learns from
 * them must read letter by letter. Shares in [0, 1], together at most 1.
 */
export interface WordShares {
  readonly syllables: number;
  readonly freeForm: number;
}

/** Reading unknown names wants mostly unknown names. */
export const DEFAULT_WORD_SHARES: WordShares = { syllables: 0.65, freeForm: 0 };

/** No admissible word was found; the caller excluded too much. */
export class InventoryExhaustedError extends Error {
  constructor(kind: WordKind, split: Split) {
    super(
      `No ${kind} left for split "${split}" after 2,000 draws: exclude fewer words or raise the generated share.`,
    );
    this.name = 'InventoryExhaustedError';
  }
}

const syllables = (text: string): readonly string[] => text.trim().split(/\s+/);

const OPENINGS = syllables(`
  Ba Be Bo Da Del Do Fa Fen Fi Ga Gil Ha He Ja Jo Ka Kel Ko La Lin Lo Ma Mi Mo Na Nel No Pa Pel Ra
  Ri Ro Sa Sel So Ta Tel Ti To Va Vel Vi Wa Wil Za Zo`);
const MIDDLES = syllables(
  'ba be da di fo ga go ka ki la le lo ma mi na ne ni no ra re ri ro sa se ta ti to va vi zu',
);
const PERSON_ENDINGS = syllables(`
  da dan do dra la len li lo lune ma mir mo na nel nia no ra ran rel ria ris ro sa sel so ta tan
  to tor va vin von za`);
const PLACE_ENDINGS = syllables(
  'by berg dal field ford ham holm mar mont mouth port stad ton vik ville wick',
);
const JOB_ENDINGS = syllables('rist list nist ler ner sher tor mer wright monger');
const FOOD_ENDINGS = syllables('lo mi nuts rol berries leaf roots sa tto ni paste cakes');
const OBJECT_ENDINGS = syllables('lum nik rum tor dex phone graph bot mat pod let box wheel');
const COLOUR_ENDINGS = syllables('lish rine let nish vian ric');
const ROOM_ENDINGS = syllables('den hall nook vault');
const RECEPTACLE_ENDINGS = syllables('case chest bin rack');

const ORDINARY: Readonly<Record<WordKind, readonly string[]>> = {
  person: FIRST_NAMES,
  place: TOWNS,
  job: JOBS,
  food: FOODS,
  object: OBJECTS,
  date: MONTHS,
  colour: COLOURS,
  room: ROOMS,
  receptacle: RECEPTACLES,
};

const ENDINGS: Readonly<Record<Exclude<WordKind, 'date'>, readonly string[]>> = {
  person: PERSON_ENDINGS,
  place: PLACE_ENDINGS,
  job: JOB_ENDINGS,
  food: FOOD_ENDINGS,
  object: OBJECT_ENDINGS,
  colour: COLOUR_ENDINGS,
  room: ROOM_ENDINGS,
  receptacle: RECEPTACLE_ENDINGS,
};

/** Chance of a third syllable: two-syllable names are short, three-syllable ones nearly endless. */
const LONG_WORD_SHARE = 0.4;

function generateWord(random: Random, kind: Exclude<WordKind, 'date'>): string {
  const opening = random.pick(OPENINGS);
  const middle = random.chance(LONG_WORD_SHARE) ? random.pick(MIDDLES) : '';
  const word = opening + middle + random.pick(ENDINGS[kind]);
  return kind === 'person' || kind === 'place' ? word : word.toLowerCase();
}

const ONSETS = syllables(
  'b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p ph pl pr qu r s sch sh sk sl sm sn sp st str t th tr v w wh x y z',
);
const NUCLEI = syllables('a a a e e e i i i o o o u u y ae ai au ea ee ei ia ie io oa oo ou ue');
const CODAS = syllables(
  'b ck d f g gh k l ld ll lm ls lt m mp n nd ng nk ns nt p r rd rk rn rs rt s ss st t th tz v x z',
);

/** One to three syllables of any pronounceable letters, at least three letters. */
function freeFormWord(random: Random, kind: Exclude<WordKind, 'date'>): string {
  let word = '';
  const length = random.weighted([
    [1, 0.25],
    [2, 0.5],
    [3, 0.25],
  ] as const);
  for (let i = 0; i < length || word.length < 3; i++) {
    const onset = i === 0 && random.chance(0.15) ? '' : random.pick(ONSETS);
    word += onset + random.pick(NUCLEI) + (random.chance(0.45) ? random.pick(CODAS) : '');
  }
  return kind === 'person' || kind === 'place' ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

const UNSEEN_MODULUS = 4;

/** Whether a name or value belongs to `unseen-names` (about one in four) or to all other splits. */
export function isUnseenWord(word: string): boolean {
  return hashString(`word:${word.toLowerCase()}`) % UNSEEN_MODULUS === 0;
}

/** Whether a gold statement belongs to `evaluation` (about one in four) or to the other splits. */
export function isEvaluationStatement(subject: string, relation: string, value: string): boolean {
  return hashString(`statement:${subject}|${relation}|${value}`) % 4 === 0;
}

/** Draws words of one split; never the same word twice from one inventory. */
export interface Inventory {
  readonly split: Split;
  /** A word of this kind not drawn before, for which `accept` (if given) holds. */
  draw(kind: WordKind, accept?: (word: string) => boolean): string;
}

/** Words for one task: all draws come from `random`, all words from the split. */
export function createInventory(
  random: Random,
  split: Split,
  shares: WordShares = DEFAULT_WORD_SHARES,
): Inventory {
  const used = new Set<string>();
  const candidate = (kind: WordKind): string => {
    if (kind === 'date') return `${1 + random.int(28)} ${random.pick(MONTHS)}`;
    // One draw decides, so that the default shares draw what they always drew.
    const draw = random.next();
    if (draw < shares.syllables) return generateWord(random, kind);
    if (draw < shares.syllables + shares.freeForm) return freeFormWord(random, kind);
    return random.pick(ORDINARY[kind]);
  };
  return {
    split,
    draw(kind, accept = () => true) {
      for (let attempt = 0; attempt < 2000; attempt++) {
        const word = candidate(kind);
        if (isUnseenWord(word) !== (split === 'unseen-names')) continue;
        if (used.has(word.toLowerCase()) || !accept(word)) continue;
        used.add(word.toLowerCase());
        return word;
      }
      throw new InventoryExhaustedError(kind, split);
    },
  };
}
