/**
 * Opens a sentence encoder and keeps it: from the browser's copy if there is a whole one, else from where its files
 * are, which are then kept. A damaged copy is dropped and the files are read anew; a browser without room uses the
 * encoder all the same and says so.
 */
import {
  EncoderDamagedError,
  EncoderError,
  EncoderFilesMissingError,
  EncoderNoRoomError,
} from './encoder-errors';
import type { EncoderFiles } from './encoder-files';
import { readEncoderFolder } from './encoder-folder';
import { canKeepEncoders, forgetEncoder, keepEncoder, keptEncoder, keptFiles } from './encoder-store';
import { TransformersEmbedder, type TransformersOptions } from './transformers-embedder';

export interface OpenedEncoder {
  readonly embedder: TransformersEmbedder;
  readonly from: 'kept' | 'source';
  /** Whether it will work without the network next time; else why not, in words. */
  readonly kept: true | string;
}

/**
 * @param source where the files are if no copy of them is kept; null: use the copy alone
 * @throws EncoderError by name
 */
export async function openEncoder(
  source: EncoderFiles | null,
  options: TransformersOptions,
): Promise<OpenedEncoder> {
  const copy = await openKept(options, source === null);
  if (copy) return { embedder: copy, from: 'kept', kept: true };
  if (!source) throw new EncoderFilesMissingError(options.name, "this browser's own copies");
  const folder = await readEncoderFolder(source, options);
  const embedder = await TransformersEmbedder.of(folder, options);
  if (!canKeepEncoders()) {
    const kept =
      'This browser gives the page nothing to keep the encoder in (a private window, or a page opened from a file).';
    return { embedder, from: 'source', kept };
  }
  try {
    const notes = { id: embedder.id, dimension: embedder.dimension, theta: embedder.threshold };
    await keepEncoder(options.name, source.where, folder.files, notes, options.signal);
    return { embedder, from: 'source', kept: true };
  } catch (error) {
    if (error instanceof EncoderNoRoomError) return { embedder, from: 'source', kept: error.message };
    embedder.dispose();
    throw error;
  }
}

/** @param only whether there is nowhere else to go: then a damaged copy is an error */
async function openKept(
  options: TransformersOptions,
  only: boolean,
): Promise<TransformersEmbedder | undefined> {
  const files = await keptFiles(options.name);
  if (!files) return undefined;
  const notes = await keptEncoder(options.name);
  try {
    return await TransformersEmbedder.open(files, {
      ...options,
      threshold: options.threshold ?? notes?.theta,
    });
  } catch (error) {
    const damaged = error instanceof EncoderDamagedError || error instanceof EncoderFilesMissingError;
    if (!(error instanceof EncoderError) || !damaged || only) throw error;
    await forgetEncoder(options.name);
    return undefined;
  }
}
