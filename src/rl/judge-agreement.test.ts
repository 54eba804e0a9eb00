/** Agreement figures against values known by hand, and of judges whose error rates are known. */
import { describe, expect, test } from 'vitest';
import { answering, MIRA_TASK, play, sayingPolicy } from '../agent/playing.fixture';
import { type Judgement, judgeEpisodes, type PartJudgement } from '../reward/judge/judge';
import { fallibleJudge } from '../reward/judge/judge.fixture';
import { agreementOf, kappaOf, midRanks, pearson, wilson } from './judge-agreement';

describe('by hand', () => {
  test('Pearson', () => {
    // Deviations (-1.5, -0.5, 0.5, 1.5) and (-1, -1, 1, 1): 4 / sqrt(5 * 4).
    expect(pearson([1, 2, 3, 4], [0, 0, 2, 2])).toBeCloseTo(4 / Math.sqrt(20), 12);
    expect(pearson([0, 1], [1, 0])).toBeCloseTo(-1, 12);
    expect(pearson([0.5, 0.5, 0.5], [0, 0.5, 1])).toBeNull();
    expect(pearson([1], [1])).toBeNull();
  });

  test('mid-ranks', () => {
    expect(midRanks([0.3, 0.1, 0.3, 0.9])).toEqual([2.5, 1, 2.5, 4]);
  });

  test("Cohen's kappa: 20, 15, 5, 10 of 50 is 0.4", () => {
    const kappa = kappaOf({ bothRight: 20, bothWrong: 15, onlyJudge: 5, onlyRules: 10 });
    // p_o = 0.7, p_e = 0.5 * 0.6 + 0.5 * 0.4 = 0.5; se = sqrt(0.21 / (50 * 0.25)) = 0.12961.
    expect(kappa?.value).toBeCloseTo(0.4, 12);
    expect(kappa?.low).toBeCloseTo(0.4 - 1.959964 * 0.129615, 5);
    expect(kappa?.high).toBeCloseTo(0.4 + 1.959964 * 0.129615, 5);
    expect(kappaOf({ bothRight: 7, bothWrong: 0, onlyJudge: 0, onlyRules: 0 })).toBeNull();
    expect(kappaOf({ bothRight: 5, bothWrong: 0, onlyJudge: 5, onlyRules: 0 })?.value).toBe(0);
    expect(kappaOf({ bothRight: 0, bothWrong: 0, onlyJudge: 0, onlyRules: 0 })).toBeNull();
  });

  test("Wilson's interval: 0 of 10 ends at 0.2775, 5 of 10 is 0.2366 to 0.7634", () => {
    expect(wilson(0, 10)).toMatchObject({ value: 0, low: 0, high: expect.closeTo(0.2775, 4) });
    expect(wilson(5, 10)).toMatchObject({ low: expect.closeTo(0.2366, 4), high: expect.closeTo(0.7634, 4) });
  });
});

describe('of judgements', () => {
  const said = (part: Partial<PartJudgement>) =>
    ({
      parts: [{ part: 'relevance', verdict: 'judged', value: null, ruled: null, items: [], ...part }],
    }) as unknown as Judgement;

  test('only pairs count; failures and what there was nothing to judge of stand beside them', () => {
    const agreement = agreementOf('relevance', [
      said({ value: 0.2, ruled: 0 }),
      said({ value: 0.9, ruled: 1 }),
      said({ verdict: 'failed', ruled: 1 }),
      said({ verdict: 'nothing', ruled: 0 }),
      said({ value: 0.4, ruled: null }),
      said({ value: 0.7, ruled: 0.5 }),
    ]);
    expect(agreement.pairs.map(({ episode }) => episode)).toEqual([0, 1, 5]);
    expect(agreement).toMatchObject({ failed: 1, left: 2, confusion: null, kappa: null, spearman: 1 });
    expect(agreement.failureShare?.value).toBe(1 / 5);
    expect(agreement.difference?.mean).toBeCloseTo(0.1, 12);
    expect(agreement.pearson).toMatchObject({ low: -1, high: 1 });
  });

  test('without any pair there are no figures', () => {
    expect(agreementOf('task', [])).toMatchObject({
      pairs: [],
      failureShare: null,
      difference: null,
      pearson: null,
      spearman: null,
      kappa: null,
    });
  });
});

test('a judge wrong in a tenth and garbled in a fifth of the cases is found to be that', async () => {
  const questions = Array.from({ length: 400 }, (_, i) => ({
    ...MIRA_TASK,
    id: `literal/mira-${i}`,
    query: `Where does Mira live, asked for the ${i + 1}th time?`,
  }));
  const episodes = [];
  for (const [i, task] of questions.entries()) {
    const answer = i % 2 === 0 ? 'Oslo' : 'Rome';
    const silent = Array.from({ length: 5 }, () => answering('ok'));
    const { log } = await play(sayingPolicy([...silent, answering(answer)]), { task });
    episodes.push({ log, task });
  }
  const judgements = await judgeEpisodes(episodes, {
    policy: fallibleJudge({ wrong: 0.1, garbled: 0.2 }),
    window: null,
    seed: 1,
    size: 'short',
    retries: 0,
  });
  const agreement = agreementOf('task', judgements);
  expect(agreement.pairs.length + agreement.failed).toBe(400);
  // Four standard errors about the rates the judge was given.
  expect(Math.abs((agreement.failureShare?.value ?? 1) - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / 400));
  const { onlyJudge, onlyRules } = agreement.confusion ?? { onlyJudge: 0, onlyRules: 0 };
  const wrong = (onlyJudge + onlyRules) / agreement.pairs.length;
  expect(Math.abs(wrong - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / 320));
  // Half right, half wrong, symmetric errors: kappa = 1 - 2 * share of errors, about.
  expect(agreement.kappa?.value).toBeCloseTo(1 - 2 * wrong, 1);
  expect(agreement.pearson?.value).toBeCloseTo(1 - 2 * wrong, 1);
  const again = await judgeEpisodes(episodes.slice(0, 8), {
    policy: fallibleJudge({ wrong: 0.1, garbled: 0.2 }),
    window: null,
    seed: 1,
    size: 'short',
    retries: 0,
  });
  expect(again).toEqual(judgements.slice(0, 8));
});
