/**
 * Which tensor of a model lies where, in one safetensors file or in shards.
 *
 *     model.safetensors                     or
 *     model.safetensors.index.json          {"metadata": {"total_size"}, "weight_map": {"name": "shard file"}}
 *     model-00001-of-00002.safetensors …
 *
 * Only headers are read here. Every shard must hold exactly the tensors that the index gives it, and the
 * whole must be exactly the model's tensors in their shapes; so a model is refused before a single weight is
 * fetched. Source: transformers, "Sharded checkpoints".
 */
import { ModelFileError } from '../errors';
import { readJsonObject, refusePage } from './json-file';
import type { ModelConfig } from './model-config';
import { baseParameters } from './parameters';
import { MAX_HEADER_BYTES, readSafetensorsHeader, type SafetensorsDtype } from './safetensors';
import type { WeightSource } from './weight-source';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
/** What old exports stored although it follows from the configuration. */
const BUFFER = /(^|\.)(rotary_emb\.(inv_freq|cos_cached|sin_cached)|attn\.(bias|masked_bias))$/;

/** By these a page is told from a file. */
const PAGE_BYTES = 64;

/** A tensor in a file, by absolute byte offsets. */
export interface CataloguedTensor {
  readonly name: string;
  readonly file: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface WeightCatalogue {
  /** The model's tensors in the order of the forward pass. */
  readonly tensors: readonly CataloguedTensor[];
  /** A tied model that stores its output matrix all the same: to be compared with the embedding. */
  readonly tiedHead: CataloguedTensor | undefined;
  /** The files they lie in, with their lengths in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Of `tensors`. */
  readonly bytes: number;
}

/**
 * Reads index and headers.
 * @throws ModelFileError naming file and tensor; nothing is allocated then
 */
export async function readCatalogue(
  source: WeightSource,
  config: ModelConfig,
  signal?: AbortSignal,
): Promise<WeightCatalogue> {
  const wholeSize = await singleSize(source, signal);
  const found = new Map<string, CataloguedTensor>();
  const files = new Map<string, number>();
  if (wholeSize !== null) {
    files.set(SINGLE, wholeSize);
    for (const tensor of await readHeader(source, SINGLE, wholeSize, signal)) found.set(tensor.name, tensor);
  } else {
    const shards = await readShardIndex(source, signal);
    for (const [file, names] of shards) {
      const size = await source.size(file, signal);
      if (size === null) {
        throw new ModelFileError(
          'shard-missing',
          `${INDEX} names ${file}, which is not at ${source.where}. Fetch all files of the model.`,
        );
      }
      files.set(file, size);
      const own = await readHeader(source, file, size, signal);
      checkShard(file, names, own);
      for (const tensor of own) found.set(tensor.name, tensor);
    }
  }
  return check(config, found, files);
}

/**
 * Length of the one file; null where there is none. Many static servers answer unknown names with a page: that is none
 * either, if there is an index.
 */
async function singleSize(source: WeightSource, signal?: AbortSignal): Promise<number | null> {
  const size = await source.size(SINGLE, signal);
  if (size === null) return null;
  try {
    refusePage(await source.read(SINGLE, 0, Math.min(PAGE_BYTES, size), signal), SINGLE);
    return size;
  } catch (page) {
    const index = await source.size(INDEX, signal);
    if (index === null) throw page;
    refusePage(await source.read(INDEX, 0, Math.min(PAGE_BYTES, index), signal), SINGLE);
    return null;
  }
}

async function readShardIndex(
  source: WeightSource,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const size = await source.size(INDEX, signal);
  if (size === null) {
    throw new ModelFileError(
      'file-missing',
      `${SINGLE} was not found at ${source.where}, nor ${INDEX}. A model folder holds one of them.`,
    );
  }
  const json = readJsonObject(await source.read(INDEX, 0, size, signal), INDEX);
  const map = json.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new ModelFileError('shard-index', `${INDEX} has no weight_map from tensor names to files.`);
  }
  const shards = new Map<string, Set<string>>();
  for (const [tensor, file] of Object.entries(map)) {
    // A path would reach outside of the folder.
    if (typeof file !== 'string' || !/^[\w.-]+$/.test(file)) {
      throw new ModelFileError(
        'shard-index',
        `${INDEX}: "${tensor}" lies in ${JSON.stringify(file)}, which is not the name of a file in this folder.`,
      );
    }
    const names = shards.get(file) ?? new Set();
    shards.set(file, names.add(tensor));
  }
  return shards;
}

