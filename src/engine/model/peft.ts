/**
 * LoRA adapters in PEFT's layout: `adapter_config.json` beside `adapter_model.safetensors`, matrices
 * named `base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight` (`[r, in]`) and `lora_B`
 * (`[out, r]`). What is read has a pair for each targeted layer, of the right shape, and nothing else.
 */
import { readAdapterConfig, writeAdapterConfig } from './adapter-config';
import { readJsonObject } from './json-file';
import type { LoraConfig, ModelConfig, NamedTensor, NamedTensors } from './model-config';
import { adapterParameters, checkTensors } from './parameters';
import { readSafetensors } from './safetensors';
import { writeSafetensors } from './safetensors-writer';
import { floatTensor } from './weights';

export const ADAPTER_CONFIG_FILE = 'adapter_config.json';
export const ADAPTER_WEIGHTS_FILE = 'adapter_model.safetensors';

export interface Adapter {
  readonly lora: LoraConfig;
  /** By PEFT name, layer by layer, A before B. */
  readonly tensors: NamedTensors;
}

/**
 * Reads the two files of an adapter and checks them against the base model's shape.
 * @throws ModelFileError, UnsupportedModelError, NonFiniteError naming file and field or tensor
 */
export function readAdapter(config: ModelConfig, configFile: Uint8Array, weightsFile: Uint8Array): Adapter {
  const lora = readAdapterConfig(readJsonObject(configFile, ADAPTER_CONFIG_FILE), ADAPTER_CONFIG_FILE);
  const stored = readSafetensors(weightsFile, ADAPTER_WEIGHTS_FILE);
  const found = new Map<string, NamedTensor>();
  for (const [name, tensor] of stored.tensors) found.set(name, floatTensor(tensor, ADAPTER_WEIGHTS_FILE));
  const expected = adapterParameters(config, lora);
  checkTensors(expected, found, ADAPTER_WEIGHTS_FILE);
  return { lora, tensors: new Map(expected.map(({ name }) => [name, found.get(name) as NamedTensor])) };
}

export interface AdapterFiles {
  readonly [ADAPTER_CONFIG_FILE]: Uint8Array;
  readonly [ADAPTER_WEIGHTS_FILE]: Uint8Array;
}

/**
 * The two files of an adapter, F32; same adapter, same bytes.
 * @throws ModelFileError, NonFiniteError if the tensors are not those of this adapter: nothing unreadable is written
 */
export function writeAdapter(
  config: ModelConfig,
  adapter: Adapter,
  baseModel: string | null = null,
): AdapterFiles {
  checkTensors(adapterParameters(config, adapter.lora), adapter.tensors, 'The adapter to be written');
  const json = JSON.stringify(writeAdapterConfig(adapter.lora, baseModel), null, 2);
  return {
    [ADAPTER_CONFIG_FILE]: new TextEncoder().encode(`${json}\n`),
    [ADAPTER_WEIGHTS_FILE]: writeSafetensors(adapter.tensors),
  };
}
