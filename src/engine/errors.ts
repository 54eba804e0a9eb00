/** Engine errors: each says what is wrong, where, and what to do about it. */
import type { Tensor } from './backend';

/** Base of every error the engine raises on purpose; `code` is stable and safe to test or translate. */
export class EngineError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A model, tokenizer or adapter file that cannot be used as it is. */
export class ModelFileError extends EngineError {}

/** A configuration field that asks for something this engine does not implement. */
export class UnsupportedModelError extends EngineError {}

/** What a device gives. */
export interface MemoryGrant {
  /** In one buffer. */
  readonly bufferBytes: number;
  /** In all; null where the device does not say (WebGPU). */
  readonly totalBytes: number | null;
}

/** The device could not give the memory asked for. */
export class DeviceMemoryError extends EngineError {
  constructor(
    code: string,
    message: string,
    /** What it had to give, as far as that came out. */
    readonly granted?: MemoryGrant,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The GPU went away (driver reset, tab in the background, adapter removed). */
export class DeviceLostError extends EngineError {}

/** No device of the kind asked for. */
export class DeviceUnavailableError extends EngineError {}

/** The caller's signal ended a pass between two micro-batches. */
export class PassAbortedError extends EngineError {
  constructor() {
    super(
      'pass-aborted',
      'The pass was stopped before it ended; its gradient has been cleared. Start it again.',
    );
  }
}

/** A tensor was used in a way the seam forbids; always a bug in the caller. */
export class TensorMisuseError extends EngineError {
  constructor(tensor: Tensor, problem: string) {
    super('tensor-misuse', `Tensor "${tensor.label}" (${tensor.type}[${tensor.length}]): ${problem}`);
  }
}

/** A number that must be finite is not (weights, loss, gradient). */
export class NonFiniteError extends EngineError {}

/** A choice of a faster way that does not exist. */
export class FastPathChoiceError extends EngineError {}

/** A constraint on what may be drawn that leaves nothing, or a share of the likeliest that is none. */
export class DrawError extends EngineError {}
