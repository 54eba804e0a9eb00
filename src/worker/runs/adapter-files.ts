/**
 * The weights of a run as files that others read: the adapter as PEFT loads it, and AdamW's moments beside it as
 * safetensors, named as torch names them. Together they are the state to go on from, to the bit.
 */
import type { AdapterState } from '../../engine/language-model';
import type { BaseIdentity } from '../../engine/model/base-fingerprint';
import type { LoraConfig, ModelConfig, NamedTensor } from '../../engine/model/model-config';
import { adapterParameters, ParameterLayout } from '../../engine/model/parameters';
import {
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  type AdapterFiles,
  readAdapter,
  writeAdapter,
} from '../../engine/model/peft';
import { namedFloats, readSafetensors } from '../../engine/model/safetensors';
import { writeSafetensors } from '../../engine/model/safetensors-writer';

export const OPTIMIZER_FILE = 'optimizer.safetensors';

/** torch AdamW: the mean of the gradient and of its square. */
const MOMENTS = { m: 'exp_avg', v: 'exp_avg_sq' } as const;

export interface StateFiles extends AdapterFiles {
  readonly [OPTIMIZER_FILE]: Uint8Array;
}

const layoutOf = (config: ModelConfig, lora: LoraConfig) =>
  new ParameterLayout(adapterParameters(config, lora));

/** Same state and base, same bytes. */
export function adapterFiles(
  config: ModelConfig,
  lora: LoraConfig,
  { params }: AdapterState,
  base: BaseIdentity,
): AdapterFiles {
  return writeAdapter(config, { lora, tensors: layoutOf(config, lora).unflatten(params) }, base);
}

export function stateFiles(
  config: ModelConfig,
  lora: LoraConfig,
  state: AdapterState,
  base: BaseIdentity,
): StateFiles {
  const layout = layoutOf(config, lora);
  const moments = new Map<string, NamedTensor>();
  for (const part of ['m', 'v'] as const) {
    for (const [name, tensor] of layout.unflatten(state[part])) {
      moments.set(`${name}.${MOMENTS[part]}`, tensor);
    }
  }
  return {
    ...adapterFiles(config, lora, state, base),
    [OPTIMIZER_FILE]: writeSafetensors(moments),
  };
}

/**
 * The state in the files, and what they say of the adapter's shape and of its base. Errors as `readAdapter`: they name
 * the file and the tensor.
 * @param updates AdamW updates done
 */
export function readState(
  config: ModelConfig,
  files: StateFiles,
  updates: number,
): { readonly lora: LoraConfig; readonly base: BaseIdentity; readonly state: AdapterState } {
  const { lora, tensors, base } = readAdapter(
    config,
    files[ADAPTER_CONFIG_FILE],
    files[ADAPTER_WEIGHTS_FILE],
  );
  const layout = layoutOf(config, lora);
  const stored = namedFloats(readSafetensors(files[OPTIMIZER_FILE], OPTIMIZER_FILE));
  const moment = (part: 'm' | 'v') => {
    const ending = `.${MOMENTS[part]}`;
    const named = [...stored].filter(([name]) => name.endsWith(ending));
    return layout.flatten(
      new Map(named.map(([name, tensor]) => [name.slice(0, -ending.length), tensor])),
      OPTIMIZER_FILE,
    );
  };
  const params = layout.flatten(tensors, ADAPTER_WEIGHTS_FILE);
  return { lora, base, state: { params, m: moment('m'), v: moment('v'), updates } };
}
