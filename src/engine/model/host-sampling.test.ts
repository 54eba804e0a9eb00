/** Draws on the host: the distribution is the one that is written down, whatever a constraint refuses. */
import { describe, expect, it } from 'vitest';
import { DrawError } from '../errors';
import type { TokenConstraint } from '../language-model';
import { drawOnHost, MOST_REDRAWS, nucleusOf } from './host-sampling';
import { redrawAt, uniformAt } from './random';
import { seeded } from './test-text';

const SOAK = process.env.SOAK !== undefined;

function randomLogits(random: () => number, vocab: number, spread: number): Float32Array {
  return Float32Array.from({ length: vocab }, () => spread * (random() + random() + random() - 1.5));
}

function softmax(logits: ArrayLike<number>, temperature: number): number[] {
  const scaled = Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = scaled.reduce((sum, value) => sum + value, 0);
  return scaled.map((value) => value / total);
}

/** By definition, with a full sort: the oracle of `nucleusOf`. */
function nucleusByDefinition(p: readonly number[], topP: number): Set<number> {
  const order = [...p.keys()].sort((a, b) => p[b] - p[a] || a - b);
  const members = new Set<number>();
  for (let sum = 0, i = 0; i < order.length && sum < topP; i++) {
    members.add(order[i]);
    sum += p[order[i]];
  }
  return members;
}

/** By definition, asking for every token: what `drawOnHost` must draw from. */
function maskedDistribution(p: readonly number[], topP: number, allowed: (id: number) => boolean): number[] {
  const nucleus = topP < 1 ? nucleusByDefinition(p, topP) : undefined;
  const kept = p.map((value, id) => (allowed(id) && (nucleus?.has(id) ?? true) ? value : 0));
  const total = kept.reduce((sum, value) => sum + value, 0);
  if (total > 0) return kept.map((value) => value / total);
  const best = [...p.keys()].filter(allowed).sort((a, b) => p[b] - p[a] || a - b)[0];
  return p.map((_, id) => (id === best ? 1 : 0));
}

const constraintOf = (allows: (id: number) => boolean): TokenConstraint => ({ allows, accept: () => {} });

describe('a constrained draw', () => {
  it('has the masked distribution, without asking for every token', () => {
    const random = seeded(4);
    const vocab = 40;
    const draws = SOAK ? 200_000 : 6000;
    for (const [share, topP, temperature] of [
      [0.5, 1, 1],
      [0.1, 1, 0.7],
      [0.8, 0.9, 1.3],
      [0.3, 0.6, 0.8],
    ]) {
      const logits = randomLogits(random, vocab, 3);
      const allowed = new Set([...Array(vocab).keys()].filter(() => random() < share));
      allowed.add(Math.floor(random() * vocab));
      const expected = maskedDistribution(softmax(logits, temperature), topP, (id) => allowed.has(id));
      const counts = new Array<number>(vocab).fill(0);
      for (let seed = 0; seed < draws; seed++) {
        const constraint = constraintOf((id) => allowed.has(id));
        counts[drawOnHost(logits, { temperature, topP, seed, index: 3, constraint }).id]++;
      }
      counts.forEach((count, id) => {
        const p = expected[id];
        if (p === 0) expect(count).toBe(0);
        else expect(Math.abs(count - draws * p)).toBeLessThan(5 * Math.sqrt(draws * p * (1 - p)) + 2);
      });
    }
  });

  it('asks few questions where the model wants what is allowed, and finds the last token where it does not', () => {
    const vocab = 5000;
    const logits = randomLogits(seeded(8), vocab, 4);
    const p = softmax(logits, 1);
    let asked = 0;
    const mostly = constraintOf((id) => {
      asked++;
      return id % 10 !== 0;
    });
    for (let seed = 0; seed < 100; seed++) {
      drawOnHost(logits, { temperature: 1, topP: 1, seed, index: 0, constraint: mostly });
    }
    expect(asked).toBeLessThan(150);
    const rarest = p.indexOf(Math.min(...p));
    for (const [temperature, topP] of [
      [1, 1],
      [1, 0.5],
      [0, 1],
    ]) {
      asked = 0;
      const only = constraintOf((id) => {
        asked++;
        return id === rarest;
      });
      const drawn = drawOnHost(logits, { temperature, topP, seed: 1, index: 0, constraint: only });
      expect(drawn.id).toBe(rarest);
      expect(drawn.logprob).toBeCloseTo(Math.log(p[rarest]), 9);
      expect(asked).toBeLessThanOrEqual(2 * (vocab + MOST_REDRAWS));
    }
  });

  it('tells the constraint what came, once', () => {
    const accepted: number[] = [];
    const constraint = { allows: (id: number) => id > 3, accept: (id: number) => accepted.push(id) };
    const { id } = drawOnHost(randomLogits(seeded(2), 9, 2), {
      temperature: 1,
      topP: 1,
      seed: 5,
      index: 0,
      constraint,
    });
    expect(accepted).toEqual([id]);
  });

  it('refuses where nothing is allowed, and says so', () => {
    const logits = randomLogits(seeded(2), 90, 2);
    for (const [temperature, topP] of [
      [1, 1],
      [0.5, 0.5],
      [0, 1],
    ]) {
      const constraint = constraintOf(() => false);
      const run = () => drawOnHost(logits, { temperature, topP, seed: 5, index: 0, constraint });
      expect(run).toThrow(DrawError);
      expect(run).toThrow(/allows no token/);
    }
  });
});

