/**
 * The model of a fixtures folder: configuration and weights, in one file or in shards.
 *
 * `cases.json` names the files; where it does not, or is not there, they have the names of the Hugging Face
 * layout. A checkpoint in shards has an index beside it whose `weight_map` names the file of each tensor.
 */
import { readModelConfig } from '../model/config';
import { readWeights } from '../model/host-weights';
import type { ModelConfig, NamedTensors } from '../model/model-config';
import { MissingFileError, type ReadFile, weightsOf } from '../model/model-folder';
import type { Fields } from './fields';
import type { FixtureFolder } from './files';

const WEIGHTS = 'model.safetensors';
const INDEX = '.index.json';

export interface LoadedModel {
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
}

/**
 * @param cases `cases.json`, where the folder has one
 * @throws ModelFileError, UnsupportedModelError, NonFiniteError naming file and field or tensor
 */
export async function loadModel(folder: FixtureFolder, cases: Fields | undefined): Promise<LoadedModel> {
  const configName = cases?.optionalText('config') ?? 'config.json';
  const read = readModelConfig((await folder.json(configName)).json, `${folder.path}/${configName}`);
  const weightsName = cases?.optionalText('weights') ?? WEIGHTS;
  // Scoring every position feeds one token more than a sequence has; its row is never compared.
  const config = { ...read, maxPositions: read.maxPositions + 1 };
  return { config, weights: await readWeights(weightsOf(weightFiles(folder, weightsName)), read) };
}

/** The folder's own names of weights, index and shards in place of those of the layout. */
function weightFiles(folder: FixtureFolder, name: string): ReadFile {
  const index = name.endsWith(INDEX) ? name : `${name}${INDEX}`;
  const single = name !== index && (folder.has(name) || !folder.has(index));
  const placeOf = (file: string): string | undefined => {
    if (file === WEIGHTS) return single ? name : undefined;
    return file === `${WEIGHTS}${INDEX}` ? index : besides(index, file);
  };
  return async (file) => {
    const place = placeOf(file);
    if (place === undefined || !folder.has(place)) {
      throw new MissingFileError(place ?? file, `in ${folder.path}`);
    }
    return folder.bytes(place);
  };
}

/** A file in the folder of another. */
function besides(file: string, name: string): string {
  return [...file.split('/').slice(0, -1), name].join('/');
}
