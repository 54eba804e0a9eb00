/** Packing: key ranges against the definition of causal attention, micro-batches, head slices, scratch. */
import { describe, expect, it } from 'vitest';
import { SeededNumbers } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import type { DecoderContext } from './decoder';
import { decoderWeights } from './decoder-weights';
import { TokenHead } from './head';
import { packCached } from './kv-cache';
import { packSequences, planMicroBatches } from './packed-batch';
import { ropeTables } from './rope-tables';
import { wholeTable } from './row-table';
import { Scratch } from './scratch';
import { randomWeights, TINY } from './tiny-model.fixture';

const numbers = new SeededNumbers(3);
const raggedLengths = () => [...numbers.integers(numbers.integer(1, 6), 1, 9)];

describe('packSequences', () => {
  it('lets a row see its own sequence up to itself, and queryEnd is the transposed relation', () => {
    for (let trial = 0; trial < 50; trial++) {
      const lengths = raggedLengths();
      const owner = lengths.flatMap((length, s) => Array<number>(length).fill(s));
      const packed = packSequences(lengths.map((length) => Array.from({ length }, (_, t) => t)));
      const { keyStart, keyEnd, queryEnd, ids, positions } = packed;
      expect([...positions]).toEqual([...ids]);
      for (let r = 0; r < owner.length; r++) {
        for (let j = 0; j < owner.length; j++) {
          const seen = owner[r] === owner[j] && j <= r;
          expect(keyStart[r] <= j && j < keyEnd[r]).toBe(seen);
          expect(j <= r && r < (queryEnd?.[j] ?? 0)).toBe(seen);
        }
      }
    }
  });

  it('keeps cached sequences apart, each in its own rows', () => {
    const cache = { layers: [], bases: [0, 10, 17] };
    const packed = packCached(cache, [
      { slot: 2, past: 3, ids: [5, 6] },
      { slot: 0, past: 0, ids: [7, 8, 9] },
    ]);
    expect([...packed.positions]).toEqual([3, 4, 0, 1, 2]);
    expect([...(packed.cacheRows ?? [])]).toEqual([20, 21, 0, 1, 2]);
    expect([...packed.keyStart]).toEqual([17, 17, 0, 0, 0]);
    expect([...packed.keyEnd]).toEqual([21, 22, 1, 2, 3]);
    expect([...packed.outputs]).toEqual([1, 4]);
  });
});

describe('planMicroBatches', () => {
  it('keeps order, loses nothing, and exceeds the limit only for a single item', () => {
    for (let trial = 0; trial < 100; trial++) {
      const lengths = raggedLengths();
      const limit = numbers.integer(1, 20);
      const batches = planMicroBatches(lengths, limit);
      expect(batches.flat()).toEqual(lengths.map((_, i) => i));
      for (const batch of batches) {
        const tokens = batch.reduce((sum, item) => sum + lengths[item], 0);
        expect(tokens <= limit || batch.length === 1).toBe(true);
      }
    }
  });
});

describe('TokenHead', () => {
  it('gives the same numbers in slices as at once', async () => {
    const backend = new ReferenceBackend();
    const weights = randomWeights(TINY, 1);
    const place = (data: ArrayLike<number>) => {
      const tensor = backend.alloc('f32', data.length, 'test');
      backend.write(tensor, Float64Array.from(data));
      return tensor;
    };
    const tensor = (name: string) => place(weights.get(name)?.data ?? []);
    const context: DecoderContext = {
      backend,
      scratch: new Scratch(backend),
      config: TINY,
      weights: decoderWeights(TINY, tensor, tensor, (name) => wholeTable(tensor(name), TINY.vocabSize)),
      rope: ropeTables(backend, TINY, 4),
    };
    const rows = 150;
    const hidden = place(numbers.normal(rows * TINY.hiddenSize));
    const targets = numbers.integers(rows, 0, TINY.vocabSize - 1);
    const [dLogprob, dEntropy] = [place(numbers.normal(rows)), place(numbers.normal(rows))];
    const run = async (logitElements?: number) => {
      const gradient = place(new Float64Array(TINY.vocabSize * TINY.hiddenSize));
      const gradients = { ...context.weights, head: gradient };
      const head = new TokenHead(context, { hidden, rows }, { targets }, 0.8, logitElements);
      const measures = head.measure();
      const values = await backend.readFloats(measures.both);
      const dHidden = await backend.readFloats(head.backward(measures, dLogprob, dEntropy, gradients));
      return [values.subarray(0, rows), dHidden, await backend.readFloats(gradient)];
    };
    const whole = await run();
    for (const elements of [1, 70 * TINY.vocabSize, 130 * TINY.vocabSize]) {
      const sliced = await run(elements);
      sliced.forEach((values, i) => {
        for (let j = 0; j < values.length; j++) expect(values[j]).toBeCloseTo(whole[i][j], 10);
      });
    }
  });
});

describe('Scratch', () => {
  it('grows, never shrinks, and reuses memory for smaller wishes', () => {
    const backend = new ReferenceBackend();
    const scratch = new Scratch(backend);
    const first = scratch.floats('x', 100);
    expect(first.length).toBe(100);
    const { bytesAllocated } = backend.counts;
    expect(scratch.floats('x', 100)).toBe(first);
    expect(scratch.floats('x', 5).length).toBe(5);
    expect(scratch.floats('x', 110).length).toBe(110);
    expect(backend.counts.bytesAllocated).toBe(bytesAllocated);
    expect(scratch.floats('x', 1000).length).toBe(1000);
    expect(backend.counts.bytesAllocated).toBeGreaterThan(bytesAllocated);
    scratch.dispose();
    expect(() => backend.fill(first, 0)).toThrow(/after free/);
  });
});
