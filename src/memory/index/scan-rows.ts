/**
 * Vectors in the memory of the WebAssembly scan (assembly/scan.ts), by slot: 0, 1, 2, …
 *
 * Memory grows by chunks of `CHUNK` slots and nothing ever moves, so growing costs the new chunk alone: engines
 * reserve the address space of the stated maximum and add pages in place. A chunk holds, each for all of its slots:
 *
 *   rows     float32 [CHUNK, stride]   stride: the dimension rounded up to 16, the rest zero
 *   codes    int8    [CHUNK, stride]
 *   scales   float32 [CHUNK]           errors   float32 [CHUNK]
 *   lower    float32 [CHUNK]           upper    float32 [CHUNK]   of the last query
 *
 * So a slot of 512 numbers takes 2,576 bytes. In front of the chunks lies what a query needs.
 */
import { IndexUnavailableError } from '../errors';
import { moduleBytes } from './module-bytes';

/** Slots that come at a time. */
const CHUNK = 256;
/** Rows handed to `products` at a time. */
const BATCH = 4096;
const PAGE = 65536;
/** 2 GiB: 800,000 vectors of 512 numbers. */
const MAXIMUM_PAGES = 32768;
/** Memory grows by at least this share of what is there: a call for each chunk would be many. */
const GROWTH = 1 / 16;
/** Above it sums of products of codes would no longer fit 31 bits with the precision wanted. */
export const MOST_NUMBERS = 8192;

interface ScanExports {
  quantise(rows: number, codes: number, scales: number, errors: number, count: number, stride: number): void;
  bounds(
    codes: number,
    scales: number,
    errors: number,
    count: number,
    stride: number,
    query: number,
    queryScale: number,
    queryError: number,
    lower: number,
    upper: number,
  ): void;
  products(rows: number, count: number, dimension: number, query: number, out: number): void;
}

let loading: Promise<WebAssembly.Module> | undefined;

/** Compiled once in each realm. Throws `IndexUnavailableError` if the file cannot be had or WebAssembly is not allowed. */
export function loadScan(): Promise<WebAssembly.Module> {
  loading ??= moduleBytes(new URL('./build/scan.wasm', import.meta.url))
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((cause) => {
      loading = undefined;
      throw new IndexUnavailableError(
        'scan-unavailable',
        `The WebAssembly scan of memories could not be loaded (${cause instanceof Error ? cause.message : cause}). Searches take longer, with the same results. Reload the page with a browser that has WebAssembly SIMD; in a checkout run "npm run build:wasm" first.`,
        { cause },
      );
    });
  return loading;
}

/** Bounds of the inner product of a query with every row of one chunk. */
export interface ChunkBounds {
  /** Slot of the first row. */
  readonly start: number;
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

export class ScanRows {
  readonly dimension: number;
  readonly #stride: number;
  readonly #memory: WebAssembly.Memory;
  readonly #scan: ScanExports;
  readonly #query16: number;
  readonly #query64: number;
  readonly #batchRows: number;
  readonly #batchOut: number;
  readonly #firstChunk: number;
  readonly #chunkBytes: number;
  #capacity = 0;
  #floats = new Float32Array();

  /** Throws `RangeError` where the platform gives no memory. At most `MOST_NUMBERS` dimensions. */
  constructor(module: WebAssembly.Module, dimension: number) {
    this.dimension = dimension;
    this.#stride = Math.ceil(dimension / 16) * 16;
    let end = PAGE;
    const place = (bytes: number) => {
      const at = end;
      end += Math.ceil(bytes / 16) * 16;
      return at;
    };
    this.#query16 = place(this.#stride * 2);
    this.#query64 = place(this.#stride * 8);
    this.#batchRows = place(BATCH * 4);
    this.#batchOut = place(BATCH * 8);
    this.#firstChunk = end;
    this.#chunkBytes = CHUNK * (this.#stride * 5 + 16);
    this.#memory = makeMemory(Math.ceil(end / PAGE));
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#scan = instance.exports as unknown as ScanExports;
  }

