/**
 * Opens a model in Hugging Face layout, wherever its files lie: a static site, a directory in Node, a
 * picked folder. Everything is read and checked before anything is returned, so a model either opens or
 * gives one error with the file's name; nothing half-loaded is left.
 *
 *     config.json  tokenizer.json  tokenizer_config.json  [chat_template.jinja]
 *     model.safetensors, or model.safetensors.index.json with its shards
 *
 * The small files are read whole, the weights by ranges: to the host (`openModelFolder`), or to a device without ever
 * being on the host (`openFolder`, then `EngineModel.stream`).
 */
import { EngineError, ModelFileError } from '../errors';
import { type BaseIdentity, checkBase } from './base-fingerprint';
import { ChatTemplate, ChatTokenizer } from './chat-template';
import { readModelConfig } from './config';
import { readWeights } from './host-weights';
import { isJsonObject, type JsonObject, readJsonObject, refusePage } from './json-file';
import type { ModelConfig, NamedTensors } from './model-config';
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  readAdapter,
  type StoredAdapter,
  UNKNOWN_BASE,
} from './peft';
import { checkTokenizer, readTokenizer, type TextTokenizer } from './tokenizer';
import { checkLength, hashOf, httpSource, type WeightSource } from './weight-source';
import type { LoadControl } from './weight-stream';

/**
 * The bytes of a file of the folder. Rejects with `MissingFileError` if there is no such file and with any
 * error if it cannot be read.
 */
export interface ReadFile {
  (name: string): Promise<Uint8Array>;
  /** The same folder by ranges. Without it a weights file is read whole, and held while its tensors are made. */
  readonly ranges?: WeightSource;
}

/** The folder has no file of this name. */
export class MissingFileError extends ModelFileError {
  constructor(name: string, where: string, options?: ErrorOptions) {
    super(
      'file-missing',
      `${name} was not found ${where}. A model folder holds config.json, tokenizer.json, tokenizer_config.json and model.safetensors.`,
      options,
    );
  }
}

/** A folder opened but for its weights. */
export interface OpenedFolder {
  readonly config: ModelConfig;
  readonly tokenizer: TextTokenizer;
  readonly chat: ChatTokenizer;
  /** Where the weights lie, for `EngineModel.stream`. */
  readonly source: WeightSource;
}

export interface OpenedModel extends Omit<OpenedFolder, 'source'> {
  readonly weights: NamedTensors;
}

/** What every folder has: `openModelFolder` reads these, and others where they do not say all. */
export const MODEL_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
/** What `openAdapterFolder` reads. */
export const ADAPTER_FILES = [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE];

const TOKENIZER_CONFIG = 'tokenizer_config.json';
const TEMPLATE_FILE = 'chat_template.jinja';

/**
 * With all weights on the host.
 * @throws ModelFileError, UnsupportedModelError or NonFiniteError naming the file and what is wrong, LoadAbortedError
 */
export async function openModelFolder(read: ReadFile, control: LoadControl = {}): Promise<OpenedModel> {
  const { source, ...opened } = await openFolder(read);
  return { ...opened, weights: await readWeights(source, opened.config, control) };
}

/**
 * Everything but the weights.
 * @throws ModelFileError, UnsupportedModelError naming the file and what is wrong
 */
export async function openFolder(read: ReadFile): Promise<OpenedFolder> {
  const configJson = readJsonObject(await readNamed(read, 'config.json'), 'config.json');
  const config = readModelConfig(configJson);

  return { config, ...(await openChat(read, config, configJson)), source: weightsOf(read) };
}

/**
 * Tokenizer and chat template alone, whoever computes the model.
 * @throws ModelFileError, UnsupportedModelError naming the file and what is wrong
 */
export async function openChat(
  read: ReadFile,
  config: Pick<ModelConfig, 'vocabSize'>,
  configJson: JsonObject,
): Promise<Pick<OpenedFolder, 'tokenizer' | 'chat'>> {
  const tokenizer = readTokenizer(await readNamed(read, 'tokenizer.json'));
  checkTokenizer(config, tokenizer);
  const tokenizerConfig = readJsonObject(await readNamed(read, TOKENIZER_CONFIG), TOKENIZER_CONFIG);
  return { tokenizer, chat: await readChat(read, tokenizer, tokenizerConfig, configJson) };
}

/** Where the weights of a folder lie. */
export function weightsOf(read: ReadFile): WeightSource {
  if (read.ranges) return read.ranges;
  const where = 'the folder';
  const files = new Map<string, Promise<Uint8Array | undefined>>();
  const file = (name: string) => {
    const known = files.get(name) ?? readOptional(read, name);
    files.set(name, known);
    return known;
  };
  return {
    where,
    size: async (name) => (await file(name))?.length ?? null,
    async revision(name, signal) {
      const bytes = await file(name);
      return bytes ? hashOf(new Blob([bytes.slice()]), signal) : null;
    },
    async read(name, start, end, signal) {
      signal?.throwIfAborted();
      const bytes = await file(name);
      if (!bytes) throw new MissingFileError(name, `in ${where}`);
      return checkLength(bytes.subarray(start, end), name, start, end, where);
    },
  };
}

