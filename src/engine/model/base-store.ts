/**
 * The frozen base weights on a device, filled piece by piece: the one place that knows in which form a tensor is kept.
 *
 * Matrices of the blocks are floats or packed rows (`packed-rows.ts`); embedding, head, norms and biases stay float32:
 * they are read by rows or added to sums, where rounding is seen at once, and only the embedding is large.
 */
import type { Backend, Tensor } from '../backend';
import type { BaseMatrix } from './base-matrix';
import { LORA_MODULES, type ModelConfig, type NamedTensors } from './model-config';
import { type BaseFormat, packRows, wordsOf } from './packed-rows';
import { baseParameters, linearName } from './parameters';

interface Slot {
  readonly matrix: BaseMatrix;
  /** Elements of a row of a packed matrix; pieces are whole rows of it. */
  readonly dim: number;
}

export class BaseStore {
  readonly #slots = new Map<string, Slot>();
  readonly #packed: ReadonlySet<string>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(
    readonly backend: Backend,
    config: ModelConfig,
    private readonly format: BaseFormat,
  ) {
    const layers = [...Array(config.layers).keys()];
    this.#packed = new Set(
      format === 'f32'
        ? []
        : layers.flatMap((layer) => LORA_MODULES.map((module) => `${linearName(layer, module)}.weight`)),
    );
    this.#shapes = new Map(baseParameters(config).map(({ name, shape }) => [name, shape]));
  }

  /** A store with all weights of an opened model. @throws DeviceMemoryError, UnsupportedModelError; nothing stays then */
  static filled(backend: Backend, config: ModelConfig, format: BaseFormat, weights: NamedTensors): BaseStore {
    const store = new BaseStore(backend, config, format);
    try {
      for (const [name, { data }] of weights) {
        store.reserve(name);
        store.write(name, data);
      }
      return store;
    } catch (error) {
      store.dispose();
      throw error;
    }
  }

  /** Elements of which a piece of this tensor must be a multiple. */
  granule(name: string): number {
    return this.#packed.has(name) ? this.shape(name)[1] : 1;
  }

  /** Room for the tensor. @throws DeviceMemoryError */
  reserve(name: string): void {
    const shape = this.shape(name);
    const dim = shape[1] ?? 1;
    this.#slots.set(name, { matrix: this.room(name, shape), dim });
  }

  /**
   * Finite values from element `at` on; both multiples of the granule.
   * @throws UnsupportedModelError where a value does not fit the format
   */
  write(name: string, data: Float32Array, at = 0): void {
    const { matrix, dim } = this.slot(name);
    if (!('packed' in matrix)) {
      this.backend.write(matrix, data, at);
      return;
    }
    const { words, scales } = packRows(matrix.format, data, dim);
    const row = at / dim;
    this.backend.write(matrix.packed, words, row * wordsOf(matrix.format, dim));
    if (matrix.format === 'int8') this.backend.write(matrix.scales, scales, row);
  }

  /** A weight of a linear layer of a block. */
  matrix(name: string): BaseMatrix {
    return this.slot(name).matrix;
  }

  /** Any other tensor. */
  tensor(name: string): Tensor {
    const { matrix } = this.slot(name);
    if ('packed' in matrix) throw new RangeError(`"${name}" is packed`);
    return matrix;
  }

  dispose(): void {
    for (const { matrix } of this.#slots.values()) {
      if ('packed' in matrix) {
        this.backend.free(matrix.packed);
        if (matrix.format === 'int8') this.backend.free(matrix.scales);
      } else {
        this.backend.free(matrix);
      }
    }
    this.#slots.clear();
  }

  private room(name: string, shape: readonly number[]): BaseMatrix {
    const { backend, format } = this;
    const length = shape.reduce((product, dim) => product * dim, 1);
    if (format === 'f32' || !this.#packed.has(name)) return backend.alloc('f32', length, name, 'weight');
    const [rows, dim] = shape;
    const packed = backend.alloc('i32', rows * wordsOf(format, dim), name, 'weight');
    if (format === 'f16') return { format, packed };
    try {
      return { format, packed, scales: backend.alloc('f32', rows, `${name} (scales)`, 'weight') };
    } catch (error) {
      backend.free(packed);
      throw error;
    }
  }

  private shape(name: string): readonly number[] {
    const shape = this.#shapes.get(name);
    if (!shape) throw new RangeError(`the model has no "${name}"`);
    return shape;
  }

  private slot(name: string): Slot {
    const slot = this.#slots.get(name);
    if (!slot) throw new RangeError(`"${name}" has not been stored`);
    return slot;
  }
}
