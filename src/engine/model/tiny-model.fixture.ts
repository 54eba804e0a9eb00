/** Small random models for tests: every option of the three layouts, weights from a seed. */
import { SeededNumbers } from '../backend-parity';
import {
  LORA_MODULES,
  type LoraConfig,
  type ModelConfig,
  type NamedTensor,
  type NamedTensors,
} from './model-config';
import { baseParameters } from './parameters';

export const TINY: ModelConfig = {
  architecture: 'qwen3',
  vocabSize: 23,
  hiddenSize: 12,
  intermediateSize: 20,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 6,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: true,
  qkNorm: true,
  maxPositions: 40,
};

export const TINY_ADAPTER: LoraConfig = { r: 3, alpha: 6, rslora: false, targetModules: LORA_MODULES };

/** Norm weights near one, everything else normal with the given spread. */
export function randomWeights(config: ModelConfig, seed: number, spread = 0.3): NamedTensors {
  const numbers = new SeededNumbers(seed);
  const named = new Map<string, NamedTensor>();
  for (const { name, shape } of baseParameters(config)) {
    const length = shape.reduce((product, dim) => product * dim, 1);
    const data = name.includes('norm') ? numbers.normal(length, 0.1, 1) : numbers.normal(length, spread);
    named.set(name, { shape, data });
  }
  return named;
}

/** `count` sequences of the given lengths. */
export function randomSequences(config: ModelConfig, seed: number, lengths: readonly number[]): number[][] {
  const numbers = new SeededNumbers(seed);
  return lengths.map((length) => [...numbers.integers(length, 0, config.vocabSize - 1)]);
}

/** The tensors with every value replaced. */
export function mapTensors(
  tensors: NamedTensors,
  change: (value: number, at: number) => number,
): NamedTensors {
  let at = 0;
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((v) => change(v, at++)) }]),
  );
}
