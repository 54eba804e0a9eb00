/**
 * The frozen base weights on a device, filled piece by piece: the one place that knows in which form a tensor is kept.
 *
 * Matrices of the blocks are floats or packed rows (`packed-rows.ts`); embedding, head, norms and biases stay float32:
 * they are read by rows or added to sums, where rounding is seen at once. Embedding and head lie in parts where one
 * buffer does not hold them (`row-table.ts`).
 */
import type { Backend, Tensor } from '../backend';
import type { BaseMatrix, PackedMatrix } from './base-matrix';
import { LORA_MODULES, type ModelConfig, type NamedTensors } from './model-config';
import { type BaseFormat, packRows, wordsOf } from './packed-rows';
import { baseParameters, linearName } from './parameters';
import { partRows, type RowTable, type TablePart } from './row-table';

/** Where a tensor lies. */
type Slot =
  | { readonly kind: 'plain'; readonly tensor: Tensor }
  | { readonly kind: 'packed'; readonly matrix: PackedMatrix; readonly dim: number }
  | { readonly kind: 'table'; readonly parts: RowTable; readonly dim: number };

/** Read by rows and multiplied with once: may lie in parts. */
const TABLES: ReadonlySet<string> = new Set(['model.embed_tokens.weight', 'lm_head.weight']);

export class BaseStore {
  readonly #slots = new Map<string, Slot>();
  readonly #owned: Tensor[] = [];
  readonly #packed: ReadonlySet<string>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #holders = 1;

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
    const [rows, dim = 1] = this.shape(name);
    if (TABLES.has(name)) this.reserveTable(name, rows, dim);
    else if (this.#packed.has(name)) this.reservePacked(name, rows, dim);
    else this.#slots.set(name, { kind: 'plain', tensor: this.floats(rows * dim, name) });
  }

  /**
   * Finite values from element `at` on; both multiples of the granule.
   * @throws UnsupportedModelError where a value does not fit the format
   */
  write(name: string, data: Float32Array, at = 0): void {
    const slot = this.slot(name);
    if (slot.kind === 'plain') this.backend.write(slot.tensor, data, at);
    else if (slot.kind === 'table') this.writeTable(slot, data, at);
    else {
      const { matrix, dim } = slot;
      const { words, scales } = packRows(matrix.format, data, dim);
      this.backend.write(matrix.packed, words, (at / dim) * wordsOf(matrix.format, dim));
      if (matrix.format === 'int8') this.backend.write(matrix.scales, scales, at / dim);
    }
  }

  /** A weight of a linear layer of a block. */
  matrix(name: string): BaseMatrix {
    const slot = this.slot(name);
    return slot.kind === 'packed' ? slot.matrix : this.tensor(name);
  }

  /** Embedding or head. */
  table(name: string): RowTable {
    const slot = this.slot(name);
    if (slot.kind !== 'table') throw new RangeError(`"${name}" is no table`);
    return slot.parts;
  }

  /** Any other tensor. */
  tensor(name: string): Tensor {
    const slot = this.slot(name);
    if (slot.kind !== 'plain') throw new RangeError(`"${name}" is kept as ${slot.kind}`);
    return slot.tensor;
  }

  /** Resolves when the device has taken what was written. */
  flush(): Promise<void> {
    return this.backend.flush();
  }

  /** The same store for another model, which disposes of it in its turn. */
  shared(): BaseStore {
    this.#holders++;
    return this;
  }

  /** Frees the weights when all who hold them have said so. */
  dispose(): void {
    if (--this.#holders > 0) return;
    for (const tensor of this.#owned.splice(0)) this.backend.free(tensor);
    this.#slots.clear();
  }

  private floats(length: number, label: string): Tensor {
    const tensor = this.backend.alloc('f32', length, label, 'weight');
    this.#owned.push(tensor);
    return tensor;
  }

  private reservePacked(name: string, rows: number, dim: number): void {
    const { backend, format } = this;
    if (format === 'f32') return;
    const packed = backend.alloc('i32', rows * wordsOf(format, dim), name, 'weight');
    this.#owned.push(packed);
    const matrix: PackedMatrix =
      format === 'f16'
        ? { format, packed }
        : { format, packed, scales: this.floats(rows, `${name} (scales)`) };
    this.#slots.set(name, { kind: 'packed', matrix, dim });
  }

  private reserveTable(name: string, rows: number, dim: number): void {
    const step = partRows(rows, dim, this.backend.info.bufferBytes);
    const parts: TablePart[] = [];
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      const label = step < rows ? `${name} (rows from ${first})` : name;
      parts.push({ tensor: this.floats(count * dim, label), first, rows: count });
    }
    this.#slots.set(name, { kind: 'table', parts, dim });
  }

  private writeTable(
    slot: { readonly parts: RowTable; readonly dim: number },
    data: Float32Array,
    at: number,
  ): void {
    for (const { tensor, first, rows } of slot.parts) {
      const begin = first * slot.dim;
      const from = Math.max(at, begin);
      const to = Math.min(at + data.length, begin + rows * slot.dim);
      if (from < to) this.backend.write(tensor, data.subarray(from - at, to - at), from - begin);
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
