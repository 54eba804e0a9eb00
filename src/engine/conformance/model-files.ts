/**
 * The model of a fixtures folder: configuration and weights, in one file or in shards.
 *
 * `cases.json` names the files; where it does not, or is not there, they have the names of the Hugging Face
 * layout. A checkpoint in shards has an index beside it whose `weight_map` names the file of each tensor.
 */
import { ModelFileError } from '../errors';
import { readModelConfig } from '../model/config';
import type { ModelConfig, NamedTensors } from '../model/model-config';
import type { SafetensorsFile, StoredTensor } from '../model/safetensors';
import { loadWeights } from '../model/weights';
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
  const file = await storedWeights(folder, weightsName);
  // Scoring every position feeds one token more than a sequence has; its row is never compared.
  const config = { ...read, maxPositions: read.maxPositions + 1 };
  return { config, weights: loadWeights(read, file, `${folder.path}/${weightsName}`) };
}

async function storedWeights(folder: FixtureFolder, name: string): Promise<SafetensorsFile> {
  const index = name.endsWith(INDEX) ? name : `${name}${INDEX}`;
  if (name !== index && (folder.has(name) || !folder.has(index))) {
    return { tensors: (await folder.tensors(name)).stored, metadata: new Map() };
  }
  const map = (await folder.json(index)).object('weight_map');
  const places = Object.keys(map.json).map((tensor) => ({ tensor, file: map.text(tensor) }));
  const tensors = new Map<string, StoredTensor>();
  for (const file of new Set(places.map((place) => place.file))) {
    const { stored } = await folder.tensors(besides(index, file));
    for (const place of places) {
      if (place.file !== file) continue;
      const tensor = stored.get(place.tensor);
      if (!tensor) {
        throw new ModelFileError(
          'missing-tensor',
          `${folder.path}/${file} has no tensor "${place.tensor}", although ${index} says so.`,
        );
      }
      tensors.set(place.tensor, tensor);
    }
  }
  return { tensors, metadata: new Map() };
}

/** A file in the folder of another. */
function besides(file: string, name: string): string {
  return [...file.split('/').slice(0, -1), name].join('/');
}
