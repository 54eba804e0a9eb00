/**
 * Models in the shapes of real ones, with random weights that exist nowhere: a source that makes up the bytes of
 * `model.safetensors` as they are read, so a model of a gigabyte costs no disk and no second copy.
 *
 * Values are bfloat16, as such checkpoints are: norm weights near one, matrices normal with standard deviation 0.02 (the
 * `initializer_range` of all three), biases too. The same seed gives the same bytes, however they are cut.
 *
 * Shapes: config.json of HuggingFaceTB/SmolLM2-135M, Qwen/Qwen2.5-0.5B, Qwen/Qwen3-0.6B.
 */

import type { Backend, Tensor } from '../backend';
import { SeededNumbers } from '../backend-parity';
import { floatsToBfloats } from './half';
import type { ModelConfig } from './model-config';
import { baseParameters } from './parameters';
import type { WeightSource } from './weight-source';

export const REAL_SHAPES: Readonly<Record<'SmolLM2-135M' | 'Qwen2.5-0.5B' | 'Qwen3-0.6B', ModelConfig>> = {
  'SmolLM2-135M': {
    architecture: 'llama',
    vocabSize: 49_152,
    hiddenSize: 576,
    intermediateSize: 1536,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    ropeTheta: 100_000,
    rmsNormEps: 1e-5,
    tieWordEmbeddings: true,
    attentionBias: false,
    qkNorm: false,
    maxPositions: 8192,
  },
  'Qwen2.5-0.5B': {
    architecture: 'qwen2',
    vocabSize: 151_936,
    hiddenSize: 896,
    intermediateSize: 4864,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    headDim: 64,
    ropeTheta: 1_000_000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    attentionBias: true,
    qkNorm: false,
    maxPositions: 32_768,
  },
  'Qwen3-0.6B': {
    architecture: 'qwen3',
    vocabSize: 151_936,
    hiddenSize: 1024,
    intermediateSize: 3072,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    ropeTheta: 1_000_000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    attentionBias: false,
    qkNorm: true,
    maxPositions: 40_960,
  },
};

const TABLE = 65_536;
const BYTES = 2;

/** The files of a model of this shape, made up as they are read. */
export function randomSource(config: ModelConfig, seed: number): WeightSource {
  const numbers = new SeededNumbers(seed);
  const tables = {
    norm: floatsToBfloats(numbers.normal(TABLE, 0.1, 1)),
    matrix: floatsToBfloats(numbers.normal(TABLE, 0.02)),
  };
  const tensors: Record<string, { dtype: 'BF16'; shape: readonly number[]; data_offsets: [number, number] }> =
    {};
  const parts: { readonly table: Uint16Array; readonly begin: number; readonly end: number }[] = [];
  let length = 0;
  for (const { name, shape } of baseParameters(config)) {
    const end = length + BYTES * shape.reduce((product, dim) => product * dim, 1);
    tensors[name] = { dtype: 'BF16', shape, data_offsets: [length, end] };
    parts.push({ table: name.includes('norm') ? tables.norm : tables.matrix, begin: length, end });
    length = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(tensors));
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);

  /** Byte `at` of the tensors' data and on; reads start at whole elements. */
  const data = (start: number, end: number): Uint8Array => {
    const values = new Uint16Array((end - start) / BYTES);
    for (const { table, begin, end: stop } of parts) {
      const first = Math.max(start, begin) / BYTES;
      const last = Math.min(end, stop) / BYTES;
      // Multiplying by 2^32 / golden ratio spreads neighbours over the table.
      for (let e = first; e < last; e++) values[e - start / BYTES] = table[Math.imul(e, 0x9e3779b1) >>> 16];
    }
    return new Uint8Array(values.buffer);
  };
  return {
    where: 'made-up files',
    revision: async () => null,
    size: async (name) => (name === 'model.safetensors' ? header.length + length : null),
    async read(_, start, end, signal) {
      signal?.throwIfAborted();
      if (end <= header.length) return header.slice(start, end);
      return data(start - header.length, end - header.length);
    },
  };
}

/** Bytes of the tensors of a back end that are alive, and the most that ever were; measured from here on. */
export function meterMemory(backend: Backend): { readonly alive: () => number; readonly peak: () => number } {
  const { alloc, free } = backend;
  const bytes = backend.info.name === 'reference' ? 8 : 4;
  let alive = 0;
  let peak = 0;
  Object.assign(backend, {
    alloc(...args: Parameters<Backend['alloc']>): Tensor {
      const tensor = alloc.apply(backend, args);
      alive += bytes * tensor.length;
      peak = Math.max(peak, alive);
      return tensor;
    },
    free(tensor: Tensor): void {
      alive -= bytes * tensor.length;
      free.call(backend, tensor);
    },
  });
  return { alive: () => alive, peak: () => peak };
}
