/**
 * The models that are offered for WebLLM, and what is pinned of each.
 *
 * A model is two things from two places: weights, tokenizer and chat settings in a repository of the Hugging Face hub,
 * and the library compiled for it (WebAssembly with its shaders) from GitHub. Sizes, names and memory are those of
 * `prebuiltAppConfig` of the installed `@mlc-ai/web-llm`; `records.test.ts` holds them against it, so that an update of
 * the package cannot leave them behind.
 *
 * What is pinned, and what is not, because nobody could be asked who knows it:
 * - Weights: the commit of the hub, where several public projects pin the same one. Where it is null the hub is asked
 *   once, and the commit it names is the one that is fetched and kept from then on.
 * - The library: its makers keep a folder for each version (`v0_2_86/base`), which the address names. Where its SHA-256
 *   is not known beforehand, the first one that is run is noted and any other is refused from then on
 *   (`library-pins.ts`); WebLLM checks the very bytes it runs against the hash it is given.
 */

/** Weights in 4 bits; activations in half or single precision. */
export type Quantisation = 'q4f16_1' | 'q4f32_1' | 'q0f16' | 'q0f32';

export interface CompiledLibrary {
  /** Its name among the model's files. */
  readonly file: string;
  readonly address: string;
  /** Subresource Integrity, `sha256-…`; null: noted when it is first run. */
  readonly integrity: string | null;
}

export interface WebLlmRecord {
  /** In WebLLM's list. */
  readonly id: string;
  /** On the hub. */
  readonly repository: string;
  /** Its commit; null: the one the hub names when it is first fetched. */
  readonly revision: string | null;
  readonly title: string;
  /** SPDX, of the weights. */
  readonly licence: string;
  readonly parameters: number;
  readonly quantisation: Quantisation;
  readonly library: CompiledLibrary;
  /** Longest prompt with completion, tokens; `memoryMegabytes` is with a cache of that length. */
  readonly contextTokens: number;
  /** GPU memory (2^20 bytes) as WebLLM states it. */
  readonly memoryMegabytes: number;
  /** Meant for devices with little memory too. */
  readonly forSmallDevices: boolean;
  /** Features of the GPU without which it cannot run. */
  readonly features: readonly 'shader-f16'[];
  /** Bytes of its largest tensor, the embedding: one storage buffer binding has to hold it. */
  readonly largestTensorBytes: number;
  /** The template has Qwen3's switch. */
  readonly thinking: boolean;
}

/** Of the installed package: libraries of another version do not fit it. */
export const LIBRARY_VERSION = 'v0_2_86/base';
export const LIBRARY_FOLDER =
  'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/';

interface Family {
  /** In the ids. */
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** In the names of libraries, where another. */
  readonly library?: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly forSmallDevices: boolean;
  readonly thinking: boolean;
}

const SMOLLM2_135M: Family = {
  name: 'SmolLM2-135M-Instruct',
  title: 'SmolLM2 135M',
  parameters: 134_515_008,
  vocabulary: 49_152,
  hidden: 576,
  forSmallDevices: true,
  thinking: false,
};
const SMOLLM2_360M: Family = {
  name: 'SmolLM2-360M-Instruct',
  title: 'SmolLM2 360M',
  parameters: 361_821_120,
  vocabulary: 49_152,
  hidden: 960,
  forSmallDevices: true,
  thinking: false,
};
const QWEN3_06B: Family = {
  name: 'Qwen3-0.6B',
  title: 'Qwen3 0.6B',
  parameters: 596_049_920,
  vocabulary: 151_936,
  hidden: 1024,
  forSmallDevices: true,
  thinking: true,
};
const QWEN3_4B: Family = {
  name: 'Qwen3-4B',
  title: 'Qwen3 4B',
  parameters: 4_022_468_096,
  vocabulary: 151_936,
  hidden: 2560,
  forSmallDevices: true,
  thinking: true,
};
const QWEN25_7B: Family = {
  name: 'Qwen2.5-7B-Instruct',
  title: 'Qwen2.5 7B',
  parameters: 7_615_616_512,
  library: 'Qwen2-7B-Instruct',
  vocabulary: 152_064,
  hidden: 3584,
  forSmallDevices: false,
  thinking: false,
};

const BYTES_PER_WEIGHT: Readonly<Record<Quantisation, number>> = {
  q4f16_1: 0.5,
  q4f32_1: 0.5,
  q0f16: 2,
  q0f32: 4,
};

function record(
  family: Family,
  quantisation: Quantisation,
  memoryMegabytes: number,
  revision: string | null,
): WebLlmRecord {
  const id = `${family.name}-${quantisation}-MLC`;
  const file = `${family.library ?? family.name}-${quantisation}_cs1k-webgpu.wasm`;
  return {
    id,
    repository: `mlc-ai/${id}`,
    revision,
    title: family.title,
    licence: 'Apache-2.0',
    parameters: family.parameters,
    quantisation,
    library: { file, address: `${LIBRARY_FOLDER}${LIBRARY_VERSION}/${file}`, integrity: null },
    contextTokens: 4096,
    memoryMegabytes,
    forSmallDevices: family.forSmallDevices,
    // WebLLM's list does not say it of every model, but what computes in f16 needs the feature.
    features: quantisation.includes('f16') ? ['shader-f16'] : [],
    largestTensorBytes: family.vocabulary * family.hidden * BYTES_PER_WEIGHT[quantisation],
    thinking: family.thinking,
  };
}

/** Smallest first; the build that needs `shader-f16` before the one that does not. SmolLM2 135M exists unquantised only. */
export const WEB_LLM_RECORDS: readonly WebLlmRecord[] = [
  record(SMOLLM2_135M, 'q0f16', 359.69, null),
  record(SMOLLM2_135M, 'q0f32', 719.38, null),
  record(SMOLLM2_360M, 'q4f16_1', 376.06, '3a622fd89e0216e8bb10c410c007c786baa8a033'),
  record(SMOLLM2_360M, 'q4f32_1', 579.61, null),
  record(QWEN3_06B, 'q4f16_1', 1403.34, '8c14ce481d4c692769976ad52afea453a102df19'),
  record(QWEN3_06B, 'q4f32_1', 1924.98, null),
  record(QWEN3_4B, 'q4f16_1', 3431.59, 'a5c9fab855e3ccbdfed2e7e69683d75f30332161'),
  record(QWEN3_4B, 'q4f32_1', 4327.71, null),
  record(QWEN25_7B, 'q4f16_1', 5106.67, null),
  record(QWEN25_7B, 'q4f32_1', 5900.09, null),
];

/** By its id, or its repository on the hub. */
export function recordOf(name: string): WebLlmRecord | undefined {
  return WEB_LLM_RECORDS.find((known) => known.id === name || known.repository === name);
}

/** The same model in single precision, for devices without `shader-f16`. */
export function singlePrecisionOf({ title, quantisation }: WebLlmRecord): WebLlmRecord | undefined {
  const wanted = quantisation.replace('f16', 'f32');
  return WEB_LLM_RECORDS.find((other) => other.title === title && other.quantisation === wanted);
}
