/**
 * Weights from their files to the device, a few megabytes at a time: read a piece, make float32 of it,
 * write it where it belongs, forget it. So a model of any size is in memory once, on the device.
 */
import { EngineError, ModelFileError, NonFiniteError } from '../errors';
import type { BaseStore } from './base-store';
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

/**
 * Fills the store with the tensors of the catalogue.
 * @throws ModelFileError, NonFiniteError naming tensor and element, DeviceMemoryError, LoadAbortedError; the store is
 *   emptied then
 */
export async function streamWeights(
  store: BaseStore,
  source: WeightSource,
  catalogue: WeightCatalogue,
  control: LoadControl = {},
): Promise<void> {
  try {
    if (catalogue.tiedHead) await checkTiedHead(source, catalogue, control);
    let done = 0;
    let unsettled = 0;
    for (const stored of catalogue.tensors) {
      store.reserve(stored.name);
      for await (const { bytes, element } of pieces(source, stored, control, store.granule(stored.name))) {
        const data = toFloats({ ...stored, shape: [], bytes });
        checkFinite(data, element, stored);
        store.write(stored.name, data, element);
        done += bytes.length;
        unsettled += bytes.length;
        control.onProgress?.({ loadedBytes: done, totalBytes: catalogue.bytes, tensor: stored.name });
        if (unsettled < SETTLE_BYTES) continue;
        await store.backend.flush();
        unsettled = 0;
      }
    }
    await store.backend.flush();
  } catch (error) {
    store.dispose();
    throw control.signal?.aborted ? new LoadAbortedError() : error;
  }
}

/** The bytes of a tensor in pieces of whole granules (elements each), with the first element of each piece. */
async function* pieces(
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

async function checkTiedHead(
  source: WeightSource,
  { tiedHead, tensors }: WeightCatalogue,
  control: LoadControl,
): Promise<void> {
  const embedding = tensors[0];
  if (!tiedHead) return;
  const other = pieces(source, tiedHead, control);
  for await (const { bytes } of pieces(source, embedding, control)) {
    const head = (await other.next()).value?.bytes;
    if (bytes.every((byte, i) => byte === head?.[i])) continue;
    throw new ModelFileError(
      'tied-head',
      `The configuration ties the output matrix to the embedding, but "${tiedHead.name}" differs from "${embedding.name}". ` +
        'Set tie_word_embeddings to false, or remove the tensor.',
    );
  }
}
