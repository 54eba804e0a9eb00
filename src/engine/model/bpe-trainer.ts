/**
 * Trains a byte-level BPE vocabulary and writes it as a Hugging Face `tokenizer.json`.
 *
 * BPE (Sennrich et al. 2016, arXiv 1508.07909): starting from single bytes, the most frequent pair
 * of neighbours becomes a new token, again and again. Only distinct pieces with their counts are
 * kept; a merge touches the pieces that hold its pair, and a heap with outdated entries, corrected
 * when they surface, names the next pair. So the time goes with what changes and not with the corpus.
 *
 * Deterministic: equal counts are decided by the smaller ids of the pair, as Hugging Face's trainer does.
 * Ids: added tokens in the order given, then the 256 bytes by their character, then the merges.
 */
import { ModelFileError } from '../errors';
import { BYTE_CHARS, byteLevelPieces, DIGIT_PATTERN } from './byte-level';

export interface TrainedAddedToken {
  readonly content: string;
  /** A control token: never recognised inside the text of a message. */
  readonly special: boolean;
}

export interface BpeTrainerOptions {
  /** Tokens in all: added tokens, 256 bytes, merges. Fewer if the corpus has no more pairs. */
  readonly vocabSize: number;
  /** First in the vocabulary and cut out of the corpus before counting. Default none. */
  readonly addedTokens?: readonly TrainedAddedToken[];
  /** A pair that occurs less often is not merged. Default 2: what occurs once is not a pattern. */
  readonly minFrequency?: number;
  /**
   * Each digit is a token of its own, so that dates, prices and telephone numbers are read and
   * copied digit by digit instead of in chunks that depend on the corpus. Default true.
   */
  readonly splitDigits?: boolean;
  /**
   * A vocabulary to go on from: its tokens keep their ids, its merges their ranks, and new ones follow. It must have been
   * made with the same `addedTokens` and `splitDigits`. Default: none.
   */
  readonly from?: TrainedTokenizer;
}

/** The content of a tokenizer.json that Hugging Face's readers and ours accept. */
export interface TrainedTokenizer {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly Readonly<Record<string, unknown>>[];
  readonly normalizer: null;
  readonly pre_tokenizer: Readonly<Record<string, unknown>>;
  readonly post_processor: null;
  readonly decoder: Readonly<Record<string, unknown>>;
  readonly model: {
    readonly type: 'BPE';
    readonly vocab: Readonly<Record<string, number>>;
    /** "left right", most frequent first. */
    readonly merges: readonly string[];
    readonly [option: string]: unknown;
  };
}

/**
 * @param corpus texts, or texts with the number of times each occurs
 * @throws ModelFileError `bpe-options` if the vocabulary cannot hold the added tokens and the bytes
 */
