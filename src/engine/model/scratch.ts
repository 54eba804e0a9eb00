/**
 * Reusable device memory: one buffer for each label, kept between calls and only ever grown.
 *
 * A forward pass asks for its activations by name; after the first few calls nothing is allocated
 * any more. Sizes are rounded up to an eighth of a power of two, so that a batch a little longer
 * than the last one does not cost a new buffer. Contents are undefined: whoever takes a tensor
 * writes all of it.
 */
import { type Backend, type ElementType, type Tensor, VIEW_ALIGNMENT } from '../backend';

interface Entry {
  buffer: Tensor;
  view: Tensor;
}

export class Scratch {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly backend: Backend) {}

  /** `length` elements; the same label always means the same memory. */
  floats(label: string, length: number): Tensor {
    return this.take('f32', label, length);
  }

  ints(label: string, length: number): Tensor {
    return this.take('i32', label, length);
  }

  /**
   * Uploads several integer arrays in one write; each gets an aligned view on the same buffer.
   * @returns views in the order of `arrays`
   */
  uploadInts(label: string, arrays: readonly Int32Array[]): Tensor[] {
    const offsets: number[] = [];
    let length = 0;
    for (const array of arrays) {
      offsets.push(length);
      length += Math.ceil(array.length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    }
    const host = new Int32Array(length);
    arrays.forEach((array, i) => {
      host.set(array, offsets[i]);
    });
    const whole = this.ints(label, length);
    this.backend.write(whole, host);
    return arrays.map((array, i) => this.backend.view(whole, offsets[i], array.length, `${label}[${i}]`));
  }

  dispose(): void {
    for (const { buffer } of this.#entries.values()) this.backend.free(buffer);
    this.#entries.clear();
  }

  private take(type: ElementType, label: string, length: number): Tensor {
    const entry = this.#entries.get(label);
    if (entry && entry.view.length === length) return entry.view;
    if (entry && entry.buffer.length >= length) {
      entry.view = this.backend.view(entry.buffer, 0, length, label);
      return entry.view;
    }
    // Forgotten first: if there is no room for the new one, nobody may find the old one that was freed.
    this.#entries.delete(label);
    if (entry) this.backend.free(entry.buffer);
    const buffer = this.backend.alloc(type, roundedUp(length), label, 'activation');
    const view = this.backend.view(buffer, 0, length, label);
    this.#entries.set(label, { buffer, view });
    return view;
  }
}

/** The next multiple of an eighth of the largest power of two below, at least `VIEW_ALIGNMENT`. */
function roundedUp(length: number): number {
  const step = Math.max(VIEW_ALIGNMENT, 2 ** Math.floor(Math.log2(Math.max(1, length))) / 8);
  return Math.max(1, Math.ceil(length / step)) * step;
}