function checkShard(file: string, names: ReadonlySet<string>, own: readonly CataloguedTensor[]): void {
  const stored = new Set(own.map(({ name }) => name));
  const missing = [...names].find((name) => !stored.has(name));
  const extra = own.find(({ name }) => !names.has(name));
  if (missing === undefined && extra === undefined) return;
  throw new ModelFileError(
    'shard-content',
    missing !== undefined
      ? `${INDEX} says that "${missing}" lies in ${file}, but it is not there. The files are of different downloads; fetch them again.`
      : `${file} holds "${extra?.name}", which ${INDEX} does not place there. The files are of different downloads; fetch them again.`,
  );
}

async function readHeader(
  source: WeightSource,
  file: string,
  size: number,
  signal?: AbortSignal,
): Promise<readonly CataloguedTensor[]> {
  const begin = await source.read(file, 0, Math.min(PAGE_BYTES, size), signal);
  refusePage(begin, file);
  if (size < 8) {
    throw new ModelFileError(
      'safetensors-truncated',
      `${file} has ${size} bytes; a safetensors file starts with 8 bytes that hold the header's length.`,
    );
  }
  const length = new DataView(begin.buffer, begin.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES) || 8 + Number(length) > size) {
    throw new ModelFileError(
      'safetensors-truncated',
      `${file} claims a header of ${length} bytes and has ${size} in all. It is no safetensors file, or was not downloaded completely; fetch it again.`,
    );
  }
  const data = 8 + Number(length);
  const header = await source.read(file, 8, data, signal);
  return readSafetensorsHeader(header, size - data, file).entries.map((entry) => ({
    ...entry,
    file,
    begin: data + entry.begin,
    end: data + entry.end,
  }));
}

function check(
  config: ModelConfig,
  found: ReadonlyMap<string, CataloguedTensor>,
  files: ReadonlyMap<string, number>,
): WeightCatalogue {
  const expected = baseParameters(config);
  const wanted = new Set(expected.map(({ name }) => name));
  const tiedHead = config.tieWordEmbeddings ? found.get(HEAD) : undefined;
  for (const { name, file } of found.values()) {
    if (wanted.has(name) || BUFFER.test(name) || name === tiedHead?.name) continue;
    throw new ModelFileError(
      'unexpected-tensor',
      `${file} holds "${name}", which this architecture does not have: configuration and weights do not match.`,
    );
  }
  const tensors = expected.map(({ name, shape }) => {
    const tensor = found.get(name);
    if (!tensor) {
      throw new ModelFileError(
        'missing-tensor',
        `The model has no tensor "${name}". Fetch all of its files.`,
      );
    }
    if (String(tensor.shape) !== String(shape)) {
      throw new ModelFileError(
        'tensor-shape',
        `${tensor.file}: "${name}" is [${tensor.shape.join(', ')}], the configuration asks for [${shape.join(', ')}].`,
      );
    }
    if (!tensor.dtype.includes('F')) {
      throw new ModelFileError(
        'tensor-dtype',
        `${tensor.file}: "${name}" is ${tensor.dtype}; expected F32, F16, BF16 or F64. Files of quantised models are not read.`,
      );
    }
    return tensor;
  });
  const embedding = found.get(EMBEDDING);
  if (tiedHead && !(tiedHead.dtype.includes('F') && String(tiedHead.shape) === String(embedding?.shape))) {
    throw new ModelFileError(
      'tied-head',
      `The configuration ties the output matrix to the embedding, but "${HEAD}" has another shape or is no float. Set tie_word_embeddings to false.`,
    );
  }
  return { tensors, tiedHead, files, bytes: tensors.reduce((sum, { begin, end }) => sum + end - begin, 0) };
}
