/** Forests against the definition of a shared prefix, and against the same samples computed one by one. */
import { describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import type { Backend } from '../backend';
import { SeededNumbers } from '../backend-parity';
import type { TokenSample } from '../language-model';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { mapTensors, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';
import { packForest, planForests, sharedPrefix, sortedOrder } from './token-tree';

const numbers = new SeededNumbers(11);

/** Sequences over a small alphabet, some of them going on from others: prefixes are shared in every way. */
function overlapping(count: number, most: number, vocab: number): number[][] {
  const sequences: number[][] = [];
  for (let s = 0; s < count; s++) {
    const from = s > 0 && numbers.next() < 0.8 ? sequences[numbers.integer(0, s - 1)] : [];
    const kept = from.slice(0, numbers.integer(0, from.length));
    const added = [...numbers.integers(numbers.integer(kept.length > 0 ? 0 : 1, 6), 0, vocab - 1)];
    sequences.push([...kept, ...added].slice(0, most));
  }
  return sequences.filter((ids) => ids.length > 0);
}

/** Samples whose prompts and completions overlap, as the steps of a group of rollouts do. */
function overlappingSamples(): TokenSample[] {
  return overlapping(14, 24, TINY.vocabSize - 1)
    .filter((ids) => ids.length > 1)
    .map((ids) => {
      const prompt = numbers.integer(1, ids.length - 1);
      return { promptIds: ids.slice(0, prompt), completionIds: ids.slice(prompt) };
    });
}

describe('packForest', () => {
  it('has a row for every distinct prefix, and a query sees exactly the prefixes of its own', () => {
    for (let trial = 0; trial < 60; trial++) {
      const given = overlapping(numbers.integer(1, 9), 12, 3);
      const sequences = sortedOrder(given).map((index) => given[index]);
      const wanted = sequences.map((ids) => ids.map((_, t) => t));
      const { packed, outputsOf } = packForest(sequences, wanted);
      const prefixes = new Set(sequences.flatMap((ids) => ids.map((_, t) => ids.slice(0, t + 1).join(' '))));
      expect(packed.ids.length).toBe(prefixes.size);
      expect([...packed.outputs]).toEqual(Array.from(packed.ids, (_, row) => row));
      // The prefix that each row stands for.
      const prefixOf: string[] = [];
      sequences.forEach((ids, s) => {
        ids.forEach((id, t) => {
          const row = outputsOf[s][t];
          expect(packed.ids[row]).toBe(id);
          expect(packed.positions[row]).toBe(t);
          const prefix = ids.slice(0, t + 1).join(' ');
          expect(prefixOf[row] ?? prefix).toBe(prefix);
          prefixOf[row] = prefix;
        });
      });
      const { keyStart, keyEnd, queryEnd = [] } = packed;
      prefixOf.forEach((query, r) => {
        prefixOf.forEach((key, j) => {
          const seen = keyStart[r] <= j && j < keyEnd[r] && queryEnd[j] >= keyEnd[r];
          expect(seen, `${query} sees ${key}`).toBe(query === key || query.startsWith(`${key} `));
          expect(j <= r && r < queryEnd[j]).toBe(seen);
        });
      });
    }
  });

  it('says whether anything branches: separate and nested sequences do not', () => {
    const all = (sequences: number[][]) =>
      packForest(
        sequences,
        sequences.map(() => []),
      ).packed.branches;
    expect(all([[1, 2], [3]])).toBe(false);
    expect(all([[1], [1, 2], [1, 2, 3]])).toBe(false);
    expect(
      all([
        [1, 2],
        [1, 3],
      ]),
    ).toBe(true);
  });
});

describe('planForests', () => {
  it('counts the rows that packing makes, and exceeds the limit only for a single sequence', () => {
    for (let trial = 0; trial < 60; trial++) {
      const given = overlapping(numbers.integer(1, 20), 12, 3);
      const sequences = sortedOrder(given).map((index) => given[index]);
      const limit = numbers.integer(1, 30);
      const plan = planForests(sequences, limit);
      expect(plan.flatMap(({ members }) => members)).toEqual(sequences.map((_, i) => i));
      for (const { members, rows } of plan) {
        const own = members.map((index) => sequences[index]);
        expect(
          packForest(
            own,
            own.map(() => []),
          ).packed.ids.length,
        ).toBe(rows);
        expect(rows <= limit || members.length === 1).toBe(true);
      }
    }
  });
});

describe('shared prefixes', () => {
  const backends: readonly (readonly [string, number, () => Promise<Backend>])[] = [
    ['reference', 12, async () => new ReferenceBackend()],
    [
      'wasm',
      4,
      async () => {
        await ensureWasm();
        return WasmBackend.create({ threads: 2 });
      },
    ],
  ];

  it.each(backends)('change neither scores nor gradients (%s)', async (_, digits, create) => {
    const backend = await create();
    const model = await EngineModel.open({
      backend,
      config: TINY,
      weights: randomWeights(TINY, 1),
      adapter: TINY_ADAPTER,
    });
    const tensors = await model.adapterTensors();
    model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.1 * Math.sin(1 + at)));
    for (let trial = 0; trial < 4; trial++) {
      const samples = overlappingSamples();
      const pass = async (sharePrefixes: boolean, microBatchTokens: number) => {
        const shape = { temperature: 0.9, sharePrefixes, microBatchTokens };
        const scores = await model.score(samples, { ...shape, useAdapter: true });
        await model.accumulate(samples, shape, (batch, indices) =>
          batch.map(({ logprobs }, i) => ({
            dLogprobs: logprobs.map((_, t) => Math.sin(indices[i] + 2 * t)),
            dEntropies: logprobs.map((_, t) => Math.cos(indices[i] + t)),
          })),
        );
        const gradients = await model.gradients();
        model.zeroGradients();
        return { scores, gradients };
      };
      const apart = await pass(false, 4096);
      for (const limit of [4096, 30]) {
        const shared = await pass(true, limit);
        shared.scores.forEach(({ logprobs, entropies }, s) => {
          logprobs.forEach((value, t) => {
            expect(value).toBeCloseTo(apart.scores[s].logprobs[t], digits);
            expect(entropies[t]).toBeCloseTo(apart.scores[s].entropies[t], digits);
          });
        });
        for (const [name, { data }] of apart.gradients) {
          const own = shared.gradients.get(name)?.data ?? [];
          data.forEach((value, i) => {
            expect(own[i], `${name}[${i}]`).toBeCloseTo(value, digits);
          });
        }
      }
      expect(sharedPrefix([1, 2, 3], [1, 2])).toBe(2);
    }
    model.dispose();
    backend.dispose();
  });
});