  /** All of it, whether in use or not. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Makes room for so many slots. Throws `RangeError`, changing nothing, where the platform has none. */
  reserve(slots: number): void {
    if (slots <= this.#capacity) return;
    const chunks = Math.ceil(slots / CHUNK);
    const missing = Math.ceil((this.#firstChunk + chunks * this.#chunkBytes - this.bytes) / PAGE);
    if (missing > 0) {
      try {
        this.#memory.grow(Math.max(missing, Math.floor((this.bytes / PAGE) * GROWTH)));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#memory.grow(missing);
      }
    }
    this.#capacity = chunks * CHUNK;
  }

  /** A view, valid until memory grows. */
  at(slot: number): Float32Array {
    const start = this.#row(slot) >> 2;
    return this.#allFloats().subarray(start, start + this.dimension);
  }

  set(slot: number, vector: Float32Array): void {
    this.at(slot).set(vector);
    this.#quantise(slot, 1);
  }

  /** Slots 0 to `count` - 1. `vectors`: `[count, dimension]` */
  setAll(vectors: Float32Array, count: number): void {
    for (let start = 0; start < count; start += CHUNK) {
      const rows = Math.min(CHUNK, count - start);
      for (let slot = start; slot < start + rows; slot++) {
        this.at(slot).set(vectors.subarray(slot * this.dimension, (slot + 1) * this.dimension));
      }
      this.#quantise(start, rows);
    }
  }

  move(from: number, to: number): void {
    if (from !== to) this.set(to, this.at(from));
  }

  /** Bounds for the first `count` slots, chunk by chunk; valid until the next call. */
  *bounds(query: Float32Array, count: number): Generator<ChunkBounds> {
    const { scale, error } = this.#setQueryCodes(query);
    for (let start = 0; start < count; start += CHUNK) {
      const rows = Math.min(CHUNK, count - start);
      const { codes, scales, errors, lower, upper } = this.#chunk(start);
      this.#scan.bounds(codes, scales, errors, rows, this.#stride, this.#query16, scale, error, lower, upper);
      const floats = this.#allFloats();
      yield {
        start,
        lower: floats.subarray(lower >> 2, (lower >> 2) + rows),
        upper: floats.subarray(upper >> 2, (upper >> 2) + rows),
      };
    }
  }

  /** Cosines of the query and these slots, equal to `cosineAt` in every bit. */
  cosines(query: Float32Array, slots: ArrayLike<number>): Float64Array {
    const { buffer } = this.#memory;
    new Float64Array(buffer, this.#query64, this.dimension).set(query);
    const rows = new Uint32Array(buffer, this.#batchRows, BATCH);
    const out = new Float64Array(buffer, this.#batchOut, BATCH);
    const cosines = new Float64Array(slots.length);
    for (let start = 0; start < slots.length; start += BATCH) {
      const count = Math.min(BATCH, slots.length - start);
      for (let j = 0; j < count; j++) rows[j] = this.#row(slots[start + j]);
      this.#scan.products(this.#batchRows, count, this.dimension, this.#query64, this.#batchOut);
      for (let j = 0; j < count; j++) cosines[start + j] = Math.max(-1, Math.min(1, out[j]));
    }
    return cosines;
  }

  /** Codes of 16 bits at most, such that no sum of products with codes of 8 bits leaves 32 bits. */
  #setQueryCodes(query: Float32Array): { readonly scale: number; readonly error: number } {
    const codes = new Int16Array(this.#memory.buffer, this.#query16, this.#stride);
    let largest = 0;
    for (const value of query) largest = Math.max(largest, Math.abs(value));
    const steps = Math.min(32767, Math.floor(2 ** 30 / (127 * this.#stride)));
    // As the kernel reads it, so that the error is that of the scale in use.
    const scale = Math.fround(largest / steps);
    let square = 0;
    for (let i = 0; i < query.length; i++) {
      codes[i] = Math.max(-steps, Math.min(steps, Math.round(query[i] / scale)));
      square += (query[i] - codes[i] * scale) ** 2;
    }
    return { scale, error: Math.sqrt(square) };
  }

  #quantise(start: number, count: number): void {
    const { codes, scales, errors } = this.#chunk(start);
    this.#scan.quantise(this.#row(start), codes, scales, errors, count, this.#stride);
  }

  /** Address of the row of a slot. */
  #row(slot: number): number {
    return this.#firstChunk + Math.floor(slot / CHUNK) * this.#chunkBytes + (slot % CHUNK) * this.#stride * 4;
  }

  /** Addresses of what belongs to a slot, and to those after it in its chunk. */
  #chunk(slot: number) {
    const place = slot % CHUNK;
    const base = this.#firstChunk + Math.floor(slot / CHUNK) * this.#chunkBytes;
    const codes = base + CHUNK * this.#stride * 4;
    const scales = codes + CHUNK * this.#stride;
    return {
      codes: codes + place * this.#stride,
      scales: scales + place * 4,
      errors: scales + (CHUNK + place) * 4,
      lower: scales + (2 * CHUNK + place) * 4,
      upper: scales + (3 * CHUNK + place) * 4,
    };
  }

  #allFloats(): Float32Array {
    // Growth leaves the old buffer empty.
    if (this.#floats.buffer !== this.#memory.buffer) this.#floats = new Float32Array(this.#memory.buffer);
    return this.#floats;
  }
}

/** With the largest maximum that the platform reserves. */
function makeMemory(initial: number): WebAssembly.Memory {
  for (let maximum = MAXIMUM_PAGES; ; maximum = Math.floor(maximum / 2)) {
    try {
      return new WebAssembly.Memory({ initial, maximum });
    } catch (error) {
      if (!(error instanceof RangeError) || maximum / 2 < initial) throw error;
    }
  }
}