describe('the nucleus', () => {
  it('is the smallest set of likeliest tokens that reaches the share', () => {
    const random = seeded(6);
    for (let round = 0; round < 300; round++) {
      const vocab = 1 + Math.floor(random() * 60);
      const logits = randomLogits(random, vocab, 8 * random());
      // Equal logits now and then: ties go to the lower id.
      if (vocab > 3) logits[2] = logits[1];
      const topP = random() < 0.1 ? 1e-9 : random();
      const p = softmax(logits, 1);
      const found = [...nucleusOf(Float64Array.from(p, Math.log), topP)];
      expect(found).toEqual([...nucleusByDefinition(p, topP)].sort((a, b) => a - b));
    }
  });

  it('keeps out what is below it, whatever the seed', () => {
    const logits = [2, 1, 0, -1, -2].map((logit) => Math.fround(logit));
    const p = softmax(logits, 1);
    const topP = p[0] + p[1] + 1e-6;
    const seen = new Set<number>();
    for (let seed = 0; seed < 500; seed++) {
      const { id, logprob } = drawOnHost(logits, { temperature: 1, topP, seed, index: 1 });
      expect(logprob).toBeCloseTo(Math.log(p[id]), 9);
      seen.add(id);
    }
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });

  it.each([0, -0.1, 1.01, Number.NaN])('of %d is refused', (topP) => {
    expect(() => drawOnHost([1, 2], { temperature: 1, topP, seed: 0, index: 0 })).toThrow(
      /above 0 and at most 1/,
    );
  });
});

describe('redrawAt', () => {
  it('is uniform, and independent of the draw before it', () => {
    const bins = new Array<number>(64).fill(0);
    for (let seed = 0; seed < 400; seed++) {
      for (let index = 0; index < 40; index++) {
        const before = index % 2 === 0 ? uniformAt(seed, index) : redrawAt(seed, index, 1);
        const after = redrawAt(seed, index, index % 2 === 0 ? 1 : 2);
        expect(after >= 0 && after < 1 && Math.fround(after) === after).toBe(true);
        bins[8 * Math.floor(before * 8) + Math.floor(after * 8)]++;
      }
    }
    const expected = (400 * 40) / 64;
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: above 110 once in 4,000 tries.
    expect(chiSquare).toBeLessThan(110);
  });
});
