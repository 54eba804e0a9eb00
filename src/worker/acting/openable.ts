/** What opening a model needs of whoever keeps models: its files, all of them on this machine already. */
import type { WeightSource } from '../../engine/model/weight-source';
import type { ActiveModel, ModelShelf, OfferedModel } from '../models-protocol';

export interface OpenableModel extends Pick<OfferedModel, 'id' | 'provider' | 'name' | 'title' | 'can'> {
  readonly files: WeightSource;
  /** By name, as below its folder (`onnx/model.onnx`). */
  readonly fileNames: readonly string[];
}

/**
 * The files of a model by its id; not asked for the bundled one, which is the site's own.
 * @throws LabRefusal `no-such-model`, `model-not-here` with what to do about it
 */
export type FindOpenable = (id: string) => Promise<OpenableModel>;

/** Whoever keeps models. */
export interface ModelKeeper {
  readonly find: FindOpenable;
  /** The list, with the model that acts. */
  shelf(active: ActiveModel): Promise<ModelShelf>;
}
