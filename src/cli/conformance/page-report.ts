/** What the conformance page tells the command; crosses as JSON. */
import type { ConformanceProblem, ConformanceResult } from '../../engine/conformance';

/** A result with null for an infinite error. */
export type WireResult = Omit<ConformanceResult, 'error'> & { readonly error: number | null };

export type PageReport =
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'result'; readonly result: WireResult }
  | { readonly kind: 'done' }
  /** The run could not begin or go on. */
  | { readonly kind: 'failed'; readonly problem: ConformanceProblem };
