/** The paper's claims against made-up runs whose outcome is known, and against the recorded ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeUpAblation } from './ablation.fixture';
import { ABLATIONS } from './ablation-evidence';
import { curveOf, environmentsOf, heldOutOf, NoAblationError, readAblation } from './ablation-lines';
import { clearByChance, judge, seedsBehind, tally, wholeClaims } from './claims';
import { CLAIMS, paperDirection } from './paper-figures';

const all = CLAIMS.flatMap(({ claims }) => claims);
const findings = (text: string) =>
  new Map(
    judge(readAblation(text)).flatMap(({ claims }) => claims.map((one) => [one.claim.id, one.finding])),
  );

/** Its two models differ on summaries; of tokens and memory quality without RL it has no figure. */
const UNCLAIMED = ['rl-quality', 'rl-tokens', 'tool-Summary_context'];

test('which way a claim goes is read from the paper’s figures', () => {
  expect(all.filter((claim) => paperDirection(claim) === null).map(({ id }) => id)).toEqual(UNCLAIMED);
  const falling = all.filter((claim) => paperDirection(claim) === 'lower').map(({ id }) => id);
  expect(falling).toEqual(['tool-Retrieve_memory', 'short-term-tokens', 'short-term-episode-tokens']);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test('a run that goes the paper’s way upholds every claim it measures; turned round, none; level, nothing can be told', () => {
  // Variants from worse to better: what is compared in a claim stands in this order.
  const ranks = ['no-tools', 'lt', 'agemem-no-rl', 'answer-only', 'lt-rl', 'agemem'];
  const along = (sign: number) =>
    madeUpAblation({
      environments: ['qa', 'babyai'],
      base: (method, metric) => {
        if (metric === 'calls Retrieve_memory') return -sign * ranks.indexOf(method);
        // Of tokens RAG needs more, the answer alone less than all rewards.
        if (metric.endsWith('-tokens') && method === 'lt-rl') return sign * ranks.length;
        return sign * ranks.indexOf(method);
      },
    });
  const upheld = findings(along(1));
  expect([...upheld.keys()]).toEqual(all.map(({ id }) => id));
  const unplayed = all.filter(({ environment }) => environment !== undefined && environment !== 'babyai');
  expect(unplayed).toHaveLength(4);
  const found = (id: string, measured: string) => {
    if (unplayed.some((claim) => claim.id === id)) return 'unmeasured';
    return UNCLAIMED.includes(id) ? 'unclaimed' : measured;
  };
  for (const [id, finding] of upheld) expect(finding, id).toBe(found(id, 'holds'));
  for (const [id, finding] of findings(along(-1))) expect(finding, id).toBe(found(id, 'other'));
  const level = tally(judge(readAblation(madeUpAblation())));
  // Five worlds are not played, three claims have no direction, one is a second reading.
  expect(level).toEqual({
    holds: 0,
    other: 0,
    open: all.length - 9,
    depends: 0,
    unclaimed: 3,
    unmeasured: 5,
  });
});

test('nothing is carried over to the world that was trained on; other worlds are unmeasured, not gone', () => {
  const found = findings(madeUpAblation({ environments: ['hotpotqa'] }));
  expect(found.has('transfer-hotpotqa')).toBe(false);
  expect(found.get('transfer-babyai')).toBe('unmeasured');
});

test('tokens a step and an episode are one claim that counts once; seeds behind it are told', () => {
  const groups = judge(readAblation(madeUpAblation({ seeds: 3 })));
  const claims = groups.flatMap((group) => group.claims);
  const rows = claims.filter(({ finding }) => finding === 'open').map(({ claim }) => claim.id);
  expect(rows).toContain('short-term-tokens');
  expect(rows).toContain('short-term-episode-tokens');
  expect(tally(groups).open).toBe(rows.length - 1);
  expect(seedsBehind(groups)).toEqual({ fewest: 3, most: 3 });
  expect(seedsBehind([])).toBeNull();
  expect(clearByChance(20)).toBe(1);
});

test('a claim whose readings disagree counts as neither: it depends on how it is counted', () => {
  const tokens = (step: number | undefined, episode: number | undefined) => {
    const text = madeUpAblation({
      base: (method, metric) => {
        if (method !== 'agemem') return undefined;
        if (metric === 'prompt-tokens') return step;
        return metric === 'episode-tokens' ? episode : undefined;
      },
    });
    return tally(judge(readAblation(text)));
  };
  const level = tokens(undefined, undefined);
  // The same falls a step as well where all rewards stand against the answer alone: a claim of its own.
  const apart = { other: level.other + 1, open: level.open - 2 };
  expect(tokens(0.1, 0.9)).toEqual({ ...level, ...apart, depends: 1 });
  expect(tokens(0.1, undefined)).toEqual({ ...level, ...apart, depends: 1 });
  expect(tokens(0.1, 0.1)).toEqual({ ...level, ...apart, holds: 1 });
});

test('a reading that was not measured decides nothing', () => {
  const text = madeUpAblation().replaceAll('"episode-tokens"', '"other-tokens"');
  const groups = judge(readAblation(text));
  const [first] = groups.filter(({ group }) => group.id === 'short-term').flatMap(wholeClaims);
  expect(first.readings.map(({ finding }) => finding)).toEqual(['open', 'unmeasured']);
  expect(first.outcome).toBe('open');
});

test('an arm that was not trained leaves its claims unmeasured; means are over the seeds that are compared', () => {
  const text = madeUpAblation({ seeds: 5 })
    .split('\n')
    .filter((line) => !line.includes('"answer-only"') && !/"lt-rl","seed":[45]/.test(line))
    .join('\n');
  const found = new Map(
    judge(readAblation(text)).flatMap(({ claims }) => claims.map((one) => [one.claim.id, one])),
  );
  expect(found.get('rewards-score')).toMatchObject({ finding: 'unmeasured', after: null, difference: null });
  const pair = found.get('short-term-score');
  expect(pair?.difference?.n).toBe(3);
  expect((pair?.after ?? 0) - (pair?.before ?? 0)).toBeCloseTo(pair?.difference?.mean ?? 1, 12);
});

test('a curve is of the seeds that were trained to the end', () => {
  const text = madeUpAblation({ seeds: 3, steps: 4 })
    .split('\n')
    .filter((line) => !/"agemem","seed":3,"step":4/.test(line))
    .join('\n');
  const curve = curveOf(readAblation(text), 'agemem', 'score');
  expect(curve.map(({ n }) => n)).toEqual([2, 2, 2, 2]);
  expect(curve[0].mean).toBeCloseTo(0.5015, 12);
  // Six tools of 0.5 and a thousandth a seed each.
  expect(curveOf(readAblation(text), 'agemem', 'tool-calls')[0].mean).toBeCloseTo(3.009, 12);
});

test('a file of something else is refused', () => {
  expect(() => readAblation('{"metric":"score"}\n')).toThrow(NoAblationError);
});

test('every recorded ablation is on the list, and read whole: figures in their ranges, every arm trained to its end', () => {
  const folder = new URL('../../../docs/evidence/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.startsWith('ablation-'));
  expect(ABLATIONS.map(({ id }) => `ablation-${id}.jsonl`).sort()).toEqual(files.sort());
  for (const file of files) {
    const ablation = readAblation(readFileSync(new URL(file, folder), 'utf8'));
    const [family] = environmentsOf(ablation);
    const listed = ABLATIONS.find(({ id }) => file === `ablation-${id}.jsonl`)?.environments ?? [];
    expect([listed[0], ...listed.slice(1).sort()]).toEqual([
      family,
      ...environmentsOf(ablation).slice(1).sort(),
    ]);
    expect(family).toBe(ablation.settings.family);
    const seeds = [...heldOutOf(ablation, 'agemem', family, 'score').keys()];
    expect(seeds.length).toBeGreaterThanOrEqual(5);
    expect(curveOf(ablation, 'agemem', 'score')).toHaveLength(ablation.settings.steps);
    for (const { values } of [...ablation.heldOut, ...ablation.steps]) {
      for (const metric of ['score', 'memory-quality', 'failed-calls']) {
        expect(values[metric]).toBeGreaterThanOrEqual(0);
        expect(values[metric]).toBeLessThanOrEqual(1);
      }
    }
    for (const { claims } of judge(ablation)) {
      for (const { difference } of claims)
        if (difference) expect(Number.isFinite(difference.mean)).toBe(true);
    }
  }
});

test('where more than a tenth of the episodes do not fit, nothing is told of a claim, and the share stands beside it', () => {
  const of = (share: number) => {
    const text = madeUpAblation({
      base: (method, metric) => (metric === 'score' && method === 'agemem-no-rl' ? 0.1 : undefined),
      unfit: (method) => (method === 'agemem' ? share : 0),
    });
    const all = judge(readAblation(text)).flatMap(({ claims }) => claims);
    return all.find(({ claim }) => claim.id === 'rl-score');
  };
  expect(of(0.05)).toMatchObject({ finding: 'holds', unfit: expect.closeTo(0.05, 2) });
  expect(of(0.3)).toMatchObject({ finding: 'open', unfit: expect.closeTo(0.3, 2) });
});
