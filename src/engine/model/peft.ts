/**
 * LoRA adapters in PEFT's layout: `adapter_config.json` beside `adapter_model.safetensors`, matrices
 * named `base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight` (`[r, in]`) and `lora_B`
 * (`[out, r]`). What is read has a pair for each targeted layer, of the right shape, and nothing else.
 *
 * The base is recorded twice: by name where PEFT looks for it (`base_model_name_or_path`), and by the
 * fingerprint of its weights in the metadata of the safetensors file, which PEFT passes over. An adapter made
 * elsewhere has no fingerprint; then shapes are all that can be checked.
 */
import { ModelFileError } from '../errors';
import { readAdapterConfig, writeAdapterConfig } from './adapter-config';
import type { BaseIdentity } from './base-fingerprint';
import { readJsonObject } from './json-file';
import type { LoraConfig, ModelConfig, NamedTensor, NamedTensors } from './model-config';
import { adapterParameters, checkTensors, type ParameterShape } from './parameters';
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

/** An adapter with what its files say of the model it was trained on. */
export interface StoredAdapter extends Adapter {
  readonly base: BaseIdentity;
}

export const UNKNOWN_BASE: BaseIdentity = { name: null, fingerprint: null };
const FINGERPRINT_KEY = 'base_model_fingerprint';

/**
 * Reads the two files of an adapter and checks them against the base model's shape (not its weights: `checkBase`).
 * F16 and BF16 matrices are widened.
 * @throws ModelFileError, UnsupportedModelError, NonFiniteError naming file and field or tensor
 */
export function readAdapter(
  config: ModelConfig,
  configFile: Uint8Array,
  weightsFile: Uint8Array,
): StoredAdapter {
  const json = readJsonObject(configFile, ADAPTER_CONFIG_FILE);
  const lora = readAdapterConfig(json, ADAPTER_CONFIG_FILE);
  const stored = readSafetensors(weightsFile, ADAPTER_WEIGHTS_FILE);
  const found = new Map<string, NamedTensor>();
  for (const [name, tensor] of stored.tensors) found.set(name, floatTensor(tensor, ADAPTER_WEIGHTS_FILE));
  const name = json.base_model_name_or_path;
  const base: BaseIdentity = {
    name: typeof name === 'string' && name !== '' ? name : null,
    fingerprint: stored.metadata.get(FINGERPRINT_KEY) ?? null,
  };
  const expected = adapterParameters(config, lora);
  checkShapes(expected, found, base);
  const tensors = new Map(expected.map(({ name }) => [name, found.get(name) as NamedTensor]));
  return { lora, tensors, base };
}

/** A shape that does not fit is most often another model's: the message says whose. */
function checkShapes(expected: readonly ParameterShape[], found: NamedTensors, { name }: BaseIdentity): void {
  try {
    checkTensors(expected, found, ADAPTER_WEIGHTS_FILE);
  } catch (error) {
    if (!(error instanceof ModelFileError) || name === null) throw error;
    throw new ModelFileError(
      error.code,
      `${error.message} ${ADAPTER_CONFIG_FILE} says it was trained on "${name}"; open that model, or one of its shape.`,
      { cause: error },
    );
  }
}

export interface AdapterFiles {
  readonly [ADAPTER_CONFIG_FILE]: Uint8Array;
  readonly [ADAPTER_WEIGHTS_FILE]: Uint8Array;
}

/**
 * The two files of an adapter, F32; same adapter and base, same bytes.
 * @throws ModelFileError, NonFiniteError if the tensors are not those of this adapter: nothing unreadable is written
 */
export function writeAdapter(
  config: ModelConfig,
  adapter: Adapter,
  base: BaseIdentity = UNKNOWN_BASE,
): AdapterFiles {
  checkTensors(adapterParameters(config, adapter.lora), adapter.tensors, 'The adapter to be written');
  const json = JSON.stringify(writeAdapterConfig(adapter.lora, base.name), null, 2);
  const { fingerprint } = base;
  const metadata = { format: 'pt', ...(fingerprint === null ? {} : { [FINGERPRINT_KEY]: fingerprint }) };
  return {
    [ADAPTER_CONFIG_FILE]: new TextEncoder().encode(`${json}\n`),
    [ADAPTER_WEIGHTS_FILE]: writeSafetensors(adapter.tensors, { metadata }),
  };
}
