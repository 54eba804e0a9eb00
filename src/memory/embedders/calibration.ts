/**
 * Theta, the similarity at which Filter_context removes a message (eq. 15), belongs to an embedder: 0.6
 * was set for a dense sentence encoder and means nothing for another one. Here it is computed from
 * labelled pairs (criteria, message): the value at which the share of related pairs at or above it less
 * the share of unrelated pairs at or above it is largest (Youden's J), in the middle of the widest gap
 * that reaches that maximum. Classes of pairs count alike, however many pairs each has.
 */

import { cosine } from '../index/unit-vectors';
import type { Embedder } from '../memory';
import type { LanguageSample, RelationSample } from './calibration-pairs';

export type PairClass =
  /** Related: the criteria names subject and relation, the subject, the topic, or is the message. */
  | 'subject and relation'
  | 'subject'
  | 'topic'
  | 'copy'
  /** Unrelated. The first is the hard one: all but the name agrees. */
  | 'somebody else, same relation'
  | 'something else';

export interface LabelledPair {
  readonly language: string;
  readonly criteria: string;
  readonly message: string;
  readonly related: boolean;
  readonly pairClass: PairClass;
}

/** Puts subject and value into a template. */
export function fillIn(template: string, subject: string, value = ''): string {
  return template.replaceAll('{s}', subject).replaceAll('{v}', value);
}

interface Statement {
  readonly subject: string;
  readonly relation: RelationSample;
  readonly text: string;
  readonly question: string;
}

/** Every subject with every relation, values dealt out in turn. */
export function statementsOf(sample: LanguageSample): readonly Statement[] {
  return sample.relations.flatMap((relation, r) =>
    sample.subjects.map((subject, s) => ({
      subject,
      relation,
      text: fillIn(relation.statement, subject, relation.values[(s + r) % relation.values.length]),
      question: fillIn(relation.question, subject),
    })),
  );
}

/** The labelled pairs of a language. Same subject with another relation is left out: both answers are right. */
export function labelledPairs(sample: LanguageSample): readonly LabelledPair[] {
  const pairs: LabelledPair[] = [];
  const push = (criteria: string, message: string, related: boolean, pairClass: PairClass) =>
    pairs.push({ language: sample.language, criteria, message, related, pairClass });
  const statements = statementsOf(sample);
  for (const { subject, relation, text } of statements) {
    const criteria = fillIn(relation.criteria, subject);
    push(criteria, text, true, 'subject and relation');
    push(subject, text, true, 'subject');
    push(text, text, true, 'copy');
    for (const other of statements) {
      if (other.subject === subject) continue;
      const same = other.relation === relation;
      push(criteria, other.text, false, same ? 'somebody else, same relation' : 'something else');
      push(subject, other.text, false, 'something else');
    }
    for (const chatter of sample.chatter) {
      push(criteria, chatter.statement, false, 'something else');
      push(chatter.topic, text, false, 'something else');
    }
  }
  for (const chatter of sample.chatter) {
    push(chatter.topic, chatter.statement, true, 'topic');
    push(chatter.statement, chatter.statement, true, 'copy');
    for (const other of sample.chatter) {
      if (other !== chatter) push(chatter.topic, other.statement, false, 'something else');
    }
  }
  return pairs;
}

export interface ScoredPair {
  readonly pair: LabelledPair;
  readonly score: number;
}

export async function scorePairs(
  embedder: Embedder,
  pairs: readonly LabelledPair[],
): Promise<readonly ScoredPair[]> {
  // Each text stands in many pairs, and an encoder takes milliseconds for one.
  const texts = [...new Set(pairs.flatMap(({ criteria, message }) => [criteria, message]))];
  const vectors = await embedder.embed(texts);
  const places = new Map(texts.map((text, i) => [text, i]));
  const vectorOf = (text: string) => vectors[places.get(text)! /* every text of a pair was embedded */];
  return pairs.map((pair) => ({ pair, score: cosine(vectorOf(pair.criteria), vectorOf(pair.message)) }));
}

/**
 * Theta of an embedder on the committed pairs of these languages (BCP 47); all of them unless it knows few. The pairs
 * are loaded when asked for: what most memories are written with brings its theta along.
 */
export async function calibrated(embedder: Embedder, languages?: readonly string[]): Promise<Calibration> {
  const { LANGUAGE_SAMPLES } = await import('./calibration-pairs');
  const samples = LANGUAGE_SAMPLES.filter(({ language }) => languages?.includes(language) ?? true);
  return calibrateThreshold(await scorePairs(embedder, samples.flatMap(labelledPairs)));
}

export interface Calibration {
  /** Rounded to three decimals. */
  readonly threshold: number;
  /** Share of related pairs at or above the threshold, classes counting alike. */
  readonly truePositive: number;
  /** Share of unrelated pairs at or above it, classes counting alike. */
  readonly falsePositive: number;
  /** Area under the ROC curve: how often a related pair scores above an unrelated one. */
  readonly area: number;
}

/** Theta and how well it separates. Needs pairs of both labels. */
export function calibrateThreshold(scored: readonly ScoredPair[]): Calibration {
  const size = new Map<PairClass, number>();
  for (const { pair } of scored) size.set(pair.pairClass, (size.get(pair.pairClass) ?? 0) + 1);
  const classes = { true: new Set<PairClass>(), false: new Set<PairClass>() };
  for (const { pair } of scored) classes[`${pair.related}`].add(pair.pairClass);
  const weight = (pair: LabelledPair) =>
    1 / (size.get(pair.pairClass)! /* every class was counted above */ * classes[`${pair.related}`].size);

  const descending = [...scored].sort((a, b) => b.score - a.score);
  let truePositive = 0;
  let falsePositive = 0;
  let area = 0;
  let best = { gain: Number.NEGATIVE_INFINITY, gap: 0, threshold: 0, truePositive: 0, falsePositive: 0 };
  for (let i = 0; i < descending.length; ) {
    const score = descending[i].score;
    const before = truePositive;
    let unrelated = 0;
    for (; i < descending.length && descending[i].score === score; i++) {
      const { pair } = descending[i];
      if (pair.related) truePositive += weight(pair);
      else unrelated += weight(pair);
    }
    falsePositive += unrelated;
    area += (unrelated * (before + truePositive)) / 2;
    const next = i < descending.length ? descending[i].score : -1;
    const candidate = {
      gain: truePositive - falsePositive,
      gap: score - next,
      threshold: (score + next) / 2,
      truePositive,
      falsePositive,
    };
    const better = candidate.gain - best.gain;
    if (better > 1e-12 || (better > -1e-12 && candidate.gap > best.gap)) best = candidate;
  }
  return {
    threshold: Math.round(best.threshold * 1000) / 1000,
    truePositive: best.truePositive,
    falsePositive: best.falsePositive,
    area,
  };
}
