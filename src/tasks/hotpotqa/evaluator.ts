/**
 * HotpotQA's own evaluation (hotpot_evaluate_v1.py of hotpotqa/hotpot, Apache-2.0; written anew), figure by figure:
 * exact match and token F1 of the answer, the same of the supporting facts as sets, and both together. Recorded runs
 * of the original agree to 1e-12.
 *
 * What is Python's there and must not become JavaScript's here: a word boundary is one of Unicode letters, digits and
 * "_"; punctuation is the 32 ASCII marks and no other; white space is what `str.split` takes (U+001C to U+001F and
 * U+0085 are, U+FEFF and U+200B are not). Articles go after punctuation does, so "a." is an article and "a.b" a word.
 */

const PUNCTUATION = /[!-/:-@[-`{-~]/g;
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** Code points that `str.split` cuts at, as ranges; JavaScript's `\s` has others. */
const SPACES: readonly (readonly [from: number, to: number])[] = [
  [0x09, 0x0d],
  [0x1c, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];
/** Answers that are right or wrong as a whole. */
const CLOSED = ['yes', 'no', 'noanswer'];

/** Title and number of the sentence, from 0. */
export type SupportingFact = readonly [title: string, sentence: number];

export interface AnswerFigures {
  readonly em: number;
  readonly f1: number;
  readonly prec: number;
  readonly recall: number;
}

export interface SupportFigures {
  readonly sp_em: number;
  readonly sp_f1: number;
  readonly sp_prec: number;
  readonly sp_recall: number;
}

export interface JointFigures {
  readonly joint_em: number;
  readonly joint_f1: number;
  readonly joint_prec: number;
  readonly joint_recall: number;
}

export type HotpotFigures = AnswerFigures & SupportFigures & JointFigures;

/** Lower case, no punctuation, no articles, single spaces. */
export function normaliseHotpot(text: string): string {
  return tokens(text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ')).join(' ');
}

function tokens(text: string): string[] {
  const found: string[] = [];
  let token = '';
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (!SPACES.some(([from, to]) => code >= from && code <= to)) {
      token += character;
      continue;
    }
    if (token !== '') found.push(token);
    token = '';
  }
  return token === '' ? found : [...found, token];
}

export function answerFigures(prediction: string, gold: string): AnswerFigures {
  const [predicted, wanted] = [normaliseHotpot(prediction), normaliseHotpot(gold)];
  const em = predicted === wanted ? 1 : 0;
  const wrong = { em, f1: 0, prec: 0, recall: 0 };
  if (em === 0 && (CLOSED.includes(predicted) || CLOSED.includes(wanted))) return wrong;
  const [ours, theirs] = [tokens(predicted), tokens(wanted)];
  const left = new Map<string, number>();
  for (const token of theirs) left.set(token, (left.get(token) ?? 0) + 1);
  const common = ours.filter((token) => {
    const count = left.get(token) ?? 0;
    left.set(token, count - 1);
    return count > 0;
  }).length;
  if (common === 0) return wrong;
  const prec = common / ours.length;
  const recall = common / theirs.length;
  return { em, f1: (2 * prec * recall) / (prec + recall), prec, recall };
}

/** Facts are sets: naming one twice is naming it once. Nothing of nothing is exact, with an F1 of 0. */
export function supportFigures(
  prediction: readonly SupportingFact[],
  gold: readonly SupportingFact[],
): SupportFigures {
  const key = ([title, sentence]: SupportingFact) => `${sentence}\u0000${title}`;
  const ours = new Set(prediction.map(key));
  const theirs = new Set(gold.map(key));
  const hits = [...ours].filter((fact) => theirs.has(fact)).length;
  const prec = ours.size > 0 ? hits / ours.size : 0;
  const recall = theirs.size > 0 ? hits / theirs.size : 0;
  return {
    sp_em: hits === ours.size && hits === theirs.size ? 1 : 0,
    sp_f1: harmonic(prec, recall),
    sp_prec: prec,
    sp_recall: recall,
  };
}

/** Precisions and recalls multiplied. */
export function jointFigures(answer: AnswerFigures, support: SupportFigures): JointFigures {
  const prec = answer.prec * support.sp_prec;
  const recall = answer.recall * support.sp_recall;
  return {
    joint_em: answer.em * support.sp_em,
    joint_f1: harmonic(prec, recall),
    joint_prec: prec,
    joint_recall: recall,
  };
}

export interface HotpotPrediction {
  /** By `_id`. */
  readonly answer: Readonly<Record<string, string>>;
  readonly sp: Readonly<Record<string, readonly SupportingFact[]>>;
}

export interface HotpotGold {
  readonly _id: string;
  readonly answer: string;
  readonly supporting_facts: readonly SupportingFact[];
}

/**
 * Means over the gold list. A missing answer or missing facts count 0 there, and 0 jointly.
 * @returns zeros for an empty list, where the original divides by it
 */
export function evaluateHotpot(prediction: HotpotPrediction, gold: readonly HotpotGold[]): HotpotFigures {
  const sums = { ...NOTHING };
  const add = (figures: Partial<HotpotFigures>) => {
    for (const [name, value] of Object.entries(figures)) sums[name as keyof HotpotFigures] += value;
  };
  for (const { _id, answer, supporting_facts } of gold) {
    const ours = Object.hasOwn(prediction.answer, _id) ? prediction.answer[_id] : undefined;
    const facts = Object.hasOwn(prediction.sp, _id) ? prediction.sp[_id] : undefined;
    const answered = ours === undefined ? undefined : answerFigures(ours, answer);
    const supported = facts && supportFigures(facts, supporting_facts);
    if (answered) add(answered);
    if (supported) add(supported);
    if (answered && supported) add(jointFigures(answered, supported));
  }
  const count = Math.max(1, gold.length);
  for (const name of Object.keys(sums)) sums[name as keyof HotpotFigures] /= count;
  return sums;
}

const NOTHING: { [figure in keyof HotpotFigures]: number } = {
  em: 0,
  f1: 0,
  prec: 0,
  recall: 0,
  sp_em: 0,
  sp_f1: 0,
  sp_prec: 0,
  sp_recall: 0,
  joint_em: 0,
  joint_f1: 0,
  joint_prec: 0,
  joint_recall: 0,
};

function harmonic(a: number, b: number): number {
  return a + b > 0 ? (2 * a * b) / (a + b) : 0;
}
