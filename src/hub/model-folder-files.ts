/**
 * A model in a folder of this machine, picked or dropped on the page: which layout it has, which of its files are
 * wanted, and what it is. For machines that never see a network it takes the place of the hub.
 */

import { ModelFileError } from '../engine/errors';
import { readJsonObject } from '../engine/model/json-file';
import type { ModelConfig } from '../engine/model/model-config';
import { MissingFileError, openFolder } from '../engine/model/model-folder';
import { parameterCount } from '../engine/model/parameters';
import { blobSource, type WeightSource } from '../engine/model/weight-source';
import { asLayout, ModelLayoutError, readable } from './errors';
import type { ModelEntry, ModelFile, ModelProvider } from './model-entry';
import { FOR_WASM, FOR_WEBGPU, type OnnxStorage, readableBy, wantedFiles } from './wanted-files';

export interface FolderModel {
  readonly entry: ModelEntry & { readonly files: readonly ModelFile[] };
  /** What is wanted of it, by path. */
  readonly files: ReadonlyMap<string, File>;
}

const ANY_STORAGE: readonly OnnxStorage[] = [...new Set([...FOR_WEBGPU, ...FOR_WASM])];
/** Characters, percent-encoded: file systems have 255 bytes for a name, and more than this stands in it. */
const LONGEST_NAME = 180;
const MLC_CONFIG = 'mlc-chat-config.json';

/**
 * @param name as the folder is called
 * @param files by path; a folder around them all is looked through
 * @throws ModelLayoutError for what is missing or of another layout; ModelFileError, UnsupportedModelError for what
 *   the engine cannot read or compute
 */
export async function readModelFiles(name: string, files: ReadonlyMap<string, File>): Promise<FolderModel> {
  const inside = withoutOuterFolders(files, name);
  const there = [...inside.keys()];
  // What no provider reads is refused by the one it is most like, which names what is wrong.
  const provider = readableBy(there)[0] ?? likeliest(there);
  const { paths, storage } = wantedFiles(provider, there, name, ANY_STORAGE);
  const library = provider === 'web-llm' ? [libraryAmong(there, name)] : [];
  const wanted = new Map<string, File>();
  for (const path of [...paths, ...library]) {
    const file = inside.get(path);
    if (file) wanted.set(path, file);
  }
  const shape = provider === 'engine' ? await engineShape(wanted, name) : null;
  return {
    entry: {
      ...namedFolder(provider, name),
      provider,
      origin: 'folder',
      revision: null,
      licence: null,
      parameters: shape && parameterCount(shape),
      quantisation: storage ?? (await storedAs(provider, wanted)),
      shape,
      memoryBytes: null,
      library: null,
      files: [...wanted].map(([path, file]) => factsOf(path, file)),
      offered: false,
    },
    files: wanted,
  };
}

/** What names a model of a folder. */
export function namedFolder(
  provider: ModelProvider,
  name: string,
): Pick<ModelEntry, 'id' | 'name' | 'title'> {
  return { id: `${provider}:folder/${name}`, name, title: name };
}

/** A folder's own name as that of a model: something, and short enough to name a file when it is percent-encoded. */
export function folderName(text: string): string {
  let name = '';
  // Half a surrogate pair cannot be encoded.
  for (const character of text.trim().replace(/\p{Surrogate}/gu, '\uFFFD')) {
    if (encodeURIComponent(name + character).length > LONGEST_NAME) break;
    name += character;
  }
  return name.trim() || 'Folder';
}

/** Their bytes, told from other files by length and date. */
export function folderSource(files: ReadonlyMap<string, File>, name: string): WeightSource {
  return {
    ...blobSource(files, `the folder ${name}`),
    // The browser itself refuses a picked file that has changed since; hashing gigabytes would tell no more.
    async revision(path) {
      const file = files.get(path);
      return file ? factsOf(path, file).tag : null;
    },
  };
}

