/** A tiny adapted model and samples to look into, the same on every back end. */
import type { Backend } from '../backend';
import { EngineModel } from '../model/engine-model';
import { mapTensors, randomSequences, randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';

export const SAMPLES = randomSequences(TINY, 5, [7, 4]).map((ids) => ({
  promptIds: ids.slice(0, 2),
  completionIds: ids.slice(2),
}));

/** With an adapter that changes something: B not zero. */
export async function openTiny(backend: Backend): Promise<EngineModel> {
  const weights = randomWeights(TINY, 3);
  const model = await EngineModel.open({ backend, config: TINY, weights, adapter: TINY_ADAPTER });
  const tensors = mapTensors(await model.adapterTensors(), (_, at) => 0.2 * Math.sin(at));
  model.loadAdapterTensors(tensors);
  return model;
}
