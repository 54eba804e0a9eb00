/**
 * Why transformers.js cannot act with a model, with the next step. ONNX Runtime and WebAssembly speak in their own
 * words, whole paragraphs at times; the patterns below are those of onnxruntime-web 1.31 and of the browsers, and what
 * none of them knows is passed on in one line.
 */
import { ProviderError } from '../provider-errors';

export class TransformersError extends ProviderError {}

/** A folder without a file that is needed. */
export class TransformersFileMissingError extends TransformersError {
  constructor(what: string, name: string, options?: ErrorOptions) {
    super(
      'transformers-file-missing',
      `${what} is not among the files of ${name}.`,
      'Choose a model in the layout of transformers.js: config.json, tokenizer.json, tokenizer_config.json and one of ' +
        'onnx/model.onnx, model_fp16.onnx, model_quantized.onnx, model_q4.onnx, model_q4f16.onnx, whole.',
      options,
    );
  }
}

/** Files that are there and cannot be used: cut off, altered, of another kind. */
export class TransformersFileError extends TransformersError {
  constructor(message: string, options?: ErrorOptions) {
    super(
      'transformers-file',
      message,
      'Delete the model and fetch it again, or choose another folder; it must hold a causal language model as ' +
        'transformers.js loads it.',
      options,
    );
  }
}

/** A tokenizer or chat template that the lab does not read. */
export class TransformersTokenizerError extends TransformersError {
  constructor(message: string, options?: ErrorOptions) {
    super(
      'transformers-tokenizer',
      message,
      'Choose a chat model with a byte-level tokenizer, such as Qwen2.5, Qwen3 or SmolLM2. Others are refused, because ' +
        'what somebody says in a message could pass for a control token there.',
      options,
    );
  }
}

export class TransformersMemoryError extends TransformersError {
  constructor(message: string, options?: ErrorOptions) {
    super(
      'transformers-memory',
      message,
      'Close other tabs, set a shorter context, or choose a smaller model or one of fewer bits (q4, q4f16).',
      options,
    );
  }
}

/** What is here cannot compute the model, or a part of it. */
export class TransformersUnsupportedError extends TransformersError {
  constructor(
    message: string,
    whatToDo = 'Choose another quantisation of the model (q4 and fp32 run everywhere), or open it with the engine.',
    options?: ErrorOptions,
  ) {
    super('transformers-unsupported', message, whatToDo, options);
  }
}

export class TransformersDeviceLostError extends TransformersError {
  constructor(name: string, options?: ErrorOptions) {
    super(
      'transformers-device-lost',
      `The graphics device went away while ${name} was computing.`,
      'Open the model again. If it happens again, choose a smaller one: the device may have run out of memory.',
      options,
    );
  }
}

/** NaN where a probability should be: half precision that overflowed, as a rule. */
export class TransformersNonFiniteError extends TransformersError {
  constructor(name: string, dtype: string) {
    super(
      'transformers-non-finite',
      `${name} (${dtype}) gave numbers that are not finite.`,
      dtype.endsWith('f16') || dtype === 'fp16'
        ? 'Half precision overflows on this device; choose the q4 or fp32 files of the model.'
        : 'Its weights are damaged, or this device computes them wrongly. Fetch the model again or choose another.',
    );
  }
}

export class TransformersRuntimeError extends TransformersError {
  constructor(message: string, options?: ErrorOptions) {
    super(
      'transformers-runtime',
      message,
      'Open the model again. If it happens again, choose another quantisation or another model.',
      options,
    );
  }
}

export class TransformersClosedError extends TransformersError {
  constructor(name: string) {
    super('transformers-closed', `${name} was closed.`, 'Open it again.');
  }
}

/** Opening was given up by whoever asked. */
export class TransformersCancelledError extends TransformersError {
  constructor(name: string) {
    super('transformers-cancelled', `Opening ${name} was stopped.`, 'Open it again when you like.');
  }
}

const MEMORY =
  /bad_alloc|out of memory|\boom\b|allocation failed|failed to allocate|array buffer allocation|invalid (typed )?array (buffer )?length|memory access out of bounds|exceeds? the (max|limit)/i;
const LOST = /device (is |was )?lost|lost device|external instance reference/i;
const OPERATOR = /could not find an implementation for (\S+?)(?:\(\d+\))?(?: node|\s|$)/i;
const FORMAT =
  /protobuf parsing failed|invalid (model|protobuf)|not valid onnx|model format|invalid_graph|unsupported model ir/i;
const EXTERNAL = /external data file ["']?([^"'\s,]+)|(\S+\.onnx_data\S*)/i;
const NO_RUNTIME =
  /no available backend|failed to fetch dynamically imported|webassembly is not|importing a module script failed/i;
const TYPE = /unsupported model type:? ?(\S+)/i;

export interface Failing {
  readonly name: string;
  /** The weights, e.g. `onnx/model_q4.onnx`. */
  readonly file: string;
  readonly device: string;
}

/** The words of the library or of the browser as an error with a name. */
export function namedError(words: string, { name, file, device }: Failing): TransformersError {
  const cause = new Error(words);
  const line = words
    .split('\n', 1)[0]
    .slice(0, 400)
    .replace(/[.\s]+$/, '');
  if (LOST.test(words)) return new TransformersDeviceLostError(name, { cause });
  if (MEMORY.test(words)) {
    return new TransformersMemoryError(
      `The memory of this device does not suffice for ${name} on ${device}: ${line}.`,
      {
        cause,
      },
    );
  }
  const operator = OPERATOR.exec(words)?.[1];
  if (operator !== undefined) {
    return new TransformersUnsupportedError(
      `${file} of ${name} uses ${operator}, which ONNX Runtime cannot compute on ${device}.`,
      undefined,
      { cause },
    );
  }
  const external = EXTERNAL.exec(words);
  if (external) {
    return new TransformersFileMissingError(`A part of the weights (${external[1] ?? external[2]})`, name, {
      cause,
    });
  }
  const type = TYPE.exec(words)?.[1];
  if (type !== undefined) {
    return new TransformersFileError(
      `config.json of ${name} says model_type ${type}, which is no causal language model of transformers.js.`,
      { cause },
    );
  }
  if (FORMAT.test(words)) {
    return new TransformersFileError(
      `${file} of ${name} cannot be read as an ONNX model: it was cut off, altered, or is another file (${line}).`,
      { cause },
    );
  }
  if (NO_RUNTIME.test(words)) {
    return new TransformersRuntimeError(`ONNX Runtime could not be loaded from this site: ${line}.`, {
      cause,
    });
  }
  return new TransformersRuntimeError(`${name} could not be computed on ${device}: ${line}.`, { cause });
}