/**
 * An adapter in PEFT layout for a model of this shape.
 * @param here what the model is; asked for only if the adapter says what it was trained on
 * @throws BaseMismatchError if that is another model
 * @throws ModelFileError, UnsupportedModelError or NonFiniteError naming the file and what is wrong
 */
export async function openAdapterFolder(
  config: ModelConfig,
  read: ReadFile,
  here: () => BaseIdentity | Promise<BaseIdentity> = () => UNKNOWN_BASE,
): Promise<StoredAdapter> {
  const configFile = await readNamed(read, ADAPTER_CONFIG_FILE);
  const weightsFile = await readNamed(read, ADAPTER_WEIGHTS_FILE);
  refusePage(weightsFile, ADAPTER_WEIGHTS_FILE);
  const adapter = readAdapter(config, configFile, weightsFile);
  if (adapter.base.fingerprint !== null) checkBase('This adapter', adapter.base, await here());
  return adapter;
}

/** A folder behind an address, as `fetch` sees it. */
export function folderAt(base: URL | string, signal?: AbortSignal): ReadFile {
  const directory = String(base).replace(/\/*$/, '/');
  const read = async (name: string) => {
    const address = directory + name;
    let response: Response;
    try {
      response = await fetch(address, { signal });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ModelFileError(
        'file-unreachable',
        `${name} could not be fetched from ${address}: no answer. Check the connection; other sites must allow this page to read them (CORS).`,
        { cause },
      );
    }
    if (response.status === 404) throw new MissingFileError(name, `at ${address} (HTTP 404)`);
    if (!response.ok) {
      throw new ModelFileError(
        'file-unreachable',
        `${name} could not be fetched from ${address}: HTTP ${response.status} ${response.statusText}`.trimEnd() +
          '. A private model needs a copy on a server that this page may read.',
      );
    }
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ModelFileError(
        'file-unreachable',
        `${name} broke off while it was fetched from ${address}. Try again.`,
        { cause },
      );
    }
  };
  return Object.assign(read, { ranges: httpSource(directory, signal) });
}

/** Gives errors that are not the engine's the name of the file. */
async function readNamed(read: ReadFile, name: string): Promise<Uint8Array> {
  try {
    return await read(name);
  } catch (cause) {
    if (cause instanceof EngineError || (cause instanceof Error && cause.name === 'AbortError')) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new ModelFileError('file-unreadable', `${name} could not be read: ${words}`, { cause });
  }
}

/** Undefined if the folder has no such file. */
async function readOptional(read: ReadFile, name: string): Promise<Uint8Array | undefined> {
  try {
    return await readNamed(read, name);
  } catch (error) {
    if (error instanceof MissingFileError) return undefined;
    throw error;
  }
}

async function readChat(
  read: ReadFile,
  tokenizer: TextTokenizer,
  tokenizerConfig: JsonObject,
  modelConfig: JsonObject,
): Promise<ChatTokenizer> {
  const variables: Record<string, string> = {};
  for (const name of ['bos_token', 'eos_token', 'pad_token', 'unk_token']) {
    const token = tokenSpelling(tokenizerConfig[name]);
    if (token !== undefined) variables[name] = token;
  }
  let source = templateSource(tokenizerConfig.chat_template);
  if (source === undefined) {
    const file = await readOptional(read, TEMPLATE_FILE);
    if (file !== undefined) {
      refusePage(file, TEMPLATE_FILE);
      source = new TextDecoder().decode(file);
    }
  }
  if (source === undefined) {
    throw new ModelFileError(
      'chat-template-missing',
      `${TOKENIZER_CONFIG} has no chat_template: this is a base model. Choose the one trained for chat ("instruct").`,
    );
  }
  const template = new ChatTemplate(source, variables, `The chat template of ${TOKENIZER_CONFIG}`);
  return new ChatTokenizer(
    tokenizer,
    template,
    stopTokens(tokenizer, variables.eos_token, modelConfig.eos_token_id),
  );
}

/** A string, or an object with `content` in older files. */
function tokenSpelling(value: unknown): string | undefined {
  const spelling = isJsonObject(value) ? value.content : value;
  return typeof spelling === 'string' ? spelling : undefined;
}

/** A template, or the one called "default" of several. */
function templateSource(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const chosen: unknown = value.find((entry: unknown) => isJsonObject(entry) && entry.name === 'default');
  return isJsonObject(chosen) && typeof chosen.template === 'string' ? chosen.template : undefined;
}

/** The tokenizer's end token, and those the model's configuration names if the tokenizer has them. */
function stopTokens(tokenizer: TextTokenizer, eos: string | undefined, eosIds: unknown): string[] {
  const named = eos === undefined ? [] : [eos];
  const ids: unknown[] = Array.isArray(eosIds) ? eosIds : [eosIds];
  const added = tokenizer.addedTokens.filter((token) => ids.includes(token.id)).map((token) => token.content);
  return [...new Set([...named, ...added])];
}
