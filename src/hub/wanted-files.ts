/**
 * Which files of a model a provider needs, out of those there are: of a repository of the hub as of a folder on this
 * machine. What is of another layout is told by its name, with what to take instead.
 *
 *     engine         config.json, tokenizer.json, tokenizer_config.json, model.safetensors or its shards with their index
 *     transformers   the same, but onnx/model_<storage>.onnx with the data files beside it
 *     web-llm        mlc-chat-config.json, tensor-cache.json, params_shard_*.bin, tokenizer files
 */
import { ModelLayoutError } from './errors';
import type { ModelProvider } from './model-entry';

/** How weights are stored in an ONNX export, by the names that transformers.js gives, and the file of each. */
export const ONNX_FILES = {
  fp32: 'onnx/model.onnx',
  fp16: 'onnx/model_fp16.onnx',
  q8: 'onnx/model_quantized.onnx',
  int8: 'onnx/model_int8.onnx',
  uint8: 'onnx/model_uint8.onnx',
  q4: 'onnx/model_q4.onnx',
  q4f16: 'onnx/model_q4f16.onnx',
  bnb4: 'onnx/model_bnb4.onnx',
} as const;
export type OnnxStorage = keyof typeof ONNX_FILES;

/** Without a GPU; the best first. */
export const FOR_WASM: readonly OnnxStorage[] = ['q8', 'int8', 'q4', 'uint8', 'fp32'];
/** With one. Without half-precision shaders, those of `f16` are left out. */
export const FOR_WEBGPU: readonly OnnxStorage[] = ['q4f16', 'q4', 'fp16', 'q8', 'fp32'];

const SMALL = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const IF_THERE = ['chat_template.jinja', 'chat_template.json', 'generation_config.json'];
const MLC_NEEDED = ['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json'];
const MLC_IF_THERE = ['tokenizer_config.json', 'vocab.json', 'merges.txt', 'added_tokens.json'];
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-\d{5}-of-(\d{5})\.safetensors$/;
/** Larger models than any tab opens have fewer. */
const MOST_SHARDS = 1000;

export interface Wanted {
  readonly paths: readonly string[];
  /** Of an ONNX export, else null. */
  readonly storage: OnnxStorage | null;
}

/**
 * @param storages of ONNX weights that are taken, the best first
 * @throws ModelLayoutError naming the file that is missing, or the layout that it is instead
 */
export function wantedFiles(
  provider: ModelProvider,
  there: readonly string[],
  name: string,
  storages: readonly OnnxStorage[] = FOR_WASM,
): Wanted {
  if (provider === 'web-llm') return { paths: mlcFiles(there, name), storage: null };
  const { paths, storage } =
    provider === 'engine'
      ? { paths: safetensorsFiles(there, name), storage: null }
      : onnxFiles(there, name, storages);
  const small = SMALL.map((path) => needed(path, there, name));
  return { paths: [...small, ...IF_THERE.filter((path) => there.includes(path)), ...paths], storage };
}

/** The providers whose files are all there, in the order in which they are tried. */
export function readableBy(there: readonly string[]): readonly ModelProvider[] {
  const all: readonly OnnxStorage[] = [...FOR_WEBGPU, ...FOR_WASM, 'bnb4'];
  return (['engine', 'transformers', 'web-llm'] as const).filter((provider) => {
    try {
      wantedFiles(provider, there, 'it', all);
      return true;
    } catch (error) {
      if (error instanceof ModelLayoutError) return false;
      throw error;
    }
  });
}

function safetensorsFiles(there: readonly string[], name: string): readonly string[] {
  if (there.includes(WEIGHTS)) return [WEIGHTS];
  if (!there.includes(INDEX)) throw otherLayout('engine', there, name);
  const of = Number(there.map((path) => SHARD.exec(path)?.[1]).find((count) => count !== undefined) ?? 1);
  const shards = Array.from({ length: Math.min(of, MOST_SHARDS) }, (_, i) => shardName(i + 1, of));
  const absent = shards.filter((path) => !there.includes(path)).length;
  if (absent > 0) {
    throw missing(`${absent} of the ${of} parts of its weights (model-…-of-….safetensors)`, name);
  }
  return [INDEX, ...shards];
}