function factsOf(path: string, { size, lastModified }: File): ModelFile {
  return { path, bytes: size, sha256: null, tag: `${size} bytes of ${lastModified}` };
}

/**
 * Paths below the folder that holds the configuration, however many folders lie around it; what lies beside that folder
 * is left out, since it may be another model's.
 * @throws ModelLayoutError where several folders could be meant
 */
function withoutOuterFolders(files: ReadonlyMap<string, File>, name: string): ReadonlyMap<string, File> {
  const all = [...files].map(([path, file]) => ({ path: path.replace(/^\.?\/+/, ''), file }));
  const depthOf = (path: string) => path.split('/').length;
  const configs = all.filter(({ path }) => /(^|\/)(config|mlc-chat-config)\.json$/.test(path));
  // Without one nothing is read; what is there is named all the same.
  const looked = configs.length > 0 ? configs : all;
  const depth = Math.min(...looked.map(({ path }) => depthOf(path)));
  const outer = (path: string) =>
    path
      .split('/')
      .slice(0, depth - 1)
      .join('/');
  const folders = new Set(
    looked.filter(({ path }) => depthOf(path) === depth).map(({ path }) => outer(path)),
  );
  if (configs.length > 0 && folders.size > 1) {
    const some = [...folders].slice(0, 3).join(', ');
    throw new ModelLayoutError(
      'several-models',
      `${name} holds ${folders.size} models side by side (${some}${folders.size > 3 ? ', …' : ''}).`,
      'Choose the folder of one of them.',
    );
  }
  return new Map(
    all
      .filter(({ path }) => depthOf(path) >= depth && folders.has(outer(path)))
      .map(({ path, file }) => [
        path
          .split('/')
          .slice(depth - 1)
          .join('/'),
        file,
      ]),
  );
}

function likeliest(there: readonly string[]): ModelProvider {
  if (there.includes(MLC_CONFIG)) return 'web-llm';
  const onnx = there.some((path) => path.endsWith('.onnx'));
  return onnx && !there.some((path) => path.endsWith('.safetensors')) ? 'transformers' : 'engine';
}

/** The kernels, which a folder has to bring along. */
function libraryAmong(there: readonly string[], name: string): string {
  const libraries = there.filter((path) => path.endsWith('.wasm'));
  if (libraries.length === 1) return libraries[0];
  throw new ModelLayoutError(
    'library-missing',
    libraries.length === 0
      ? `${name} has no compiled kernels (a .wasm file), without which WebLLM cannot run it.`
      : `${name} has ${libraries.length} compiled kernels (${libraries.join(', ')}), and nothing says which is meant.`,
    'Put the one .wasm that was compiled for this model into its folder.',
  );
}

/** All but the weights is read, as it will be when it is opened. */
async function engineShape(files: ReadonlyMap<string, File>, name: string): Promise<ModelConfig> {
  const read = async (path: string) => {
    const file = files.get(path);
    if (!file) throw new MissingFileError(path, `in ${name}`);
    return new Uint8Array(await file.arrayBuffer());
  };
  try {
    return (await openFolder(read)).config;
  } catch (error) {
    throw error instanceof ModelFileError ? asLayout(error) : error;
  }
}

/** As its configuration says. */
async function storedAs(provider: ModelProvider, files: ReadonlyMap<string, File>): Promise<string> {
  const path = provider === 'web-llm' ? MLC_CONFIG : 'config.json';
  const bytes = new Uint8Array((await files.get(path)?.arrayBuffer()) ?? []);
  const json = readable(() => readJsonObject(bytes, path));
  const said = provider === 'web-llm' ? json.quantization : (json.torch_dtype ?? json.dtype);
  const short: Readonly<Record<string, string>> = { bfloat16: 'bf16', float16: 'f16', float32: 'f32' };
  return typeof said === 'string' ? (short[said] ?? said) : 'unknown';
}
