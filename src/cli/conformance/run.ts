/** A whole conformance run, wherever it happens: the engine's quantities, then the advantages. */
import type { Backend } from '../../engine/backend';
import { type ConformanceResult, conformance, type FixtureReader } from '../../engine/conformance';
import { advantageCases } from './advantage-cases';

export async function* conformanceRun(
  createBackend: () => Promise<Backend>,
  reader: FixtureReader,
  only = '',
): AsyncGenerator<ConformanceResult> {
  yield* advantageCases(reader, only);
  yield* conformance(createBackend, reader, { only });
}
