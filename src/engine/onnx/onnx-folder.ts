/**
 * A model folder in Hugging Face layout turned into the one that transformers.js loads:
 *
 *     config.json  generation_config.json  tokenizer.json  tokenizer_config.json  onnx/model.onnx
 *
 * The configuration says that the ONNX file is float32 (`transformers.js_config`), because transformers.js would
 * otherwise look for a quantised one on WebAssembly. Tokenizer and chat template go over byte by byte; a
 * folder without them (the small models of tests) gives one without them.
 *
 * Source: transformers.js, `PreTrainedModel.from_pretrained` and `configs.js`.
 */
import { ModelFileError } from '../errors';
import { readModelConfig } from '../model/config';
import { readWeights } from '../model/host-weights';
import { type JsonObject, readJsonObject, refusePage } from '../model/json-file';
import type { ModelConfig } from '../model/model-config';
import { MissingFileError, type ReadFile, weightsOf } from '../model/model-folder';
import type { Adapter } from '../model/peft';
import { writeOnnxModel } from './causal-lm';
import { mergeAdapter } from './merge-adapter';

export const ONNX_FILE = 'onnx/model.onnx';
/** Copied as they are, where they exist. */
const COPIED = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'special_tokens_map.json'];
const GENERATION_CONFIG = 'generation_config.json';

/** The files of the new folder by name; `onnx/model.onnx` lies one folder down. */
export type OnnxFolder = Readonly<Record<string, Uint8Array>>;

/**
 * Reads a model and gives the files of its ONNX folder; same model and adapter, same bytes.
 * @param adapter merged into the weights
 * @throws ModelFileError, UnsupportedModelError or NonFiniteError naming the file and what is wrong
 */
export async function onnxFolder(
  read: ReadFile,
  options: { readonly adapter?: Adapter } = {},
): Promise<OnnxFolder> {
  const { json, config } = await openConfig(read);
  const base = await readWeights(weightsOf(read), config);
  const weights = options.adapter ? mergeAdapter(config, base, options.adapter) : base;

  const files: Record<string, Uint8Array> = {
    'config.json': encodeJson({
      ...json,
      torch_dtype: 'float32',
      'transformers.js_config': { dtype: 'fp32', use_external_data_format: false },
    }),
    [GENERATION_CONFIG]: (await readIfThere(read, GENERATION_CONFIG)) ?? encodeJson(generationConfig(json)),
  };
  for (const name of COPIED) {
    const copied = await readIfThere(read, name);
    if (copied) files[name] = copied;
  }
  files[ONNX_FILE] = writeOnnxModel(config, weights);
  return files;
}

/** Configuration of a folder, which needs no tokenizer. Errors as above. */
export async function openConfig(
  read: ReadFile,
): Promise<{ readonly json: JsonObject; readonly config: ModelConfig }> {
  const json = readJsonObject(await read('config.json'), 'config.json');
  const config = readModelConfig(json);
  return { json, config };
}

/** What transformers takes from config.json where there is no generation_config.json. */
function generationConfig(config: JsonObject): JsonObject {
  const names = ['bos_token_id', 'eos_token_id', 'pad_token_id'];
  const given = names.filter((name) => config[name] != null);
  return Object.fromEntries(given.map((name) => [name, config[name]]));
}

async function readIfThere(read: ReadFile, name: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await read(name);
    refusePage(bytes, name);
    return bytes;
  } catch (error) {
    // A static server may answer unknown names with a page; an optional file is not there then.
    if (error instanceof MissingFileError) return undefined;
    if (error instanceof ModelFileError && error.code === 'json-html') return undefined;
    throw error;
  }
}

function encodeJson(json: JsonObject): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`);
}
