/** Generation: what a draw may depend on, how sequences end, what is reported. */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend';
import { DrawError } from '../errors';
import type { GeneratedToken, GenerateOptions, GenerateRequest } from '../language-model';
import { ReferenceBackend } from '../reference/reference-backend';
import { WasmBackend } from '../wasm/wasm-backend';
import { EngineModel } from './engine-model';
import { uniformAt } from './random';
import { checkRising, RISING_STOP, risingConstraint } from './rising-constraint.fixture';
import { TokenInputError } from './samples';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from './tiny-model.fixture';

async function openTiny(
  maxPositions?: number,
  backend: Backend = new ReferenceBackend(),
): Promise<EngineModel> {
  const model = await EngineModel.open({
    backend,
    config: TINY,
    weights: randomWeights(TINY, 1),
    adapter: TINY_ADAPTER,
    maxPositions,
  });
  const tensors = await model.adapterTensors();
  model.loadAdapterTensors(mapTensors(tensors, (value, at) => value + 0.2 * Math.sin(at)));
  return model;
}

const sampling: GenerateOptions = { temperature: 0.8, maxNewTokens: 9, stopIds: [] };
const requests: readonly GenerateRequest[] = randomSequences(TINY, 2, [1, 7, 4, 12, 7]).map(
  (promptIds, seed) => ({ promptIds, seed: seed * 1001 }),
);
const ids = (tokens: readonly GeneratedToken[]) => tokens.map(({ id }) => id);

