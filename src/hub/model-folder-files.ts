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
const MLC_CONFIG = 'mlc-chat-config.json';

/**
 * @param name as the folder is called
 * @param files by path; a folder around them all is looked through
 * @throws ModelLayoutError for what is missing or of another layout; ModelFileError, UnsupportedModelError for what
 *   the engine cannot read or compute
 */
export async function readModelFiles(name: string, files: ReadonlyMap<string, File>): Promise<FolderModel> {
  const inside = withoutOuterFolders(files);
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
      id: `${provider}:folder/${name}`,
      provider,
      name,
      title: name,
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

/** Paths below the folder that holds the configuration, however many folders lie around it. */
function withoutOuterFolders(files: ReadonlyMap<string, File>): ReadonlyMap<string, File> {
  const paths = [...files.keys()].map((path) => path.replace(/^\.?\/+/, ''));
  const depths = paths
    .filter((path) => /(^|\/)(config|mlc-chat-config)\.json$/.test(path))
    .map((path) => path.split('/').length);
  const depth =
    depths.length > 0 ? Math.min(...depths) : Math.min(...paths.map((path) => path.split('/').length));
  return new Map(
    [...files.values()].map(
      (file, at) =>
        [
          paths[at]
            .split('/')
            .slice(depth - 1)
            .join('/'),
          file,
        ] as const,
    ),
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
