/**
 * Does a back end compute what PyTorch computes? Walks a folder laid out like `fixtures/` and measures every
 * quantity it holds expected values for, each against its limit in `tolerances.json`.
 *
 *     formats/        every NAME.safetensors with its NAME.json
 *     grpo/           every loss, on the host and as the back end's own operation
 *     models/         every folder, at any depth, that has a cases.json or a config.json; below it every
 *                     folder with a train.json is an adapter of that model
 *
 * Nothing about the models is written here: names, shapes, options come from the folder. What a folder does
 * not have (adapter, gradients, optimiser state) is not measured; what is there and cannot be used fails by
 * name, and everything else still runs. Used by the tests of every back end and by the `conformance` command,
 * which adds the advantages (they live in `rl`).
 */
import type { Backend } from './backend';
import { adapterCases } from './conformance/adapter-cases';
import type { Fields } from './conformance/fields';
import { FixtureFolder, type FixtureReader } from './conformance/files';
import { formatCases } from './conformance/format-cases';
import { forwardCases, fullTrainingCases } from './conformance/forward-cases';
import { lossCases } from './conformance/loss-cases';
import { type LoadedModel, loadModel } from './conformance/model-files';
import type { ConformanceResult } from './conformance/results';
import { adapterFolders, modelFolders } from './conformance/walk';

export type { FixtureReader } from './conformance/files';
export type { ConformanceProblem, ConformanceResult } from './conformance/results';

export interface ConformanceOptions {
  /** Gradients of all weights too, where stored. Default true. */
  readonly fullTraining?: boolean;
  /** Only folders whose path contains this, e.g. `qwen3` or `grpo`. Default: all. */
  readonly only?: string;
}

/**
 * Yields results as they are measured; failures are results too, not exceptions.
 * @param createBackend makes the back end under test; it is disposed of at the end
 */
export async function* conformance(
  createBackend: () => Backend | Promise<Backend>,
  reader: FixtureReader,
  options: ConformanceOptions = {},
): AsyncGenerator<ConformanceResult> {
  const { root, failure } = await FixtureFolder.open(reader);
  if (failure) yield failure;
  const wanted = (folder: FixtureFolder) => folder.path.includes(options.only ?? '');
  const backend = await createBackend();
  try {
    const [formats, grpo] = [root.folder('formats'), root.folder('grpo')];
    if (wanted(formats)) yield* guarded(formats, formatCases(formats));
    if (wanted(grpo)) yield* guarded(grpo, lossCases(backend, grpo));
    for (const folder of modelFolders(root)) {
      if (wanted(folder)) yield* modelCases(backend, folder, options.fullTraining ?? true);
    }
  } finally {
    backend.dispose();
  }
}

async function* modelCases(
  backend: Backend,
  folder: FixtureFolder,
  fullTraining: boolean,
): AsyncGenerator<ConformanceResult> {
  let cases: Fields | undefined;
  if (folder.has('cases.json')) {
    try {
      cases = await folder.json('cases.json');
    } catch (cause) {
      yield folder.failed('open', cause);
    }
  }
  let loaded: LoadedModel;
  try {
    loaded = await loadModel(folder, cases);
  } catch (cause) {
    yield folder.failed('open', cause);
    return;
  }
  if (cases) {
    yield* guarded(folder, forwardCases(backend, folder, cases, loaded));
    if (fullTraining) yield* guarded(folder, fullTrainingCases(backend, folder, cases, loaded));
  }
  for (const adapter of adapterFolders(folder)) {
    yield* guarded(adapter, adapterCases(backend, adapter, loaded));
  }
}

/** The results, and a failure of its own for what stops them. */
async function* guarded(
  folder: FixtureFolder,
  results: AsyncGenerator<ConformanceResult>,
): AsyncGenerator<ConformanceResult> {
  try {
    yield* results;
  } catch (cause) {
    yield folder.failed('open', cause);
  }
}
