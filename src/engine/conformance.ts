/**
 * Does a back end compute what PyTorch computes? Walks a folder laid out like `fixtures/` and
 * measures every quantity it holds expected values for, each against its limit in `tolerances.json`.
 *
 * Used by the tests of every back end and by the `conformance` command. A folder without an adapter,
 * base gradients or optimiser state is measured as far as it goes. The losses of `grpo/` involve no
 * device; `training/grpo-loss.test.ts` covers them.
 */
import type { Backend } from './backend';
import { adapterCases } from './conformance/adapter-cases';
import { type ConformanceResult, FixtureFolder, type FixtureReader } from './conformance/files';
import { formatCases } from './conformance/format-cases';
import { type CasesFile, forwardCases, fullTrainingCases, loadModel } from './conformance/forward-cases';

export type { ConformanceResult, FixtureReader } from './conformance/files';

export interface ConformanceOptions {
  /** Gradients of all weights too, where stored. Default true. */
  readonly fullTraining?: boolean;
}

/**
 * Yields results as they are measured; failures are results too, not exceptions.
 * @param createBackend makes the back end under test; it is disposed of at the end
 * @throws ModelFileError for fixtures that cannot be read
 */
export async function* conformance(
  createBackend: () => Backend | Promise<Backend>,
  reader: FixtureReader,
  options: ConformanceOptions = {},
): AsyncGenerator<ConformanceResult> {
  const root = await FixtureFolder.open(reader);
  const backend = await createBackend();
  try {
    yield* formatCases(root.folder('formats'));
    for (const folder of root.folder('models').folders()) {
      const cases = await folder.json<CasesFile>('cases.json');
      const loaded = await loadModel(folder, cases);
      yield* forwardCases(backend, folder, cases, loaded);
      if (options.fullTraining ?? true) yield* fullTrainingCases(backend, folder, cases, loaded);
      const adapter = folder.folder('adapter');
      if (adapter.has('train.json')) yield* adapterCases(backend, adapter, loaded);
    }
  } finally {
    backend.dispose();
  }
}