describe('generate', () => {
  it('draws depend on seed and index, not on the batch', async () => {
    const model = await openTiny();
    const together = await model.generate(requests, sampling);
    for (const [i, request] of requests.entries()) {
      const [alone] = await model.generate([request], sampling);
      expect(ids(alone.tokens)).toEqual(ids(together[i].tokens));
    }
    const shorter = await model.generate(requests, { ...sampling, maxNewTokens: 4 });
    expect(shorter.map(({ tokens }) => ids(tokens))).toEqual(
      together.map(({ tokens }) => ids(tokens).slice(0, 4)),
    );
    const otherSeeds = await model.generate(
      requests.map(({ promptIds, seed }) => ({ promptIds, seed: seed + 1 })),
      sampling,
    );
    expect(otherSeeds.map(({ tokens }) => ids(tokens))).not.toEqual(
      together.map(({ tokens }) => ids(tokens)),
    );
  });

  it.each([true, false])('reports what scoring finds (adapter %s)', async (useAdapter) => {
    const model = await openTiny();
    const generated = await model.generate(requests, { ...sampling, useAdapter });
    const samples = requests.map(({ promptIds }, i) => ({
      promptIds,
      completionIds: ids(generated[i].tokens),
    }));
    const scores = await model.score(samples, { temperature: 0.8, useAdapter, microBatchTokens: 17 });
    for (const [i, { tokens }] of generated.entries()) {
      for (const [t, token] of tokens.entries()) {
        expect(token.logprob).toBeCloseTo(scores[i].logprobs[t], 10);
        expect(token.entropy).toBeCloseTo(scores[i].entropies[t], 10);
      }
    }
    const other = await model.score(samples, { temperature: 0.8, useAdapter: !useAdapter });
    expect(other[0].logprobs[0]).not.toBeCloseTo(scores[0].logprobs[0], 4);
  });

  it('sampling frequencies follow the reported probabilities', async () => {
    const model = await openTiny();
    const [promptIds] = randomSequences(TINY, 3, [5]);
    const draws = 600;
    const many = Array.from({ length: draws }, (_, seed) => ({ promptIds, seed }));
    const generated = await model.generate(many, { ...sampling, maxNewTokens: 1 });
    const counts = new Map<number, { count: number; p: number }>();
    for (const { tokens } of generated) {
      const entry = counts.get(tokens[0].id) ?? { count: 0, p: Math.exp(tokens[0].logprob) };
      entry.count++;
      counts.set(tokens[0].id, entry);
    }
    for (const { count, p } of counts.values()) {
      expect(Math.abs(count - draws * p)).toBeLessThan(5 * Math.sqrt(draws * p * (1 - p)) + 2);
    }
  });

  it('greedy takes the most likely token, first among its alternatives', async () => {
    const model = await openTiny();
    const [{ tokens }] = await model.generate(requests.slice(3, 4), {
      ...sampling,
      temperature: 0,
      alternatives: 5,
    });
    const { logits } = await model.inspect([[...requests[3].promptIds, ...ids(tokens)]]);
    for (const [t, token] of tokens.entries()) {
      const at = requests[3].promptIds.length - 1 + t;
      const row = Array.from(logits.subarray(at * TINY.vocabSize, (at + 1) * TINY.vocabSize));
      expect(token.id).toBe(row.indexOf(Math.max(...row)));
      expect(token.alternatives[0].id).toBe(token.id);
      expect(token.alternatives[0].logprob).toBeCloseTo(token.logprob, 10);
      expect(token.alternatives.map(({ id }) => row[id])).toEqual([...row].sort((a, b) => b - a).slice(0, 5));
    }
  });

  it('ends at a stop id, which it reports, and lets the others go on', async () => {
    const model = await openTiny();
    const free = await model.generate(requests, sampling);
    const stop = free[1].tokens[3].id;
    const stopped = await model.generate(requests, { ...sampling, stopIds: [stop, 999] });
    for (const [i, { tokens, finish }] of stopped.entries()) {
      const first = ids(free[i].tokens).indexOf(stop);
      expect(finish).toBe(first < 0 ? 'length' : 'stop');
      expect(ids(tokens)).toEqual(ids(free[i].tokens).slice(0, first < 0 ? undefined : first + 1));
    }
    expect(stopped[1].finish).toBe('stop');
  });

  it('ends at the longest sequence the model takes', async () => {
    const model = await openTiny(14);
    const generated = await model.generate(requests, sampling);
    expect(generated.map(({ tokens }) => tokens.length)).toEqual([9, 7, 9, 2, 7]);
    expect(generated.every(({ finish }) => finish === 'length')).toBe(true);
  });

  it('generates nothing when nothing is asked for', async () => {
    const model = await openTiny();
    expect(await model.generate([], sampling)).toEqual([]);
    const none = await model.generate(requests.slice(0, 1), { ...sampling, maxNewTokens: 0 });
    expect(none).toEqual([{ tokens: [], finish: 'length' }]);
  });

  it('streams tokens in order and stops where it is aborted', async () => {
    const model = await openTiny();
    const free = await model.generate(requests, sampling);
    const controller = new AbortController();
    const streamed = requests.map((): number[] => []);
    const cut = await model.generate(requests, {
      ...sampling,
      signal: controller.signal,
      onToken: (request, token) => {
        streamed[request].push(token.id);
        if (streamed[4].length === 3) controller.abort();
      },
    });
    expect(cut.every(({ finish }) => finish === 'aborted')).toBe(true);
    expect(cut.map(({ tokens }) => ids(tokens))).toEqual(streamed);
    expect(streamed).toEqual(free.map(({ tokens }) => ids(tokens).slice(0, 3)));
    const never = await model.generate(requests, { ...sampling, signal: AbortSignal.abort() });
    expect(never.every(({ tokens, finish }) => tokens.length === 0 && finish === 'aborted')).toBe(true);
  });

  it('refuses prompts the model cannot take, naming the request', async () => {
    const model = await openTiny();
    const refused = async (promptIds: number[], message: RegExp) => {
      const bad = model.generate([requests[0], { promptIds, seed: 0 }], sampling);
      await expect(bad).rejects.toThrow(TokenInputError);
      await expect(bad).rejects.toThrow(message);
    };
    await refused([], /request 1 is empty/);
    await refused([3, 23], /request 1 holds token id 23/);
    await refused([1.5], /token id 1.5/);
    await refused(new Array(41).fill(0), /41 tokens, the model takes 40/);
  });

  it('allocates nothing once it is warm, and keeps passes and readbacks few', async () => {
    const backend = new ReferenceBackend();
    const weights = randomWeights(TINY, 1);
    const model = await EngineModel.open({ backend, config: TINY, weights });
    await model.generate(requests, sampling);
    const { bytesAllocated, dispatches, readbacks } = backend.counts;
    await model.generate(requests, sampling);
    expect(backend.counts.bytesAllocated).toBe(bytesAllocated);
    // 9 passes of 2 blocks with 17 operations, and lookup, norm, head, sample, ids to the log; prefill gathers twice.
    expect(backend.counts.dispatches - dispatches).toBe(9 * (2 * 17 + 5) + 2);
    expect(backend.counts.readbacks - readbacks).toBe(9);
  });
});

describe('readEvery', () => {
  const model = openTiny(20);

  it.each([2, 4, 100])('%i tokens between readbacks change nothing but counts', async (readEvery) => {
    const opened = await model;
    for (const stopIds of [[], [3, 7, 11]]) {
      const options = { ...sampling, stopIds };
      const expected = await opened.generate(requests, options);
      const before = { ...opened.generationCounts };
      expect(await opened.generate(requests, { ...options, readEvery })).toEqual(expected);
      const after = opened.generationCounts;
      const longest = Math.max(...expected.map(({ tokens }) => tokens.length));
      expect(after.readbacks - before.readbacks).toBe(Math.ceil(longest / readEvery));
      // Rows that stop go on until somebody looks, those that reach their limit leave at once.
      const stopped = expected.filter(({ finish }) => finish === 'stop').length;
      expect(after.wastedRows - before.wastedRows).toBeLessThanOrEqual(
        stopped * (Math.min(readEvery, 9) - 1),
      );
      expect(after.decodedTokens - before.decodedTokens).toBe(
        expected.reduce((sum, { tokens }) => sum + tokens.length, 0),
      );
    }
  });

  it('streams whole readings and hears an abort between them', async () => {
    const opened = await model;
    const abort = new AbortController();
    const done = await opened.generate(requests.slice(0, 2), {
      ...sampling,
      readEvery: 3,
      signal: abort.signal,
      onToken: () => abort.abort(),
    });
    expect(done.map(({ tokens, finish }) => [tokens.length, finish])).toEqual([
      [3, 'aborted'],
      [3, 'aborted'],
    ]);
  });
});

