/**
 * Weights from their files to where they are kept, a few megabytes at a time: read a piece, make float32 of it,
 * write it where it belongs, forget it. So a model of any size is in memory once: on the device, or (for what is
 * merged, exported or opened many times) on the host. Every model is opened through here, in one file or in shards.
 */
import { EngineError, ModelFileError, NonFiniteError } from '../errors';
import { DTYPE_BYTES, toFloats } from './safetensors';
import type { CataloguedTensor, WeightCatalogue } from './weight-catalogue';
import type { WeightSource } from './weight-source';

/** Bytes of one piece. */
const PIECE_BYTES = 4 * 2 ** 20;
/** Bytes after which the device is waited for, so that its own copies of uploads do not pile up. */
const SETTLE_BYTES = 64 * 2 ** 20;

/** The caller ended a load; what had been allocated is freed. */
export class LoadAbortedError extends EngineError {
  constructor() {
    super(
      'load-aborted',
      'Loading the model was cancelled; nothing of it is kept in memory. Start again when you like.',
    );
  }
}

export interface LoadProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** The tensor under way. */
  readonly tensor: string;
}

export interface LoadControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Bytes of one piece; for tests. */
  readonly pieceBytes?: number;
}

/** Where streamed weights are kept: a device (`BaseStore`) or the host (`readWeights`). */
export interface WeightSink {
  /** Elements of which a piece of this tensor must be a multiple. */
  granule(name: string): number;
  /** Room for the tensor. */
  reserve(name: string): void;
  /** Finite values from element `at` on. */
  write(name: string, data: Float32Array, at: number): void;
  /** Resolves when what was written has arrived. */
  flush(): Promise<void>;
  /** Forgets everything. */
  dispose(): void;
}

/**
 * Fills the store with the tensors of the catalogue.
 * @throws ModelFileError, NonFiniteError naming tensor and element, DeviceMemoryError, LoadAbortedError; the store is
 *   emptied then
 */
export async function streamWeights(
  store: WeightSink,
  source: WeightSource,
  catalogue: WeightCatalogue,
  control: LoadControl = {},
): Promise<void> {
  try {
    let done = 0;
    let unsettled = 0;
    for (const stored of catalogue.tensors) {
      store.reserve(stored.name);
      for await (const { bytes, element } of pieces(source, stored, control, store.granule(stored.name))) {
        const data = toFloats({ ...stored, shape: [], bytes });
        checkFinite(data, element, stored);
        if (stored === catalogue.tensors[0])
          await checkTiedHead(source, catalogue, data, element, control.signal);
        store.write(stored.name, data, element);
        done += bytes.length;
        unsettled += bytes.length;
        control.onProgress?.({ loadedBytes: done, totalBytes: catalogue.bytes, tensor: stored.name });
        if (unsettled < SETTLE_BYTES) continue;
        await store.flush();
        unsettled = 0;
      }
    }
    await store.flush();
  } catch (error) {
    store.dispose();
    throw control.signal?.aborted ? new LoadAbortedError() : error;
  }
}

/** The bytes of a tensor in pieces of whole granules (elements each), with the first element of each piece. */
export async function* pieces(
  source: WeightSource,
  { file, dtype, begin, end }: CataloguedTensor,
  { signal, pieceBytes = PIECE_BYTES }: LoadControl,
  granule = 1,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly element: number }> {
  const size = DTYPE_BYTES[dtype];
  const whole = size * granule;
  const step = Math.max(whole, Math.floor(pieceBytes / whole) * whole);
  for (let at = begin; at < end; at += step) {
    if (signal?.aborted) throw new LoadAbortedError();
    const bytes = await source.read(file, at, Math.min(end, at + step), signal);
    yield { bytes, element: (at - begin) / size };
  }
}

function checkFinite(data: Float32Array, first: number, { name, file }: CataloguedTensor): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new NonFiniteError(
    'non-finite-weight',
    `${file}: element ${first + bad} of "${name}" is ${data[bad]}. The file is damaged; fetch it again.`,
  );
}

/** A stored output matrix, in whatever type, must hold the values of the embedding it is tied to. */
async function checkTiedHead(
  source: WeightSource,
  { tiedHead, tensors: [embedding] }: WeightCatalogue,
  data: Float32Array,
  element: number,
  signal?: AbortSignal,
): Promise<void> {
  if (!tiedHead) return;
  const size = DTYPE_BYTES[tiedHead.dtype];
  const begin = tiedHead.begin + element * size;
  const bytes = await source.read(tiedHead.file, begin, begin + data.length * size, signal);
  const head = toFloats({ ...tiedHead, shape: [], bytes });
  const differs = data.findIndex((value, i) => value !== head[i]);
  if (differs < 0) return;
  throw new ModelFileError(
    'tied-head',
    `${tiedHead.file}: the configuration ties the output matrix to the embedding, but "${tiedHead.name}" differs from ` +
      `"${embedding.name}" (element ${element + differs}: ${head[differs]}, not ${data[differs]}). ` +
      'Set tie_word_embeddings to false, or remove the tensor.',
  );
}
