/**
 * `scale`: how the cost grows with rollouts, context, width and LoRA rank, on models with random weights.
 * One thing is varied at a time. Rollouts should cost less than in proportion until the device is full,
 * context in proportion.
 */
import { EngineModel } from '../engine/model/engine-model';
import {
  LORA_MODULES,
  type LoraConfig,
  type ModelConfig,
  type NamedTensor,
} from '../engine/model/model-config';
import { baseParameters } from '../engine/model/parameters';
import { TRL_LOSS_DEFAULTS } from '../engine/training/grpo-loss';
import type { Emit, Setting } from './benches';
import { race } from './figure';
import { forwardFlops, loraStepFlops } from './flops';

/** The bundled policy's shape with room for long contexts. */
const SHAPE: ModelConfig = {
  architecture: 'qwen3',
  vocabSize: 1024,
  hiddenSize: 128,
  intermediateSize: 320,
  layers: 4,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: false,
  qkNorm: true,
  maxPositions: 4096,
};
const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };

const ROLLOUTS = [1, 2, 4, 8, 16, 32, 64, 128];
const CONTEXTS = [64, 128, 256, 512, 1024, 2048];
const WIDTHS = [64, 128, 256, 512, 1024];
const RANKS = [4, 8, 16, 32, 64];

interface Point {
  readonly axis: 'rollouts' | 'context' | 'hidden' | 'lora rank';
  readonly value: number;
  readonly work: 'decode 16 tokens' | 'lora step';
  readonly config: ModelConfig;
  readonly lora: LoraConfig;
  readonly sequences: number;
  readonly length: number;
}

function points(quick: boolean): readonly Point[] {
  const base = { config: SHAPE, lora: LORA };
  const width = (hidden: number): ModelConfig => ({
    ...SHAPE,
    hiddenSize: hidden,
    intermediateSize: Math.round(2.5 * hidden),
    headDim: hidden / 4,
  });
  const all: Point[] = [
    ...ROLLOUTS.map((value): Point => {
      return { ...base, axis: 'rollouts', value, work: 'decode 16 tokens', sequences: value, length: 64 };
    }),
    ...CONTEXTS.map((value): Point => {
      return { ...base, axis: 'context', value, work: 'lora step', sequences: 2, length: value };
    }),
    ...WIDTHS.map((value): Point => {
      return {
        ...base,
        config: width(value),
        axis: 'hidden',
        value,
        work: 'lora step',
        sequences: 4,
        length: 64,
      };
    }),
    ...RANKS.map((value): Point => {
      const lora = { ...LORA, r: value, alpha: 2 * value };
      return { ...base, lora, axis: 'lora rank', value, work: 'lora step', sequences: 8, length: 64 };
    }),
  ];
  // Quick: the two smallest of each axis.
  return quick
    ? all.filter((point) => all.filter(({ axis }) => axis === point.axis).indexOf(point) < 2)
    : all;
}

export async function scale(
  { backend, engine, random, runs, quick, decode }: Setting,
  emit: Emit,
): Promise<void> {
  for (const { axis, value, work, config, lora, sequences, length } of points(quick)) {
    const weights = new Map(
      baseParameters(config).map(({ name, shape }): [string, NamedTensor] => {
        const count = shape.reduce((product, dim) => product * dim, 1);
        const data = name.includes('norm') ? random.normal(count, 0.1, 1) : random.normal(count, 0.05);
        return [name, { shape, data }];
      }),
    );
    const model = await EngineModel.open({ backend: engine, config, weights, adapter: lora, decode });
    const ids = Array.from({ length: sequences }, () => [
      ...random.integers(length, 0, config.vocabSize - 1),
    ]);
    const decoded = 16;
    const samples = ids.map((own) => ({
      promptIds: own.slice(0, length >> 1),
      completionIds: own.slice(length >> 1),
    }));
    const scored = length - (length >> 1);
    const decoding =
      forwardFlops(config, lora, length, 1) + forwardFlops(config, lora, decoded, decoded, length);
    const flops =
      sequences * (work === 'lora step' ? loraStepFlops(config, lora, length - 1, scored) : decoding);
    const run = async (): Promise<void> => {
      if (work === 'decode 16 tokens') {
        await model.generate(
          ids.map((promptIds, seed) => ({ promptIds, seed })),
          { temperature: 1, maxNewTokens: decoded, stopIds: [] },
        );
        return;
      }
      await model.updatePolicy(
        {
          samples,
          sampledLogprobs: samples.map(({ completionIds }) => new Float64Array(completionIds.length)),
          masks: samples.map(() => null),
          advantages: samples.map((_, i) => (i % 2 === 0 ? 1 : -1)),
        },
        {
          temperature: 1,
          loss: TRL_LOSS_DEFAULTS,
          totals: { rows: sequences, tokens: sequences * scored, items: sequences * scored },
          iterations: 1,
          offPolicy: false,
          useReference: false,
          optimiser: { lr: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 },
        },
      );
    };
    const settings = {
      bench: 'scale',
      backend,
      device: engine.info.device,
      size: `${axis} ${value}`,
      flops,
      tolerance: 0,
      runs,
    };
    const figures = await race(
      settings,
      { engine: 'agemem', run, result: async () => [0], counts: () => ({ ...engine.counts }) },
      [],
    );
    for (const figure of figures) emit({ ...figure, axis, value, work });
    model.dispose();
  }
}
