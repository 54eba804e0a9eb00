import { beforeAll, describe, expect, test } from 'vitest';
import { cosine } from '../index/unit-vectors';
import {
  type Calibration,
  calibrateThreshold,
  fillIn,
  labelledPairs,
  type ScoredPair,
  scorePairs,
  statementsOf,
} from './calibration';
import { LANGUAGE_SAMPLES } from './calibration-pairs';
import { NGRAM_THRESHOLD, NgramEmbedder } from './ngram-embedder';

const embedder = new NgramEmbedder();
let scored: readonly ScoredPair[];
let calibration: Calibration;

beforeAll(async () => {
  scored = await scorePairs(embedder, LANGUAGE_SAMPLES.flatMap(labelledPairs));
  calibration = calibrateThreshold(scored);
});

/** Share of the pairs for which theta decides as labelled. */
function rightShare(pairs: readonly ScoredPair[]): number {
  const right = pairs.filter(({ pair, score }) => score >= NGRAM_THRESHOLD === pair.related);
  return right.length / pairs.length;
}

describe('theta', () => {
  test('is what the committed pairs give', () => {
    expect(calibration.threshold).toBe(NGRAM_THRESHOLD);
    expect(embedder.threshold).toBe(NGRAM_THRESHOLD);
  });

  test('separates related from unrelated', () => {
    console.log(
      `pairs ${scored.length}, theta ${calibration.threshold}, at it true positives ${calibration.truePositive.toFixed(3)}, ` +
        `false positives ${calibration.falsePositive.toFixed(3)}, area under ROC ${calibration.area.toFixed(4)}`,
    );
    for (const group of ['pairClass', 'language'] as const) {
      const names = new Set(scored.map(({ pair }) => pair[group]));
      for (const name of names) {
        const pairs = scored.filter(({ pair }) => pair[group] === name);
        console.log(`  ${name}: ${pairs.length} pairs, ${(100 * rightShare(pairs)).toFixed(1)} % right`);
      }
    }
    expect(calibration.area).toBeGreaterThan(0.97);
    expect(calibration.truePositive).toBeGreaterThan(0.85);
    expect(calibration.falsePositive).toBeLessThan(0.08);
  });

  test.each(LANGUAGE_SAMPLES.map((sample) => [sample.language]))('decides right in %s', (language) => {
    expect(rightShare(scored.filter(({ pair }) => pair.language === language))).toBeGreaterThan(0.8);
  });

  test('theta from half of the languages serves the other half', () => {
    const languages = LANGUAGE_SAMPLES.map((sample) => sample.language);
    const half = (parity: number) =>
      scored.filter(({ pair }) => languages.indexOf(pair.language) % 2 === parity);
    for (const parity of [0, 1]) {
      const { threshold } = calibrateThreshold(half(parity));
      const right = half(1 - parity).filter(({ pair, score }) => score >= threshold === pair.related);
      expect(right.length / half(1 - parity).length).toBeGreaterThan(0.9);
    }
  });

  test.each([
    ['Rolf lives in', 'Rolf lives in Kiel.', true],
    ['Rolf', 'Rolf lives in Kiel.', true],
    ['Mira lives in', 'Rolf lives in Kiel.', false],
    ["Mira's favourite colour", 'Rolf lives in Kiel.', false],
    ['weather', 'Rolf lives in Kiel.', false],
    ['weather', 'The weather is lovely today.', true],
    ['The weather is lovely today.', 'The weather is lovely today.', true],
  ])('criteria %j on %j: removed is %j', async (criteria, message, removed) => {
    const [a, b] = await embedder.embed([criteria, message]);
    expect(cosine(a, b) >= embedder.threshold).toBe(removed);
  });
});

describe('calibrateThreshold', () => {
  const pair = (score: number, related: boolean): ScoredPair => ({
    score,
    pair: {
      language: 'en',
      criteria: '',
      message: '',
      related,
      pairClass: related ? 'subject' : 'something else',
    },
  });

  test('takes the middle of the gap when the classes can be separated', () => {
    const result = calibrateThreshold([pair(0.9, true), pair(0.7, true), pair(0.3, false), pair(0.1, false)]);
    expect(result).toEqual({ threshold: 0.5, truePositive: 1, falsePositive: 0, area: 1 });
  });

  test('an embedder that knows nothing has area one half', () => {
    const { area } = calibrateThreshold([
      pair(0.5, true),
      pair(0.5, false),
      pair(0.5, true),
      pair(0.5, false),
    ]);
    expect(area).toBeCloseTo(0.5, 12);
  });

  test('one that has it backwards has area zero', () => {
    expect(calibrateThreshold([pair(0.1, true), pair(0.9, false)]).area).toBe(0);
  });

  test('the size of a class does not count', () => {
    const few = [pair(0.9, true), pair(0.4, true), pair(0.6, false), pair(0.2, false)];
    const many = [...few, ...Array.from({ length: 50 }, () => [pair(0.6, false), pair(0.2, false)]).flat()];
    const [a, b] = [calibrateThreshold(many), calibrateThreshold(few)];
    expect(a.threshold).toBe(b.threshold);
    expect(a.area).toBeCloseTo(b.area, 10);
    expect(a.truePositive).toBeCloseTo(b.truePositive, 10);
  });
});

describe('retrieval', () => {
  /** Share of questions whose fact is among the best three of itself and ten others. */
  function recallAt3(facts: readonly { readonly question: string; readonly text: string }[]): number {
    const vectors = facts.map((fact) => embedder.embedNow(fact.text));
    let found = 0;
    facts.forEach((fact, i) => {
      const query = embedder.embedNow(fact.question);
      const own = cosine(query, vectors[i]);
      const better = Array.from({ length: 10 }, (_, step) => (i + 1 + step * 5) % facts.length).filter(
        (other) => other !== i && cosine(query, vectors[other]) >= own,
      );
      if (better.length < 3) found++;
    });
    return found / facts.length;
  }

  test('finds the fact a question asks for, in every language', () => {
    for (const sample of LANGUAGE_SAMPLES) {
      const recall = recallAt3(statementsOf(sample));
      console.log(`recall@3 ${sample.language} ${recall.toFixed(3)}`);
      expect(recall, sample.language).toBeGreaterThan(0.95);
    }
  });

  test('finds facts about names nobody has heard of', () => {
    const names = syllableNames(200);
    const english = LANGUAGE_SAMPLES[0];
    const facts = names.map((name, i) => {
      const relation = english.relations[i % english.relations.length];
      return {
        question: fillIn(relation.question, name),
        text: fillIn(relation.statement, name, names[(i * 37 + 11) % names.length]),
      };
    });
    const recall = recallAt3(facts);
    console.log(`recall@3 on ${facts.length} invented names ${recall.toFixed(3)}`);
    expect(recall).toBeGreaterThan(0.95);
  });
});

/** Distinct two-syllable names, e.g. "Bavi". */
function syllableNames(count: number): readonly string[] {
  const syllables = [...'bdfgklmnprstvz'].flatMap((onset) => [...'aeiou'].map((vowel) => onset + vowel));
  return Array.from({ length: count }, (_, i) => {
    const name =
      syllables[(i * 17) % syllables.length] +
      syllables[(i * 31 + Math.floor(i / 70) * 3) % syllables.length];
    return name[0].toUpperCase() + name.slice(1);
  });
}
