/**
 * An adapter merged into its base: W' = W + s B A for each adapted linear layer, PEFT's `merge_and_unload`. The
 * merged model computes what base and adapter computed together, up to the rounding of W' to float32.
 *
 * The products are summed in float64. A base stored in 16 bits stays exact here, because the engine holds it
 * as float32; rounding W' back to 16 bits would lose the smallest changes, so callers should not.
 */
import { LORA_MODULES, loraScaling, type ModelConfig, type NamedTensors } from '../model/model-config';
import { adapterName, adapterParameters, checkTensors, linearName, linearShape } from '../model/parameters';
import type { Adapter } from '../model/peft';

/**
 * The base weights by Hugging Face name, adapted ones replaced; neither input is changed.
 * @throws ModelFileError, NonFiniteError if the adapter is not one of this model
 */
export function mergeAdapter(config: ModelConfig, weights: NamedTensors, adapter: Adapter): NamedTensors {
  const { lora, tensors } = adapter;
  checkTensors(adapterParameters(config, lora), tensors, 'The adapter to be merged');
  const merged = new Map(weights);
  const scaling = loraScaling(lora);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const module of LORA_MODULES.filter((name) => lora.targetModules.includes(name))) {
      const name = `${linearName(layer, module)}.weight`;
      const { inDim, outDim } = linearShape(config, module);
      // Base and adapter have been checked against the configuration by now.
      const base = merged.get(name)!;
      const a = tensors.get(adapterName(layer, module, 'A'))!.data;
      const b = tensors.get(adapterName(layer, module, 'B'))!.data;
      const data = new Float32Array(base.data.length);
      const row = new Float64Array(inDim);
      for (let o = 0; o < outDim; o++) {
        row.fill(0);
        for (let i = 0; i < lora.r; i++) {
          const factor = b[o * lora.r + i];
          for (let c = 0; c < inDim; c++) row[c] += factor * a[i * inDim + c];
        }
        for (let c = 0; c < inDim; c++) data[o * inDim + c] = base.data[o * inDim + c] + scaling * row[c];
      }
      merged.set(name, { shape: base.shape, data });
    }
  }
  return merged;
}
