/**
 * Small talk and hearsay among the entries: what nobody needs a month later. A naive Bayes classifier over
 * words, pairs of neighbouring words and the mark at the end, learnt from passing-remarks.ts when it is first
 * used. The score is a sum of one number for each feature, so the words that decided can be shown.
 *
 *   score = sum over features f of log( P(f | passing) / P(f | lasting) ),  P by counts + 0.5
 *
 * Names and numbers are features only as such, not by what they say. Words it has never seen count nothing, so
 * an entry of unknown words is kept: samples and bound are set for precision, since a fact taken for chatter is worse
 * than chatter kept. Figures by audit-figures.test.ts on this project's tasks.
 */
import { ENGLISH, OTHERS, type RemarkSample } from './passing-remarks';
import { type Word, wordsOf } from './words';

/** Score at and above which an entry counts as small talk or hearsay. */
export const JUNK = 3;

const SMOOTHING = 0.5;
/** Stands for an open place in a sample: a word with a capital that no sample has otherwise. */
const NAME = 'Xaviera';

export interface JunkVerdict {
  readonly score: number;
  /** What spoke for it most, strongest first, as written in the entry; at most three. */
  readonly signs: readonly string[];
}

type Weights = ReadonlyMap<string, number>;
let learnt: Weights | undefined;

/** How much an entry sounds like a passing remark; natural logarithms of odds. */
export function judge(content: string): JunkVerdict {
  learnt ??= learn([ENGLISH, OTHERS]);
  const weights = learnt;
  const found = featuresOf(content).map((feature) => ({ feature, weight: weights.get(feature) ?? 0 }));
  const score = found.reduce((sum, { weight }) => sum + weight, 0);
  const signs = found
    .filter(({ weight, feature }) => weight > 0.5 && !feature.startsWith('#'))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 3)
    .map(({ feature }) => feature);
  return { score, signs };
}

function learn(samples: readonly RemarkSample[]): Weights {
  const count = (sentences: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const sentence of sentences) {
      for (const feature of featuresOf(sentence.replaceAll('{s}', NAME))) {
        counts.set(feature, (counts.get(feature) ?? 0) + 1);
      }
    }
    return counts;
  };
  const all = (part: keyof RemarkSample) => samples.flatMap((sample) => sample[part]);
  const [passing, lasting] = [count(all('passing')), count(all('lasting'))];
  const totals = [all('passing').length, all('lasting').length].map((n) => n + 2 * SMOOTHING);
  const weights = new Map<string, number>();
  for (const feature of new Set([...passing.keys(), ...lasting.keys()])) {
    const odds = [passing, lasting].map((counts, i) => ((counts.get(feature) ?? 0) + SMOOTHING) / totals[i]);
    weights.set(feature, Math.log(odds[0] / odds[1]));
  }
  return weights;
}

/** Distinct features of a text; those about its form begin with #. */
function featuresOf(text: string): readonly string[] {
  const words = wordsOf(text);
  const features = new Set<string>();
  const shown = words.map((word, i) => mask(word, i));
  for (const [i, word] of shown.entries()) {
    features.add(word);
    if (i > 0) features.add(`${shown[i - 1]} ${word}`);
  }
  // How a sentence opens says most about hearsay: "In a novel, …".
  for (const length of [1, 2, 3]) features.add(`#first ${shown.slice(0, length).join(' ')}`);
  const end = /[?？!！]\s*$/u.exec(text)?.[0].trim();
  if (end) features.add(`#end ${end.normalize('NFKC')}`);
  if (words.length <= 2) features.add('#short');
  return [...features];
}

/** Names and numbers by kind. The first word has its capital by its place: only one nobody knows is a name. */
function mask({ text, capital, number, light }: Word, place: number): string {
  if (number) return '#number';
  if (!capital || light) return text;
  return place > 0 || !COMMON.has(text) ? '#name' : text;
}

/** Words that begin a sample sentence or stand in one uncapitalised: no names. */
const COMMON: ReadonlySet<string> = new Set(
  [ENGLISH, OTHERS].flatMap(({ passing, lasting }) =>
    [...passing, ...lasting].flatMap((sentence) =>
      wordsOf(sentence.replaceAll('{s}', NAME.toLowerCase())).map(({ text }) => text),
    ),
  ),
);
