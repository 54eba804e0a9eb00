/**
 * The transformers.js provider: a folder in the layout of the hub's ONNX exports becomes a policy that acts.
 *
 *     config.json  tokenizer.json  tokenizer_config.json  [chat_template.jinja]  [generation_config.json]
 *     onnx/model….onnx  [onnx/model….onnx_data, …_data_1, …]
 *
 * Prompts are made here, by the engine's own tokenizer and chat template, not by the library's: the ids are those the
 * engine would read, and nobody can write a control token in a message. A tokenizer that this reader does not know
 * (SentencePiece, WordPiece) is refused by name; the library's would take any spelling of a control token for one.
 *
 * Everything that can be wrong with small files is told before 27 MB of ONNX Runtime are fetched from this site.
 */
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { EngineError, UnsupportedModelError } from '../../engine/errors';
import { readModelConfig } from '../../engine/model/config';
import { isJsonObject, type JsonObject, readJsonObject, refusePage } from '../../engine/model/json-file';
import { MissingFileError, openChat, type ReadFile } from '../../engine/model/model-folder';
import { baseParameters } from '../../engine/model/parameters';
import type { WeightSource } from '../../engine/model/weight-source';
import { browserGpu, describeAdapter } from '../../engine/webgpu/adapter';
import type { OpenedPolicy, OpeningRequest, OpenPolicy } from '../provider';
import { chooseWeights, type GpuAbilities, type OnnxDevice, type OnnxWeights } from './onnx-files';
import {
  TransformersCancelledError,
  TransformersError,
  TransformersFileError,
  TransformersFileMissingError,
  TransformersMemoryError,
  TransformersTokenizerError,
} from './transformers-errors';
import { TransformersPolicy } from './transformers-policy';
import { TransformersRuntime } from './transformers-runtime';
import workerScript from './transformers-worker.ts?worker&url';

const CONFIG = 'config.json';
const NEEDED = [CONFIG, 'tokenizer.json', 'tokenizer_config.json'];
/** Read by the library where they are. */
const ALSO_READ = ['generation_config.json'];
/** What 32-bit addresses reach. */
const WASM_BYTES = 2 ** 32;

/** Addresses of this site without which no model can be opened. */
export const transformersRuntime = (): readonly string[] =>
  [workerScript, ortModule, ortBinary].map((file) => new URL(file, import.meta.url).href);

export const openTransformersPolicy: OpenPolicy = (request) => openTransformers(request);

/**
 * As above, on a device of the caller's choice: tests and measurements compare both.
 * @param only left out: the GPU if there is one and the files run on it, else WebAssembly
 */
export async function openTransformers(request: OpeningRequest, only?: OnnxDevice): Promise<OpenedPolicy> {
  const { name, files, fileNames, signal } = request;
  if (signal.aborted) throw new TransformersCancelledError(name);
  try {
    for (const file of NEEDED) {
      if (!fileNames.includes(file)) throw new TransformersFileMissingError(file, name);
    }
    const gpu = await findGpu(only);
    const weights = chooseWeights(fileNames, gpu?.abilities ?? null, name, only);
    const read = wholeFiles(files, signal);
    const config = readJsonObject(await read(CONFIG), CONFIG);
    const shape = shapeOf(config, name);
    const { chat } = await openChat(read, { vocabSize: shape.vocabulary }, config);
    const sizes = await measure(files, weights, fileNames, name, signal);

    const device = weights.device === 'webgpu' ? 'WebGPU' : 'WebAssembly';
    const onProgress = (done: number, total: number) => {
      // With the last byte the longer part begins: the session is built, its kernels are compiled.
      const text = done < total ? `Reading ${weights.file}` : `Preparing ${name} for ${device}`;
      request.onProgress(text, done, total);
    };
    const positions = shape.positions ?? request.draw.contextTokens;
    const runtime = await TransformersRuntime.open(
      { name, files, sizes, weights, positions },
      { signal, onProgress },
    );
    const facts = { name, dtype: weights.dtype, vocabulary: shape.vocabulary, positions: shape.positions };
    const policy = new TransformersPolicy(facts, runtime, chat, request.draw);
    return {
      policy,
      facts: {
        parameters: parametersOf(config),
        vocabulary: shape.vocabulary,
        layers: shape.layers,
        // Keys and values take room as they come: a longer context needs no new opening.
        window: positions,
        device: `${deviceWords(runtime, gpu?.words)}, ${weights.dtype}, by transformers.js`,
      },
      redraw: (draw) => policy.redraw(draw),
      close: async () => policy.close(),
    };
  } catch (error) {
    throw inWords(error, name, signal);
  }
}

