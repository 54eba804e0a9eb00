/**
 * Summaries of parts of C. Who writes them is a `Summariser`; the default is extractive and
 * deterministic: it keeps whole sentences, so nothing is invented, and each sentence knows the message
 * it came from. The reward needs that: a summary must carry the evidence of what it replaced, and must
 * not turn distractors into evidence.
 *
 * Choice of sentences: a sentence scores the rarity of its words among the sentences at hand, names and
 * numbers weigh more; best first under a token budget; near-copies are dropped; order stays as it was.
 * Limits: no paraphrase, sentence ends are found by punctuation. It does not look at where a message came
 * from, except that tool calls and tool results are no prose and are left out.
 */
import type { AskedForSummary, ContextMessage, SummaryPart } from './events';

export interface SummaryInput {
  /** Oldest first. */
  readonly messages: readonly ContextMessage[];
  /** Tokens the summary message may cost, role markers included. */
  readonly tokenBudget: number;
  /** Tokens of a summary message made of these parts. */
  readonly cost: (parts: readonly SummaryPart[]) => number;
}

export interface Summary {
  /** In reading order; none if nothing is worth keeping. */
  readonly parts: readonly SummaryPart[];
  /** Where a model was asked for it (`written-summary.ts`). */
  readonly asked?: AskedForSummary;
}

export interface Summariser {
  readonly id: string;
  summarise(input: SummaryInput): Promise<Summary>;
}

/** The content of a summary message. */
export function summaryText(parts: readonly SummaryPart[]): string {
  return parts.length === 0 ? 'summary: nothing' : `summary: ${parts.map((part) => part.text).join(' ')}`;
}

export const extractiveSummariser: Summariser = {
  id: 'extractive',
  async summarise({ messages, tokenBudget, cost }) {
    const sentences = distinctSentences(messages.flatMap(sentencesOf));
    const ranked = [...sentences.entries()].sort(
      ([indexA, a], [indexB, b]) => b.score - a.score || indexA - indexB,
    );
    const chosen = new Set<number>();
    for (const [index] of ranked) {
      chosen.add(index);
      if (cost(partsOf(sentences, chosen)) > tokenBudget) chosen.delete(index);
    }
    return { parts: partsOf(sentences, chosen) };
  },
};

interface Sentence extends SummaryPart {
  readonly words: readonly string[];
  readonly score: number;
}

function partsOf(sentences: readonly Sentence[], chosen: ReadonlySet<number>): readonly SummaryPart[] {
  return sentences
    .filter((_, index) => chosen.has(index))
    .map(({ text, messageId, origin }) => ({ text, messageId, origin }));
}

/** Prose of a message as summary parts; parts of older summaries keep their own provenance. */
export function sentencesOf(message: ContextMessage): readonly SummaryPart[] {
  const { origin } = message;
  switch (origin.kind) {
    case 'summary':
      return origin.parts;
    case 'retrieval':
      return origin.entries.flatMap((entry) => split(entry.content, message.id, 'retrieval'));
    case 'assistant':
    case 'tool':
      return [];
    default:
      return split(message.content, message.id, origin.kind);
  }
}

function split(text: string, messageId: string, origin: SummaryPart['origin']): readonly SummaryPart[] {
  return sentencesIn(text).map((sentence) => ({ text: sentence, messageId, origin }));
}

/** Sentences of a text, by its punctuation. */
export function sentencesIn(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?…])\s+|(?<=[。！？])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Later wording wins where two sentences have the same words, since revisions come later. */
function distinctSentences(parts: readonly SummaryPart[]): readonly Sentence[] {
  const byWords = new Map<string, { part: SummaryPart; words: readonly string[] }>();
  for (const part of parts) {
    const words = [...new Set(wordsOf(part.text))];
    const key = [...words]
      .map((word) => word.toLowerCase())
      .sort()
      .join(' ');
    byWords.delete(key);
    byWords.set(key, { part, words });
  }
  const kept = [...byWords.values()];
  const frequency = new Map<string, number>();
  for (const { words } of kept) {
    for (const word of words) frequency.set(word.toLowerCase(), (frequency.get(word.toLowerCase()) ?? 0) + 1);
  }
  return kept.map(({ part, words }) => ({
    ...part,
    words,
    score: informativeness(words, frequency, kept.length),
  }));
}

/** Sum of word weights over the square root of their number, so that length alone wins nothing. */
function informativeness(
  words: readonly string[],
  frequency: ReadonlyMap<string, number>,
  sentences: number,
): number {
  let sum = 0;
  for (const [index, word] of words.entries()) {
    const rarity = Math.log(1 + sentences / (frequency.get(word.toLowerCase()) ?? 1));
    const telling = /\p{N}/u.test(word) || (index > 0 && /^\p{Lu}/u.test(word));
    sum += telling ? 2 * rarity : rarity;
  }
  return sum / Math.sqrt(Math.max(1, words.length));
}

export function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}
