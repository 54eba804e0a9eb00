/**
 * Opens a model in Hugging Face layout, wherever its files lie: a static site, a directory in Node, a
 * picked folder. Everything is read and checked before anything is returned, so a model either opens or
 * gives one error with the file's name; nothing half-loaded is left.
 *
 *     config.json  tokenizer.json  tokenizer_config.json  model.safetensors  [chat_template.jinja]
 */
import { EngineError, ModelFileError } from '../errors';
import { type BaseIdentity, checkBase } from './base-fingerprint';
import { ChatTemplate, ChatTokenizer } from './chat-template';
import { readModelConfig } from './config';
import { isJsonObject, type JsonObject, readJsonObject, refusePage } from './json-file';
import type { ModelConfig, NamedTensors } from './model-config';
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  readAdapter,
  type StoredAdapter,
  UNKNOWN_BASE,
} from './peft';
import { readSafetensors } from './safetensors';
import { checkTokenizer, readTokenizer, type TextTokenizer } from './tokenizer';
import { loadWeights } from './weights';

/**
 * The bytes of a file of the folder. Rejects with `MissingFileError` if there is no such file and with any
 * error if it cannot be read.
 */
export type ReadFile = (name: string) => Promise<Uint8Array>;

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

export interface OpenedModel {
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
  readonly tokenizer: TextTokenizer;
  readonly chat: ChatTokenizer;
}

/** What every folder has: `openModelFolder` reads these, and others where they do not say all. */
export const MODEL_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
/** What `openAdapterFolder` reads. */
export const ADAPTER_FILES = [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE];

const WEIGHTS_FILE = 'model.safetensors';
const SHARD_INDEX = 'model.safetensors.index.json';
const TOKENIZER_CONFIG = 'tokenizer_config.json';
const TEMPLATE_FILE = 'chat_template.jinja';

/**
 * @throws ModelFileError, UnsupportedModelError or NonFiniteError naming the file and what is wrong
 */
export async function openModelFolder(read: ReadFile): Promise<OpenedModel> {
  const configJson = readJsonObject(await readNamed(read, 'config.json'), 'config.json');
  const config = readModelConfig(configJson);

  const tokenizer = readTokenizer(await readNamed(read, 'tokenizer.json'));
  checkTokenizer(config, tokenizer);
  const tokenizerConfig = readJsonObject(await readNamed(read, TOKENIZER_CONFIG), TOKENIZER_CONFIG);
  const chat = await readChat(read, tokenizer, tokenizerConfig, configJson);

  const bytes = await readWeightsFile(read);
  const weights = loadWeights(config, readSafetensors(bytes, WEIGHTS_FILE), WEIGHTS_FILE);
  return { config, weights, tokenizer, chat };
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
  here: () => BaseIdentity = () => UNKNOWN_BASE,
): Promise<StoredAdapter> {
  const configFile = await readNamed(read, ADAPTER_CONFIG_FILE);
  const weightsFile = await readNamed(read, ADAPTER_WEIGHTS_FILE);
  refusePage(weightsFile, ADAPTER_WEIGHTS_FILE);
  const adapter = readAdapter(config, configFile, weightsFile);
  if (adapter.base.fingerprint !== null) checkBase('This adapter', adapter.base, here());
  return adapter;
}

/** A folder behind an address, as `fetch` sees it. */
export function folderAt(base: URL | string, signal?: AbortSignal): ReadFile {
  const directory = String(base).replace(/\/*$/, '/');
  return async (name) => {
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

async function readWeightsFile(read: ReadFile): Promise<Uint8Array> {
  try {
    const bytes = await readNamed(read, WEIGHTS_FILE);
    refusePage(bytes, WEIGHTS_FILE);
    return bytes;
  } catch (error) {
    if (error instanceof MissingFileError && (await readOptional(read, SHARD_INDEX)) !== undefined) {
      throw new ModelFileError(
        'sharded-checkpoint',
        `This model is split into several files (${SHARD_INDEX}), which is not implemented. Choose a model with one ${WEIGHTS_FILE}.`,
      );
    }
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