/** Null where there is none, or one that computes on the CPU and nobody asked for it. */
async function findGpu(
  only: OnnxDevice | undefined,
): Promise<{ readonly abilities: GpuAbilities; readonly words: string } | null> {
  const adapter = await browserGpu()?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { words, software } = describeAdapter(adapter.info);
  if (software && only !== 'webgpu') return null;
  return { abilities: { half: adapter.features.has('shader-f16') }, words };
}

function deviceWords(runtime: TransformersRuntime, gpu: string | undefined): string {
  if (!runtime.onGpu || gpu === undefined) return 'WebAssembly, 1 thread';
  return `WebGPU, ${gpu}${runtime.longPasses ? '' : ', in short passes, which it computes rightly'}`;
}

interface Shape {
  readonly vocabulary: number;
  readonly layers: number | null;
  readonly positions: number | null;
}

/** What is needed of config.json, whatever the architecture; models that also see or hear keep it one level down. */
function shapeOf(config: JsonObject, name: string): Shape {
  const text = isJsonObject(config.text_config) ? config.text_config : config;
  const count = (...keys: readonly string[]): number | null => {
    const value = keys.map((key) => text[key]).find((one) => typeof one === 'number');
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  const vocabulary = count('vocab_size');
  if (vocabulary === null) {
    throw new TransformersFileError(
      `${CONFIG} of ${name} has no vocab_size: it is not the configuration of a language model.`,
    );
  }
  return {
    vocabulary,
    layers: count('num_hidden_layers', 'n_layer', 'num_layers'),
    positions: count('max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len'),
  };
}

/** Null for layouts whose weights the engine does not know by name. */
function parametersOf(config: JsonObject): number | null {
  try {
    const tensors = baseParameters(readModelConfig(config));
    return tensors.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

/** Bytes of what the worker will ask for; the weights are looked at, since a page in their place is common. */
async function measure(
  files: WeightSource,
  { device, dtype, file, dataFiles }: OnnxWeights,
  fileNames: readonly string[],
  name: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const optional = ALSO_READ.filter((one) => fileNames.includes(one));
  for (const one of [CONFIG, ...optional, file, ...dataFiles]) {
    const bytes = await files.size(one, signal);
    if (bytes === null) throw new TransformersFileMissingError(one, name);
    sizes.set(one, bytes);
  }
  const bytes = [file, ...dataFiles].reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0);
  if (device === 'wasm' && bytes >= WASM_BYTES) {
    throw new TransformersMemoryError(
      `The weights of ${name} (${dtype}) have ${(bytes / 2 ** 30).toFixed(1)} GiB, and WebAssembly has 4 in all.`,
    );
  }
  const start = await files.read(file, 0, Math.min(64, sizes.get(file) ?? 0), signal);
  refusePage(start, file);
  // A message begins with its first field: the version of the format.
  if (start.length < 16 || start[0] !== 0x08) {
    throw new TransformersFileError(
      `${file} of ${name} is not an ONNX model: it was cut off, or is another file under its name.`,
    );
  }
  return sizes;
}

function wholeFiles(files: WeightSource, signal: AbortSignal): ReadFile {
  return async (file) => {
    const bytes = await files.size(file, signal);
    if (bytes === null) throw new MissingFileError(file, `in ${files.where}`);
    return files.read(file, 0, bytes, signal);
  };
}

/** Errors of the engine's readers with the next step of this provider. */
function inWords(error: unknown, name: string, signal: AbortSignal): unknown {
  if (signal.aborted) return new TransformersCancelledError(name);
  if (error instanceof TransformersError || !(error instanceof EngineError)) return error;
  if (error instanceof UnsupportedModelError || error.code.startsWith('chat-')) {
    return new TransformersTokenizerError(`${name}: ${error.message}`, { cause: error });
  }
  return new TransformersFileError(`${name}: ${error.message}`, { cause: error });
}
