/**
 * Text to weighted features, for any language and without a dictionary.
 *
 * A text is folded (NFKC, case), cut into tokens, and every token becomes one vector of fixed length,
 * made of the whole token and of its character n-grams with the word's edges marked, so that "live" and
 * "lives" share most of their mass while a long word counts no more than a short one. How much a token
 * matters is guessed from its looks alone: function words are short, names are often capitalised, and a
 * word said three times is not three times as important. Scripts written without spaces (Han, kana,
 * Thai ...) have no words to find without a dictionary; neighbouring pairs of characters stand in.
 *
 * Limits: no synonyms and no meaning; "house" and "home" are strangers. A text of megabytes is known by
 * its beginning. Character n-grams as a bag for similarity: Cavnar & Trenkle 1994; sub-linear counts:
 * Salton & Buckley 1988 (the root here in place of their logarithm, because every engine rounds roots alike).
 */

/** What the features look like; part of an embedder's identity, since other numbers give other vectors. */
export interface FeatureParameters {
  /** Weight of a spaced word by its length in code points; the last value holds for all longer ones. */
  readonly weightByLength: readonly number[];
  /** Factor for a capitalised word: a sign of a name, even at the start of a sentence. */
  readonly capitalWeight: number;
  /** Share of a token's squared length that the whole token holds; its n-grams share the rest. */
  readonly wholeShare: number;
  /** Orders of the n-grams inside a word. */
  readonly orders: readonly number[];
  /** Weight of one pair of characters in a script without spaces, and of one single character. */
  readonly pairWeight: number;
  readonly singleWeight: number;
  /** Weight of a run of hiragana, mostly particles and endings. */
  readonly hiraganaWeight: number;
}

export interface Feature {
  readonly name: string;
  readonly weight: number;
}

/**
 * What is read of a text, in UTF-16 code units: some 20,000 words. Data pasted as text goes on for megabytes; its
 * n-grams would take a minute and gigabytes, and engines overflow their stack on one word of millions of letters.
 *
 * It came with 0.3.0 without another id for the embedder: no version before could store a longer text, since entries came
 * from completions of a policy alone (ngram-embedder.test.ts shows the bound).
 */
export const LONGEST = 131_072;

interface Token {
  readonly kind: 'word' | 'pair' | 'single' | 'symbol';
  readonly text: string;
  readonly weight: number;
}

