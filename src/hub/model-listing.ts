/**
 * From a name to an entry that can be downloaded: the repository is read, its commit pinned, the files that the provider
 * needs chosen, and what can be known beforehand looked at (the shape of a model of the engine), so that what cannot run
 * is told before a byte of its weights is fetched.
 */
import { readModelConfig } from '../engine/model/config';
import { readJsonObject } from '../engine/model/json-file';
import { FileDamagedError, HubAnswerError, ModelLayoutError, readable } from './errors';
import type { Hub } from './hub';
import { goodAnswer } from './hub-answers';
import { type Repository, readRepository } from './hub-api';
import { hubSource } from './hub-source';
import type { CompiledLibrary, ModelEntry, ModelFile, ModelProvider } from './model-entry';
import { readHubName } from './model-name';
import { transformersId } from './offered-models';
import { wholeBody } from './steady-stream';
import { type OnnxStorage, wantedFiles } from './wanted-files';

/** A `tokenizer_config.json` is some kilobytes; what is much larger is none. */
const SMALL_BYTES = 16 * 2 ** 20;
/** Compiled kernels have some megabytes. */
const MOST_KERNEL_BYTES = 100e6;

export type Listed = ModelEntry & { readonly files: readonly ModelFile[]; readonly revision: string };

export interface AddingOptions {
  /** Storages of ONNX weights that this device can use, the best first. */
  readonly storages: readonly OnnxStorage[];
  /** The kernels that are known for a repository of MLC's; null: none are. */
  readonly library: (name: string) => CompiledLibrary | null;
  readonly signal?: AbortSignal;
}

/**
 * A model of the hub by its name or address, for one provider.
 * @throws HubError by name; UnsupportedModelError or ModelFileError for what the engine does not compute
 */
export async function listedByName(
  hub: Hub,
  text: string,
  provider: ModelProvider,
  { storages, library, signal }: AddingOptions,
): Promise<Listed> {
  const { name, revision } = readHubName(text);
  const repository = await readRepository(hub, name, revision, signal);
  const { paths, storage } = wantedFiles(provider, pathsOf(repository), name, storages);
  const kernels = provider === 'web-llm' ? library(name) : null;
  if (provider === 'web-llm' && !kernels) {
    throw new ModelLayoutError(
      'library-unknown',
      `For ${name} no compiled kernels are known here.`,
      'Take one of the models of WebLLM in the list, or choose a folder that has the .wasm beside the weights.',
    );
  }
  const shape = provider === 'engine' ? await shapeOf(hub, repository, signal) : null;
  const [owner, own] = name.split('/');
  return {
    id: storage === null ? `${provider}:${name}` : transformersId(name, storage),
    provider,
    name,
    title: `${own.replaceAll('-', ' ')} (${owner})`,
    origin: 'hub',
    revision: repository.commit,
    licence: repository.licence,
    parameters: repository.parameters,
    quantisation:
      storage ?? (provider === 'web-llm' ? mlcStorage(name) : (repository.stored ?? 'unknown').toLowerCase()),
    shape,
    memoryBytes: null,
    library: kernels,
    files: filesOf(repository, paths),
    offered: false,
  };
}

/** The same entry with its files and its commit; asked only where they are not known. @throws HubError by name */
export async function withFiles(hub: Hub, entry: ModelEntry, signal?: AbortSignal): Promise<Listed> {
  const { files, revision } = entry;
  if (files && revision !== null) return { ...entry, files, revision };
  const repository = await readRepository(hub, entry.name, revision, signal);
  if (revision !== null && repository.commit !== revision) {
    throw new HubAnswerError(
      'hub-answer',
      `Of ${entry.name} the commit ${revision.slice(0, 8)} was asked for, and ${repository.commit.slice(0, 8)} came.`,
      'Try again; if it stays so, add the model by its name instead.',
    );
  }
  const storages = entry.provider === 'transformers' ? [entry.quantisation as OnnxStorage] : undefined;
  const { paths } = wantedFiles(entry.provider, pathsOf(repository), entry.name, storages);
  return {
    ...entry,
    files: filesOf(repository, paths),
    revision: repository.commit,
    licence: entry.licence ?? repository.licence,
    parameters: entry.parameters ?? repository.parameters,
  };
}

/**
 * The compiled kernels, whole: some megabytes, whose length no list names.
 * @throws FileDamagedError if they are others than those that were noted, HubError by name
 */
export async function fetchLibrary(
  hub: Hub,
  { name, revision }: Listed,
  library: CompiledLibrary,
  signal?: AbortSignal,
): Promise<{ readonly file: ModelFile; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const { address, path, sha256 } = library;
  const what = `the compiled kernels of ${name}`;
  const asked = { path, bytes: 0, sha256, tag: sha256 ?? address, address };
  const response = await goodAnswer(
    await hub.askFile(name, revision, asked, { why: what, signal }),
    name,
    what,
  );
  const bytes = await wholeBody(response, what, MOST_KERNEL_BYTES, signal);
  const hash = hexadecimal(await crypto.subtle.digest('SHA-256', bytes));
  // Every WebAssembly begins with these four; a page does not, whatever it says it is.
  const wasm = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  if (!wasm || (sha256 !== null && hash !== sha256)) {
    throw new FileDamagedError(
      'library-changed',
      `${what} at ${address} are not the ones that were noted${wasm ? ': their SHA-256 is another' : ''}. They are not run.`,
      'Try again; if it stays so, take another model until the list here is brought up to date.',
    );
  }
  return { file: { path, bytes: bytes.length, sha256: hash, tag: hash, address }, bytes };
}

/** The shape of a model of the engine, and that it is one for chat. */
async function shapeOf(hub: Hub, repository: Repository, signal?: AbortSignal) {
  const config = await smallJson(hub, repository, 'config.json', signal);
  const shape = readable(() => readModelConfig(config));
  const tokenizer = await smallJson(hub, repository, 'tokenizer_config.json', signal);
  const template = tokenizer.chat_template ?? null;
  if (template === null && !pathsOf(repository).includes('chat_template.jinja')) {
    throw new ModelLayoutError(
      'chat-template-missing',
      `${repository.name} has no chat template: it is a base model, which goes on with a text and does not answer.`,
      'Take the one that was trained for chat ("Instruct" or "it").',
    );
  }
  return shape;
}

async function smallJson(hub: Hub, repository: Repository, path: string, signal?: AbortSignal) {
  const file = repository.files.find((one) => one.path === path);
  if (!file || file.bytes > SMALL_BYTES) {
    throw new ModelLayoutError(
      'model-files-missing',
      `${repository.name} has no ${path} of a sensible size.`,
      'Take another model.',
    );
  }
  const { name, commit: revision, files } = repository;
  const source = hubSource(hub, { name, revision, files });
  const bytes = await source.read(path, 0, file.bytes, signal);
  return readable(() => readJsonObject(bytes, path));
}

function pathsOf({ files }: Repository): readonly string[] {
  return files.map(({ path }) => path);
}

function filesOf({ files }: Repository, paths: readonly string[]): readonly ModelFile[] {
  return paths.flatMap((path) => files.find((file) => file.path === path) ?? []);
}

/** MLC puts it in the name: `Qwen3-0.6B-q4f16_1-MLC`. */
function mlcStorage(name: string): string {
  return /-(q\d+f\d+(?:_\d+)?)-/.exec(name)?.[1] ?? 'unknown';
}

function hexadecimal(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