function shardName(part: number, of: number): string {
  const digits = (n: number) => String(n).padStart(5, '0');
  return `model-${digits(part)}-of-${digits(of)}.safetensors`;
}

function onnxFiles(
  there: readonly string[],
  name: string,
  storages: readonly OnnxStorage[],
): { readonly paths: readonly string[]; readonly storage: OnnxStorage } {
  const storage = storages.find((one) => there.includes(ONNX_FILES[one]));
  if (storage === undefined) {
    const others = (Object.keys(ONNX_FILES) as OnnxStorage[]).filter((one) =>
      there.includes(ONNX_FILES[one]),
    );
    if (others.length === 0) throw otherLayout('transformers', there, name);
    throw new ModelLayoutError(
      'onnx-storage',
      `${name} has its weights as ${others.join(', ')} only, which this device cannot use; ${storages.join(', ')} would do.`,
      'Take another export of the model.',
    );
  }
  const file = ONNX_FILES[storage];
  // Larger ones keep their numbers beside them: model.onnx_data, model.onnx_data_1, …
  const data = there.filter((path) => path.startsWith(`${file}_data`)).sort();
  return { paths: [file, ...data], storage };
}

function mlcFiles(there: readonly string[], name: string): readonly string[] {
  if (!there.includes('mlc-chat-config.json')) throw otherLayout('web-llm', there, name);
  const needs = MLC_NEEDED.map((path) => needed(path, there, name));
  const shards = there.filter((path) => /^params_shard_\d+\.bin$/.test(path));
  if (shards.length === 0) throw missing('its weights (params_shard_0.bin and on)', name);
  const order = (path: string) => Number(/\d+/.exec(path)?.[0]);
  shards.sort((a, b) => order(a) - order(b));
  return [...needs, ...MLC_IF_THERE.filter((path) => there.includes(path)), ...shards];
}

function needed(path: string, there: readonly string[], name: string): string {
  if (there.includes(path)) return path;
  throw missing(path, name);
}

function missing(what: string, name: string): ModelLayoutError {
  return new ModelLayoutError(
    'model-files-missing',
    `${name} lacks ${what}.`,
    'Take the whole folder of the model, as it lies on the hub, or another model.',
  );
}

/** What files of other layouts look like, and what to take in their place. */
const OTHERS: readonly { readonly looks: RegExp; readonly what: string; readonly take: string }[] = [
  {
    looks: /\.gguf$/i,
    what: 'holds GGUF files, which llama.cpp runs',
    take: 'Take the repository it was made from: the same name without "GGUF".',
  },
  {
    looks: /^adapter_(config\.json|model\.(safetensors|bin))$/,
    what: 'is an adapter (LoRA) and not a model',
    take: 'Take the model that it was trained on; an adapter for the model in use is imported on the training page.',
  },
  {
    looks: /^mlc-chat-config\.json$/,
    what: 'was compiled by MLC for WebLLM',
    take: 'Add it for WebLLM, or take the repository it was made from.',
  },
  {
    looks: /^onnx\/model.*\.onnx$|\.onnx$/,
    what: 'holds an ONNX export',
    take: 'Add it for transformers.js, or take the repository it was made from.',
  },
  {
    looks: /^(model|model-\d{5}-of-\d{5})\.safetensors$/,
    what: 'holds safetensors',
    take: 'Add it for the engine, or look for an ONNX export ("onnx-community/…") or an MLC build ("mlc-ai/…") of it.',
  },
  {
    looks: /^(pytorch_model.*|.*\.pth?|consolidated.*)(\.bin)?$|\.(bin|pt|pth)$/,
    what: 'holds PyTorch files (.bin), which are programs and are not opened',
    take: 'Take a revision or a copy of the model with model.safetensors.',
  },
];

const WANTED: Readonly<Record<ModelProvider, string>> = {
  engine: 'model.safetensors',
  transformers: 'onnx/model.onnx or one of its smaller storages',
  'web-llm': 'mlc-chat-config.json',
};

function otherLayout(provider: ModelProvider, there: readonly string[], name: string): ModelLayoutError {
  const other = OTHERS.find(({ looks }) => there.some((path) => looks.test(path)));
  if (!other) return missing(WANTED[provider], name);
  return new ModelLayoutError(
    'model-layout',
    `${name} ${other.what}; ${WANTED[provider]} is not there.`,
    other.take,
  );
}
