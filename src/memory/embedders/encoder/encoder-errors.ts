/** Why a sentence encoder cannot be used; each says what to do. Nothing that is stored depends on it. */
import { MemoryError } from '../../errors';

export class EncoderError extends MemoryError {}

/** A place lacks a file that an encoder cannot do without. */
export class EncoderFilesMissingError extends EncoderError {
  constructor(file: string, where: string) {
    super(
      'encoder-files-missing',
      `${file} is not in ${where}. A sentence encoder is a folder with config.json, tokenizer.json, ` +
        'tokenizer_config.json and onnx/model_quantized.onnx or onnx/model.onnx; choose such a folder.',
    );
  }
}

/** No answer, or none that can be used. */
export class EncoderUnreachableError extends EncoderError {
  constructor(file: string, where: string, why: string, options?: ErrorOptions) {
    super(
      'encoder-unreachable',
      `${file} could not be fetched from ${where}: ${why}. Check the connection and try again, or choose a folder on ` +
        'this machine; the memory goes on with the embedder it has.',
      options,
    );
  }
}

/** Files that are there and are not those of a sentence encoder. */
export class EncoderLayoutError extends EncoderError {
  constructor(what: string, options?: ErrorOptions) {
    super(
      'encoder-layout',
      `${what} Choose a sentence encoder in the layout of transformers.js, such as Xenova/all-MiniLM-L6-v2.`,
      options,
    );
  }
}

/** Files that were cut off or changed. */
export class EncoderDamagedError extends EncoderError {
  constructor(file: string, where: string, how: string, options?: ErrorOptions) {
    super('encoder-damaged', `${file} from ${where} ${how}. Load the encoder again.`, options);
  }
}

/** Whoever asked for it changed their mind. */
export class EncoderCancelledError extends EncoderError {
  constructor() {
    super(
      'encoder-cancelled',
      'Loading the encoder was stopped. Nothing of it is kept; load it again when you like.',
    );
  }
}

/** The encoder works, but the browser has no room to keep its files. */
export class EncoderNoRoomError extends EncoderError {
  constructor(bytes: number, options?: ErrorOptions) {
    super(
      'encoder-no-room',
      `The browser has no room to keep the encoder's ${(bytes / 1e6).toFixed(1)} MB. Free disk space or delete stored ` +
        'models; until then it is loaded anew each time.',
      options,
    );
  }
}

/** This place cannot run ONNX Runtime, or it gave up. */
export class EncoderRuntimeError extends EncoderError {
  constructor(why: string, options?: ErrorOptions) {
    super('encoder-runtime', `The encoder cannot be run here: ${why}`, options);
  }
}

/** The error itself, or that it was cancelled if that is why it came. */
export function unlessCancelled(error: unknown, signal?: AbortSignal): unknown {
  return signal?.aborted ? new EncoderCancelledError() : error;
}

/** In one line. */
export function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
}
