/**
 * A model folder as MLC-LLM makes it, read as far as opening it needs: `mlc-chat-config.json`, the list of tensors
 * (`tensor-cache.json`, in older exports `ndarray-cache.json`) with every shard it names, `tokenizer.json`, and one
 * compiled library. What is missing is named before WebLLM is started, which would tell it as a failed request.
 * Source of the layout: https://llm.mlc.ai/docs/get_started/mlc_chat_config.html
 */
import { PROTOCOL_TAGS } from '../../agent/protocol';
import { isJsonObject, type JsonObject, readJsonObject } from '../../engine/model/json-file';
import { readTokenizer, type TextTokenizer } from '../../engine/model/tokenizer';
import type { WeightSource } from '../../engine/model/weight-source';
import { type ChatFrame, readChatFrame } from './chat-frame';
import { recordOf, type WebLlmRecord } from './records';
import { WebLlmError } from './web-llm-errors';

const CONFIG = 'mlc-chat-config.json';
const TOKENIZER = 'tokenizer.json';
const TENSOR_LISTS = ['tensor-cache.json', 'ndarray-cache.json'] as const;

export interface MlcFolder {
  /** Of the list, where the model is in it. */
  readonly record: WebLlmRecord | undefined;
  /** Name to length, bytes: all that WebLLM may ask for. */
  readonly files: ReadonlyMap<string, number>;
  readonly library: string;
  readonly frame: ChatFrame;
  readonly tokenizer: TextTokenizer;
  /** What the weights and the library allow at most, tokens. */
  readonly longestContext: number;
  readonly quantisation: string;
  readonly vocabulary: number;
  readonly layers: number | null;
  /** As the list of tensors says. */
  readonly largestTensorBytes: number;
}

/** @throws WebLlmError that names what is missing or does not fit; ModelFileError for files that are not what they are called */
export async function readMlcFolder(
  name: string,
  source: WeightSource,
  fileNames: readonly string[],
  signal?: AbortSignal,
): Promise<MlcFolder> {
  const { where } = source;
  const record = recordOf(name);
  const there = new Set(fileNames);
  const need = (file: string): string => {
    if (there.has(file)) return file;
    throw new WebLlmError('folder-layout', `${where} has no ${file}.`);
  };
  const json = async (file: string) => {
    const size = await lengthOf(source, file, signal);
    return readJsonObject(await source.read(file, 0, size, signal), file);
  };
  need(CONFIG);
  need(TOKENIZER);
  const list = TENSOR_LISTS.find((file) => there.has(file)) ?? need(TENSOR_LISTS[0]);
  const library = libraryAmong(fileNames, record, where);
  const config = await json(CONFIG);
  const tensors = await json(list);
  const shards = shardsOf(tensors, list);
  const files = new Map<string, number>();
  for (const file of fileNames) files.set(file, await lengthOf(source, file, signal));
  for (const [shard, bytes] of shards) {
    const size = files.get(shard);
    if (size === undefined) {
      throw new WebLlmError('file-missing', `${shard}, which ${list} names, is not in ${where}.`);
    }
    if (size !== bytes) {
      throw new WebLlmError('file-incomplete', `${shard} in ${where} has ${size} bytes instead of ${bytes}.`);
    }
  }
  const tokenizer = readTokenizer(await source.read(TOKENIZER, 0, files.get(TOKENIZER) ?? 0, signal));
  const model = isJsonObject(config.model_config) ? config.model_config : {};
  return {
    record,
    files,
    library,
    tokenizer,
    frame: readChatFrame(config, CONFIG, controlOf(tokenizer)),
    longestContext: longestContext(config, record),
    quantisation: typeof config.quantization === 'string' ? config.quantization : '',
    vocabulary: count(config.vocab_size) ?? tokenizer.vocabSize,
    layers: count(model.num_hidden_layers),
    largestTensorBytes: largestOf(tensors),
  };
}

/** Tokens that mark turns; the tags of the protocol are anybody's to write. */
function controlOf({ addedTokens }: TextTokenizer): readonly string[] {
  const special = addedTokens.filter(({ special, content }) => special && !PROTOCOL_TAGS.includes(content));
  return special.map(({ content }) => content);
}

async function lengthOf(source: WeightSource, file: string, signal?: AbortSignal): Promise<number> {
  const size = await source.size(file, signal);
  if (size !== null) return size;
  throw new WebLlmError('file-missing', `${file} was said to be in ${source.where} and is not.`);
}

/** The record's own, else the only one there is. */
function libraryAmong(fileNames: readonly string[], record: WebLlmRecord | undefined, where: string): string {
  const libraries = fileNames.filter((file) => file.endsWith('.wasm'));
  const own = libraries.find((file) => file.split('/').pop() === record?.library.file);
  if (own !== undefined) return own;
  if (libraries.length === 1 && !record) return libraries[0];
  if (record) throw new WebLlmError('file-missing', `${where} has no ${record.library.file}.`);
  throw new WebLlmError(
    'folder-layout',
    libraries.length === 0
      ? `${where} has no compiled library.`
      : `${where} has ${libraries.length} compiled libraries (${libraries.join(', ')}), and nothing says which is meant.`,
  );
}

function shardsOf(list: JsonObject, file: string): ReadonlyMap<string, number> {
  const { records } = list;
  if (!Array.isArray(records) || records.length === 0) {
    throw new WebLlmError('folder-layout', `${file} names no tensors.`);
  }
  return new Map(
    records.map((record: unknown, at) => {
      if (!isJsonObject(record) || typeof record.dataPath !== 'string' || count(record.nbytes) === null) {
        throw new WebLlmError('folder-layout', `${file}: record ${at} names no file with a length.`);
      }
      return [record.dataPath, Number(record.nbytes)];
    }),
  );
}

/** Each shard names its tensors, with their lengths. */
function largestOf({ records }: JsonObject): number {
  const shards: readonly unknown[] = Array.isArray(records) ? records : [];
  const tensors = shards.flatMap((shard): readonly unknown[] =>
    isJsonObject(shard) && Array.isArray(shard.records) ? shard.records : [],
  );
  return tensors.reduce<number>(
    (most, tensor) => Math.max(most, (isJsonObject(tensor) && count(tensor.nbytes)) || 0),
    0,
  );
}

/** The model's own window; of listed models the one whose memory is known. */
function longestContext(config: JsonObject, record: WebLlmRecord | undefined): number {
  const own = count(config.context_window_size);
  const listed = record?.contextTokens ?? 4096;
  return own === null ? listed : Math.min(own, listed);
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
