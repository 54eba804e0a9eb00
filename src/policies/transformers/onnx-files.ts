/**
 * Which of a folder's weights to open, and on which device. transformers.js knows quantisations by the ends of file
 * names; a repository of the hub often has six of them, a download of this lab one.
 *
 * On a GPU the fewest bits come first, since memory decides whether a model runs at all, and 16-bit ones only where
 * the adapter has `shader-f16`. Integer products (q8, int8, uint8) have no kernels in ONNX Runtime's WebGPU back end:
 * they would run on the CPU with copies to and fro, so such files (and bnb4) are computed by WebAssembly from the start. There
 * 16-bit files come last, because each of their operations is widened and narrowed again.
 *
 * Sources: transformers.js `utils/dtypes.js` and `utils/model-loader.js`.
 */
import { TransformersFileMissingError, TransformersUnsupportedError } from './transformers-errors';

const SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

/** As transformers.js calls it. */
export type OnnxDtype = keyof typeof SUFFIXES;
export type OnnxDevice = 'wasm' | 'webgpu';

/** What a GPU can do, as far as files depend on it. */
export interface GpuAbilities {
  readonly half: boolean;
}

export interface OnnxWeights {
  readonly device: OnnxDevice;
  readonly dtype: OnnxDtype;
  /** E.g. `onnx/model_q4.onnx`. */
  readonly file: string;
  /** What the format keeps beside it, for models of 2 GB and more: `onnx/model_q4.onnx_data`, `…_data_1`, … */
  readonly dataFiles: readonly string[];
}

const ON_GPU: readonly OnnxDtype[] = ['q4', 'fp32'];
const ON_GPU_WITH_HALF: readonly OnnxDtype[] = ['q4f16', 'q4', 'fp16', 'fp32'];
const ON_CPU: readonly OnnxDtype[] = ['q8', 'int8', 'uint8', 'q4', 'fp32', 'bnb4', 'q4f16', 'fp16'];

/**
 * @param gpu null: there is none, or it computes on the CPU, slower than WebAssembly
 * @throws TransformersFileMissingError if no weights are there, TransformersUnsupportedError if none of them runs
 */
export function chooseWeights(
  fileNames: readonly string[],
  gpu: GpuAbilities | null,
  name: string,
  only?: OnnxDevice,
): OnnxWeights {
  const there = new Set(fileNames);
  const first = (dtypes: readonly OnnxDtype[]) => dtypes.find((dtype) => there.has(fileOf(dtype)));
  const onGpu = gpu && only !== 'wasm' ? first(gpu.half ? ON_GPU_WITH_HALF : ON_GPU) : undefined;
  const onCpu = only === 'webgpu' ? undefined : first(ON_CPU);
  const dtype = onGpu ?? onCpu;
  if (dtype === undefined) {
    const any = first(ON_CPU);
    if (any === undefined)
      throw new TransformersFileMissingError('A file of weights (onnx/model….onnx)', name);
    throw new TransformersUnsupportedError(`${fileOf(any)} of ${name} does not run on this device's WebGPU.`);
  }
  const file = fileOf(dtype);
  const dataFiles: string[] = [];
  for (let part = dataFile(file, 0); there.has(part); part = dataFile(file, dataFiles.length)) {
    dataFiles.push(part);
  }
  return { device: onGpu ? 'webgpu' : 'wasm', dtype, file, dataFiles };
}

function fileOf(dtype: OnnxDtype): string {
  return `onnx/model${SUFFIXES[dtype]}.onnx`;
}

function dataFile(file: string, part: number): string {
  return `${file}_data${part === 0 ? '' : `_${part}`}`;
}