const HAN_CLASS = String.raw`\p{Script=Han}々〆`;
const KATAKANA_CLASS = String.raw`\p{Script=Katakana}ー`;
const UNSPACED_CLASS = String.raw`\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const SYMBOL_CLASS = String.raw`\p{S}\p{Extended_Pictographic}`;
/** A run of one of the scripts without spaces, else a word (which ends where such a run begins), else a symbol. */
const TOKEN = new RegExp(
  [
    `[${HAN_CLASS}]+`,
    String.raw`\p{Script=Hiragana}+`,
    `[${KATAKANA_CLASS}]+`,
    `[${UNSPACED_CLASS}]+`,
    String.raw`(?:(?![${HAN_CLASS}${KATAKANA_CLASS}${UNSPACED_CLASS}\p{Script=Hiragana}])[\p{L}\p{M}\p{N}])+`,
    `[${SYMBOL_CLASS}]`,
  ].join('|'),
  'gu',
);
const HAN = new RegExp(`^[${HAN_CLASS}]`, 'u');
const HIRAGANA = /^\p{Script=Hiragana}/u;
const UNSPACED = new RegExp(`^[${UNSPACED_CLASS}]`, 'u');
const HANGUL = /^\p{Script=Hangul}/u;
const SYMBOL = new RegExp(`^[${SYMBOL_CLASS}]`, 'u');
const CAPITAL = /^\p{Lu}/u;

/**
 * Unicode-normalised and case-folded: NFKC, then upper and lower case in turn (so ß is ss), final sigma
 * as sigma. Independent of the locale.
 */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}

/** Tokens of a text with their weights, in order, repetitions included. */
function tokenise(text: string, parameters: FeatureParameters): Token[] {
  const tokens: Token[] = [];
  for (const [raw] of text.normalize('NFKC').matchAll(TOKEN)) {
    const folded = foldCase(raw);
    if (SYMBOL.test(raw)) {
      tokens.push({ kind: 'symbol', text: folded, weight: 1 });
    } else if (HIRAGANA.test(raw)) {
      tokens.push({ kind: 'word', text: folded, weight: parameters.hiraganaWeight });
    } else if (HAN.test(raw) || UNSPACED.test(raw)) {
      pushPairs(tokens, [...folded], parameters);
    } else {
      tokens.push({ kind: 'word', text: folded, weight: wordWeight(raw, folded, parameters) });
    }
  }
  return tokens;
}

function pushPairs(tokens: Token[], characters: readonly string[], parameters: FeatureParameters): void {
  for (let i = 0; i < characters.length; i++) {
    tokens.push({ kind: 'single', text: characters[i], weight: parameters.singleWeight });
    if (i + 1 < characters.length) {
      tokens.push({ kind: 'pair', text: characters[i] + characters[i + 1], weight: parameters.pairWeight });
    }
  }
}

function wordWeight(raw: string, folded: string, parameters: FeatureParameters): number {
  const table = parameters.weightByLength;
  // A Hangul syllable block says about as much as two and a half Latin letters.
  const length = Math.round([...folded].length * (HANGUL.test(raw) ? 2.5 : 1));
  const base = table[Math.min(length, table.length) - 1];
  return CAPITAL.test(raw) ? base * parameters.capitalWeight : base;
}

/** Features of one token, their squared weights summing to 1. */
function tokenFeatures(kind: Token['kind'], text: string, parameters: FeatureParameters): Feature[] {
  if (kind !== 'word') return [{ name: `${kind}:${text}`, weight: 1 }];
  const marked = [...`^${text}$`];
  const grams: Feature[] = [];
  for (const order of parameters.orders) {
    for (let i = 0; i + order <= marked.length; i++) {
      // Longer n-grams are rarer and say more.
      grams.push({ name: `gram:${marked.slice(i, i + order).join('')}`, weight: order });
    }
  }
  const square = grams.reduce((sum, gram) => sum + gram.weight * gram.weight, 0);
  if (square === 0) return [{ name: `word:${text}`, weight: 1 }];
  const scale = Math.sqrt((1 - parameters.wholeShare) / square);
  return [
    { name: `word:${text}`, weight: Math.sqrt(parameters.wholeShare) },
    ...grams.map(({ name, weight }) => ({ name, weight: weight * scale })),
  ];
}

/** A distinct token of a text: its features and how much it counts there. */
export interface WeightedToken {
  /** Kind and folded text: the key under which its features may be cached. */
  readonly key: string;
  readonly weight: number;
  /** How often it stands in the text. */
  readonly count: number;
  features(): readonly Feature[];
}

/**
 * The distinct tokens of a text, or of the beginning of a long one. A text without any letter, digit or symbol (punctuation, white space,
 * nothing) is one token made of itself, so that no text is without a direction.
 */
export function weightedTokens(whole: string, parameters: FeatureParameters): readonly WeightedToken[] {
  const text = whole.slice(0, LONGEST);
  const tokens = tokenise(text, parameters);
  if (tokens.length === 0) tokens.push({ kind: 'symbol', text: foldCase(text).trim(), weight: 1 });
  const merged = new Map<string, { token: Token; heaviest: number; count: number }>();
  for (const token of tokens) {
    const key = `${token.kind}:${token.text}`;
    const known = merged.get(key);
    if (known) {
      known.count++;
      known.heaviest = Math.max(known.heaviest, token.weight);
    } else {
      merged.set(key, { token, heaviest: token.weight, count: 1 });
    }
  }
  return [...merged].map(([key, { token, heaviest, count }]) => ({
    key,
    weight: heaviest * Math.sqrt(count),
    count,
    features: () => tokenFeatures(token.kind, token.text, parameters),
  }));
}
