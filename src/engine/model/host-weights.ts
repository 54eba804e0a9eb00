/**
 * All weights of a model as float32 on the host, for what needs them there: merging, export, comparison, a bundled
 * policy that is opened once for each adapter. Read piece by piece like those that go to a device, so the files
 * themselves are never in memory as well.
 */
import type { ModelConfig, NamedTensor, NamedTensors } from './model-config';
import { baseParameters } from './parameters';
import { readCatalogue } from './weight-catalogue';
import type { WeightSource } from './weight-source';
import { type LoadControl, streamWeights, type WeightSink } from './weight-stream';

/**
 * By Hugging Face name, in the order of the forward pass.
 * @throws ModelFileError, NonFiniteError naming file and tensor, LoadAbortedError
 */
export async function readWeights(
  source: WeightSource,
  config: ModelConfig,
  control: LoadControl = {},
): Promise<NamedTensors> {
  const catalogue = await readCatalogue(source, config, control.signal);
  const kept = new HostWeights(config);
  await streamWeights(kept, source, catalogue, control);
  return kept.tensors;
}

class HostWeights implements WeightSink {
  readonly tensors = new Map<string, NamedTensor & { readonly data: Float32Array }>();
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(config: ModelConfig) {
    this.#shapes = new Map(baseParameters(config).map(({ name, shape }) => [name, shape]));
  }

  granule(): number {
    return 1;
  }

  reserve(name: string): void {
    const shape = this.#shapes.get(name) ?? [];
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    this.tensors.set(name, { shape, data });
  }

  write(name: string, data: Float32Array, at: number): void {
    this.tensors.get(name)?.data.set(data, at);
  }

  async flush(): Promise<void> {}

  dispose(): void {
    this.tensors.clear();
  }
}
