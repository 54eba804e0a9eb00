/**
 * The bundled policy as transformers.js loads it: the engine's own ONNX export of its weights, made when it is opened
 * and never fetched. So a second runtime can act without any network, and be compared with the engine.
 */
import type { ReadFile } from '../../engine/model/model-folder';
import type { Adapter } from '../../engine/model/peft';
import { blobSource, type WeightSource } from '../../engine/model/weight-source';
import { onnxFolder } from '../../engine/onnx/onnx-folder';

export interface SiteModel {
  readonly files: WeightSource;
  readonly fileNames: readonly string[];
}

/**
 * @param read the folder of the bundled policy
 * @param adapter merged into the weights; left out: the base
 * @throws ModelFileError, NonFiniteError for a folder that is not whole
 */
export async function siteModel(read: ReadFile, adapter?: Adapter): Promise<SiteModel> {
  const folder = await onnxFolder(read, { adapter });
  const files = new Map(Object.entries(folder).map(([name, bytes]) => [name, new Blob([bytes.slice()])]));
  return { files: blobSource(files, 'the files of this site'), fileNames: [...files.keys()] };
}
