/**
 * The models that are offered by name, smallest first. Commits are those that were looked at, not what may stand there
 * tomorrow; shapes are those of the config.json at that commit, so that memory can be told before anything is fetched.
 *
 * Sources: config.json and model card of each repository. All of them are under Apache-2.0.
 */
import type { ModelConfig } from '../engine/model/model-config';
import type { ModelEntry } from './model-entry';
import type { OnnxStorage } from './wanted-files';

/** The bundled policy with its adapter as an ONNX export, made in this tab; nothing is fetched for it. */
export const SITE_ONNX = 'transformers:site/policy';

const SMOLLM2_135M: ModelConfig = {
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
};

const SMOLLM2_360M: ModelConfig = {
  ...SMOLLM2_135M,
  hiddenSize: 960,
  intermediateSize: 2560,
  layers: 32,
  heads: 15,
  kvHeads: 5,
};

const QWEN25_HALF_B: ModelConfig = {
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
};

const QWEN3_06B: ModelConfig = {
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
};

interface Known {
  readonly title: string;
  readonly name: string;
  readonly revision: string;
  /** With its embedding, which is tied. */
  readonly parameters: number;
  readonly shape: ModelConfig;
  /** Where its ONNX export lies, and at which commit. */
  readonly onnx: { readonly name: string; readonly revision: string };
}

const SMOL_135M = '12fd25f77366fa6b3b4b768ec3050bf629380bac';
const SMOL_360M = 'a10cc1512eabd3dde888204e902eca88bddb4951';

const KNOWN: readonly Known[] = [
  {
    title: 'SmolLM2 135M Instruct',
    name: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    revision: SMOL_135M,
    parameters: 134_515_008,
    shape: SMOLLM2_135M,
    onnx: { name: 'HuggingFaceTB/SmolLM2-135M-Instruct', revision: SMOL_135M },
  },
  {
    title: 'SmolLM2 360M Instruct',
    name: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    revision: SMOL_360M,
    parameters: 361_821_120,
    shape: SMOLLM2_360M,
    onnx: { name: 'HuggingFaceTB/SmolLM2-360M-Instruct', revision: SMOL_360M },
  },
  {
    title: 'Qwen2.5 0.5B Instruct',
    name: 'Qwen/Qwen2.5-0.5B-Instruct',
    revision: '7ae557604adf67be50417f59c2c2f167def9a775',
    parameters: 494_032_768,
    shape: QWEN25_HALF_B,
    onnx: {
      name: 'onnx-community/Qwen2.5-0.5B-Instruct',
      revision: 'cc5cc01a65cc3ff17bdb73a7de33d879f62599b0',
    },
  },
  {
    title: 'Qwen3 0.6B',
    name: 'Qwen/Qwen3-0.6B',
    revision: 'c1899de289a04d12100db370d81485cdf75e47ca',
    parameters: 596_049_920,
    shape: QWEN3_06B,
    onnx: {
      name: 'onnx-community/Qwen3-0.6B-ONNX',
      revision: 'da1453100cf3ff33ef56d17983fc7a8648706db6',
    },
  },
];

/** One for any device, one for a GPU that knows half precision. */
const STORAGES: readonly OnnxStorage[] = ['q8', 'q4f16'];

const ON_THE_HUB = {
  origin: 'hub',
  licence: 'Apache-2.0',
  memoryBytes: null,
  library: null,
  files: null,
  offered: true,
} as const;

/** Of the engine. */
export const OFFERED_ENGINE: readonly ModelEntry[] = KNOWN.map(
  ({ title, name, revision, parameters, shape }) => ({
    ...ON_THE_HUB,
    id: `engine:${name}`,
    provider: 'engine',
    name,
    title,
    revision,
    parameters,
    quantisation: 'bf16',
    shape,
  }),
);

/** Of transformers.js: the bundled policy, which needs no network, then ONNX exports of the same models. */
export const OFFERED_TRANSFORMERS: readonly ModelEntry[] = [
  {
    ...ON_THE_HUB,
    id: SITE_ONNX,
    provider: 'transformers',
    name: 'site/policy',
    title: 'The bundled policy, as ONNX',
    origin: 'site',
    revision: null,
    licence: null,
    parameters: 820_608,
    quantisation: 'fp32',
    shape: null,
  },
  ...KNOWN.flatMap(({ title, parameters, shape, onnx: { name, revision } }) =>
    STORAGES.map(
      (storage): ModelEntry => ({
        ...ON_THE_HUB,
        id: transformersId(name, storage),
        provider: 'transformers',
        name,
        title,
        revision,
        parameters,
        quantisation: storage,
        shape,
      }),
    ),
  ),
];

export function transformersId(name: string, storage: OnnxStorage): string {
  return `transformers:${name}@${storage}`;
}