export function trainByteLevelBpe(
  corpus: Iterable<string | readonly [text: string, count: number]>,
  options: BpeTrainerOptions,
): TrainedTokenizer {
  const { vocabSize, addedTokens = [], minFrequency = 2, splitDigits = true } = options;
  const contents = addedTokens.map((token) => token.content);
  const base = contents.length + BYTE_CHARS.length;
  if (!Number.isInteger(vocabSize) || vocabSize < base || vocabSize > MAX_VOCAB) {
    throw new ModelFileError(
      'bpe-options',
      `vocabSize is ${vocabSize}; it must be at least ${base} (${contents.length} added tokens and 256 bytes) and at most ${MAX_VOCAB}.`,
    );
  }
  const single = contents.find((content) => content === '' || BYTE_CHARS.includes(content));
  if (new Set(contents).size < contents.length || single !== undefined) {
    throw new ModelFileError('bpe-options', 'Added tokens must differ and be longer than one character.');
  }

  const earlier = options.from?.model.merges ?? [];
  if (options.from) checkEarlier(options.from, contents, vocabSize);
  const vocab = new Vocabulary(contents, options.from);
  const words = countPieces(corpus, contents, splitDigits);
  const merges = learnMerges(vocab, words, vocabSize, Math.max(1, minFrequency), new Set(contents), earlier);

  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true };
  const digits = { type: 'Split', pattern: { Regex: DIGIT_PATTERN }, behavior: 'Isolated', invert: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens.map(({ content, special }, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: null,
    pre_tokenizer: splitDigits ? { type: 'Sequence', pretokenizers: [digits, byteLevel] } : byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab.tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** A pair of ids is one number, exact below 2^53. */
const PAIR_BASE = 2 ** 20;
const MAX_VOCAB = PAIR_BASE;

class Vocabulary {
  readonly tokens: string[];
  readonly ids: Map<string, number>;

  constructor(added: readonly string[], from?: TrainedTokenizer) {
    this.tokens = from
      ? Object.entries(from.model.vocab)
          .sort(([, a], [, b]) => a - b)
          .map(([token]) => token)
      : [...added, ...[...BYTE_CHARS].sort()];
    this.ids = new Map(this.tokens.map((token, id) => [token, id]));
  }

  /** The id of the token with this spelling; two merges may lead to the same one. */
  add(token: string): number {
    let id = this.ids.get(token);
    if (id === undefined) {
      id = this.tokens.length;
      this.tokens.push(token);
      this.ids.set(token, id);
    }
    return id;
  }
}

/** Distinct pieces of the corpus in the byte alphabet, with their counts. */
function countPieces(
  corpus: Iterable<string | readonly [string, number]>,
  added: readonly string[],
  splitDigits: boolean,
): Map<string, number> {
  // Longest first: at each place the longest added token is cut out.
  const escaped = [...added]
    .sort((a, b) => b.length - a.length)
    .map((content) => content.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const cut = added.length === 0 ? undefined : new RegExp(escaped.join('|'), 'gu');
  const words = new Map<string, number>();
  for (const entry of corpus) {
    const [text, count] = typeof entry === 'string' ? [entry, 1] : entry;
    for (const part of cut === undefined ? [text] : text.split(cut)) {
      for (const piece of byteLevelPieces(part, splitDigits)) {
        words.set(piece, (words.get(piece) ?? 0) + count);
      }
    }
  }
  return words;
}

function learnMerges(
  vocab: Vocabulary,
  pieces: ReadonlyMap<string, number>,
  vocabSize: number,
  minFrequency: number,
  forbidden: ReadonlySet<string>,
  earlier: readonly string[],
): string[] {
  const ranks = new EarlierMerges(vocab, earlier);
  const words: { symbols: number[]; readonly count: number }[] = [];
  for (const [piece, count] of pieces) {
    const bytes = Array.from(piece, (char) => vocab.ids.get(char) as number);
    words.push({ symbols: ranks.apply(bytes), count });
  }

  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const queue = new PairQueue();
  const changed = new Set<number>();
  const tally = (word: number, sign: 1 | -1): void => {
    const { symbols, count } = words[word];
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = symbols[i] * PAIR_BASE + symbols[i + 1];
      counts.set(pair, (counts.get(pair) ?? 0) + sign * count);
      changed.add(pair);
      if (sign === 1) {
        const where = places.get(pair);
        if (where === undefined) places.set(pair, new Set([word]));
        else where.add(word);
      }
    }
  };
  const enqueueChanged = (): void => {
    for (const pair of changed) {
      const count = counts.get(pair) ?? 0;
      if (count >= minFrequency) queue.push(pair, count);
    }
    changed.clear();
  };

  for (let word = 0; word < words.length; word++) tally(word, 1);
  enqueueChanged();

  const merges: string[] = [...earlier];
  const listed = new Set<number>(ranks.pairs);
  while (vocab.tokens.length < vocabSize) {
    const top = queue.pop();
    if (top === undefined) break;
    // Every change of a count was pushed anew, so an entry that disagrees is outdated.
    if (counts.get(top.pair) !== top.count) continue;
    const left = Math.floor(top.pair / PAIR_BASE);
    const right = top.pair % PAIR_BASE;
    const spelling = vocab.tokens[left] + vocab.tokens[right];
    // Would be read as the control token itself.
    if (forbidden.has(spelling)) continue;
    const merged = vocab.add(spelling);
    // A token reached by a second path can bring back a pair merged long ago; its rank stays.
    if (!listed.has(top.pair)) merges.push(`${vocab.tokens[left]} ${vocab.tokens[right]}`);
    listed.add(top.pair);
    const where = places.get(top.pair) ?? new Set();
    places.delete(top.pair);
    for (const word of where) {
      tally(word, -1);
      words[word].symbols = mergePair(words[word].symbols, left, right, merged);
      tally(word, 1);
    }
    counts.delete(top.pair);
    changed.delete(top.pair);
    enqueueChanged();
  }
  return merges;
}

/** Refuses a vocabulary that this corpus would be cut for differently, or that is as large already. */
function checkEarlier(from: TrainedTokenizer, contents: readonly string[], vocabSize: number): void {
  const had = from.added_tokens.map(({ content }) => content);
  const size = Object.keys(from.model.vocab).length;
  if (had.join('\n') === contents.join('\n') && size <= vocabSize) return;
  throw new ModelFileError(
    'bpe-options',
    `The vocabulary to go on from has ${size} tokens and ${had.length} added ones. Give the same added tokens in the same order, and a vocabSize of at least ${size}.`,
  );
}

/** The merges of a vocabulary to go on from, as its reader applies them: the lowest rank first. */
class EarlierMerges {
  /** Rank and result by pair. */
  private readonly results = new Map<number, readonly [rank: number, merged: number]>();

  constructor(vocab: Vocabulary, merges: readonly string[]) {
    const id = (token: string): number => {
      const found = vocab.ids.get(token);
      if (found === undefined) {
        throw new ModelFileError('bpe-options', `A merge names "${token}", which is not in its vocabulary.`);
      }
      return found;
    };
    merges.forEach((merge, rank) => {
      const [left = '', right = ''] = merge.split(' ');
      this.results.set(id(left) * PAIR_BASE + id(right), [rank, id(left + right)]);
    });
  }

  get pairs(): Iterable<number> {
    return this.results.keys();
  }

  apply(symbols: number[]): number[] {
    let cut = symbols;
    for (;;) {
      let best: { readonly at: number; readonly rank: number; readonly merged: number } | null = null;
      for (let at = 0; at + 1 < cut.length; at++) {
        const found = this.results.get(cut[at] * PAIR_BASE + cut[at + 1]);
        if (found && (best === null || found[0] < best.rank)) best = { at, rank: found[0], merged: found[1] };
      }
      if (best === null) return cut;
      cut = mergePair(cut, cut[best.at], cut[best.at + 1], best.merged);
    }
  }
}

/** Replaces the pair from left to right, each symbol used once. */
function mergePair(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      out.push(merged);
      i++;
    } else {
      out.push(symbols[i]);
    }
  }
  return out;
}

/** A binary heap: the largest count first, then the smallest pair. */
class PairQueue {
  private readonly pairs: number[] = [];
  private readonly counts: number[] = [];

  push(pair: number, count: number): void {
    let at = this.pairs.length;
    this.pairs.push(pair);
    this.counts.push(count);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): { readonly pair: number; readonly count: number } | undefined {
    if (this.pairs.length === 0) return undefined;
    this.swap(0, this.pairs.length - 1);
    const pair = this.pairs.pop() as number;
    const count = this.counts.pop() as number;
    let at = 0;
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.pairs.length && this.before(child, first)) first = child;
      }
      if (first === at) return { pair, count };
      this.swap(at, first);
      at = first;
    }
  }

  private before(a: number, b: number): boolean {
    return (
      this.counts[a] > this.counts[b] || (this.counts[a] === this.counts[b] && this.pairs[a] < this.pairs[b])
    );
  }

  private swap(a: number, b: number): void {
    [this.pairs[a], this.pairs[b]] = [this.pairs[b], this.pairs[a]];
    [this.counts[a], this.counts[b]] = [this.counts[b], this.counts[a]];
  }
}
