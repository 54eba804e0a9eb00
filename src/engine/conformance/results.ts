/**
 * What a conformance case comes to: an error against a limit, or words why there is no number.
 *
 * A case that cannot be measured (a file is missing, a shape is wrong, the model is not supported) is a
 * result too: it fails by name, and the cases after it still run.
 */
import { EngineError } from '../errors';

/** Why a quantity has no number. */
export interface ConformanceProblem {
  /** Name of the error's class, e.g. `ModelFileError`. */
  readonly name: string;
  /** Stable code of an `EngineError`; `unexpected` for any other error. */
  readonly code: string;
  readonly message: string;
}

export interface ConformanceResult {
  /** Folder of the case, e.g. `models/qwen2/adapter`; for `grpo/cases.json` folder and name of the case. */
  readonly case: string;
  /** As in `tolerances.json`; `open` where a folder could not be read at all. */
  readonly quantity: string;
  /** Which of several measurements of the quantity in one folder, in words. */
  readonly detail?: string;
  /** Where a policy loss was computed: `grpo-loss.ts` on the host, or the device's own operation. */
  readonly path?: 'host' | 'device';
  /** Infinity where nothing could be measured. */
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
  readonly problem?: ConformanceProblem;
}

/** What tells measurements of the same quantity apart. */
export type ResultLabels = Pick<ConformanceResult, 'detail' | 'path'>;

export function problemOf(cause: unknown): ConformanceProblem {
  if (cause instanceof EngineError) return { name: cause.name, code: cause.code, message: cause.message };
  if (cause instanceof Error) return { name: cause.name, code: 'unexpected', message: cause.message };
  return { name: 'Error', code: 'unexpected', message: String(cause) };
}
