/**
 * WebLLM as a provider: models of 4 bits on WebGPU, up to the 7B one the paper was published with. It acts and does not
 * train. The library (2 MB compressed) and the model live in a worker of their own, loaded when a model is opened.
 */
import type { OpenedPolicy, OpeningRequest, OpenPolicy } from '../provider';
import { browserPins, type PinStore, pinLibrary } from './library-pins';
import { type MlcFolder, readMlcFolder } from './mlc-folder';
import { type GpuFacts, lacksOf, readGpu } from './preflight';
import { WebLlmError } from './web-llm-errors';
import { WebLlmPolicy } from './web-llm-policy';
import { WebLlmRuntime, type WorkerPort } from './web-llm-runtime';
import workerScript from './web-llm-worker.ts?worker&url';

/** What the surroundings give; tests bring their own. */
export interface Surroundings {
  readonly start: () => WorkerPort;
  readonly gpu: () => Promise<GpuFacts | null>;
  readonly pins: PinStore;
}

/** Addresses of this site without which no model can be opened. */
export const webLlmRuntime = (): readonly string[] => [new URL(workerScript, import.meta.url).href];

export const openWebLlmPolicy: OpenPolicy = (request) =>
  openWith(request, { start: startWorker, gpu: readGpu, pins: browserPins() });

function startWorker(): WorkerPort {
  return new Worker(new URL('./web-llm-worker.ts', import.meta.url), { type: 'module', name: 'web-llm' });
}

/** @throws WebLlmError; ModelFileError for files that are not what they are called */
export async function openWith(request: OpeningRequest, around: Surroundings): Promise<OpenedPolicy> {
  const { name, files, fileNames, draw, signal, onProgress } = request;
  onProgress('Looking at the files', 0, 0);
  const folder = await readMlcFolder(name, files, fileNames, signal);
  await refuseIfLacking(folder, name, around);
  const { library } = folder;
  const bytes = await files.read(library, 0, folder.files.get(library) ?? 0, signal);
  const pinned = await pinLibrary(
    folder.record?.library ?? { file: library, address: `${name}/${library}`, integrity: null },
    new Uint8Array(bytes),
    around.pins,
  );
  onProgress(
    pinned.trust === 'noted'
      ? `Starting WebLLM; its compiled library is seen for the first time and noted: ${pinned.integrity}`
      : 'Starting WebLLM; its compiled library is the known one',
    0,
    0,
  );
  // Its cache has a fixed size: with all there is, a longer context needs no new opening.
  const window = folder.longestContext;
  const id = folder.record?.id ?? name;
  const total = [...folder.files.values()].reduce((sum, size) => sum + size, 0);
  const runtime = await WebLlmRuntime.open({
    start: around.start,
    model: {
      id,
      files: folder.files,
      library: { file: library, integrity: pinned.integrity },
      window,
      features: featuresOf(folder),
    },
    files,
    signal,
    onProgress: (text, share) => onProgress(stageOf(text), Math.round(share * total), total),
  });
  const policy = new WebLlmPolicy({
    id: `web-llm:${id}`,
    drawer: runtime,
    frame: folder.frame,
    tokenizer: folder.tokenizer,
    window,
    canThink: folder.record?.thinking ?? /qwen3/i.test(name),
    draw,
  });
  return {
    policy,
    facts: {
      parameters: folder.record?.parameters ?? null,
      vocabulary: folder.vocabulary,
      layers: folder.layers,
      window,
      device: runtime.device,
    },
    redraw: (next) => policy.redraw(next),
    close: async () => runtime.close(),
  };
}

/** WebLLM reports in sentences with counts and seconds; what it is at stands in their first words. */
function stageOf(report: string): string {
  if (/^(Start to fetch|Fetching|Loading model)/.test(report)) return 'Reading the weights';
  if (/shader/.test(report)) return 'Compiling the shaders';
  return report;
}

/** Told in words before gigabytes are read. */
async function refuseIfLacking(folder: MlcFolder, name: string, around: Surroundings): Promise<void> {
  const gpu = await around.gpu();
  const lacks = lacksOf(
    folder.record ?? {
      title: name,
      quantisation: folder.quantisation,
      features: featuresOf(folder),
      largestTensorBytes: folder.largestTensorBytes,
      memoryMegabytes: 0,
    },
    gpu,
  );
  if (lacks.length > 0) throw new WebLlmError(gpu ? 'device-lacks' : 'no-webgpu', lacks.join(' '));
}

function featuresOf({ record, quantisation }: MlcFolder): readonly 'shader-f16'[] {
  return record?.features ?? (quantisation.includes('f16') ? ['shader-f16'] : []);
}