describe('draws on the host', () => {
  const constrained: GenerateOptions = { ...sampling, constraint: risingConstraint, stopIds: [RISING_STOP] };

  it('are those of the kernel where nothing is kept out', async () => {
    const model = await openTiny();
    for (const temperature of [0, 0.8]) {
      const options = { ...sampling, temperature, alternatives: 2 };
      const expected = await model.generate(requests, options);
      const free = { allows: () => true, accept: () => {} };
      const drawn = await model.generate(requests, { ...options, constraint: () => free });
      expect(drawn.map(({ tokens }) => ids(tokens))).toEqual(expected.map(({ tokens }) => ids(tokens)));
      for (const [i, { tokens }] of drawn.entries()) {
        for (const [t, token] of tokens.entries()) {
          expect(token.logprob).toBeCloseTo(expected[i].tokens[t].logprob, 9);
          expect(token.entropy).toBeCloseTo(expected[i].tokens[t].entropy, 9);
          expect(token.alternatives).toEqual(expected[i].tokens[t].alternatives);
        }
      }
      expect(await model.generate(requests, { ...options, topP: 1 })).toEqual(expected);
    }
  });

  it('keep to the nucleus and report what scoring finds', async () => {
    const model = await openTiny();
    const topP = 0.4;
    const drawn = await model.generate(requests, { ...sampling, topP, alternatives: TINY.vocabSize });
    const samples = requests.map(({ promptIds }, i) => ({ promptIds, completionIds: ids(drawn[i].tokens) }));
    const scores = await model.score(samples, { temperature: sampling.temperature, useAdapter: true });
    let kept = 0;
    for (const [i, { tokens }] of drawn.entries()) {
      for (const [t, { id, logprob, alternatives }] of tokens.entries()) {
        expect(logprob).toBeCloseTo(scores[i].logprobs[t], 9);
        const before = alternatives.slice(
          0,
          alternatives.findIndex((other) => other.id === id),
        );
        expect(before.reduce((sum, other) => sum + Math.exp(other.logprob), 0)).toBeLessThan(topP);
        kept++;
      }
    }
    expect(kept).toBe(45);
  });

  it('ask one constraint for each request, of every token', async () => {
    const model = await openTiny();
    const drawn = await model.generate(requests, constrained);
    for (const { tokens, finish } of drawn) checkRising(ids(tokens), finish);
    expect(drawn.map(({ finish }) => finish)).toContain('stop');
    for (const [i, request] of requests.entries()) {
      const [alone] = await model.generate([request], constrained);
      expect(ids(alone.tokens)).toEqual(ids(drawn[i].tokens));
    }
  });

  it('are the same on WebAssembly, in fast ways too', async () => {
    const expected = await openTiny();
    const model = await openTiny(undefined, await WasmBackend.create({ threads: 1 }));
    for (const options of [
      constrained,
      { ...sampling, topP: 0.7 },
      { ...constrained, temperature: 0, topP: 0.5 },
    ]) {
      const [own, oracle] = [
        await model.generate(requests, options),
        await expected.generate(requests, options),
      ];
      expect(own.map(({ tokens }) => ids(tokens))).toEqual(oracle.map(({ tokens }) => ids(tokens)));
      expect(own.map(({ finish }) => finish)).toEqual(oracle.map(({ finish }) => finish));
    }
  });

  it('from a share that is none are refused before anything is computed', async () => {
    const model = await openTiny();
    await expect(model.generate(requests, { ...sampling, topP: 0 })).rejects.toThrow(DrawError);
  });
});

describe('uniformAt', () => {
  it('is in [0, 1), exact in float32, and fills its bins evenly over seeds and indices', () => {
    const bins = new Array<number>(16).fill(0);
    for (let seed = 0; seed < 200; seed++) {
      for (let index = 0; index < 80; index++) {
        const u = uniformAt(seed, index);
        expect(u >= 0 && u < 1 && Math.fround(u) === u).toBe(true);
        bins[Math.floor(u * 16)]++;
      }
    }
    const expected = (200 * 80) / 16;
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(45);
  });

  it('uses the high bits of a seed and tells neighbours apart', () => {
    expect(uniformAt(2 ** 40, 0)).not.toBe(uniformAt(0, 0));
    expect(uniformAt(1, 0)).not.toBe(uniformAt(0, 1));
    expect(uniformAt(7, 3)).toBe(uniformAt(7, 3));
  });
});
