/**
 * transformers.js (ONNX Runtime) as a peer for decoding: our own ONNX export of the same weights, its own
 * `generate` with sampling, on WebAssembly with threads or on WebGPU. ONNX Runtime's files are the ones
 * installed with the project; any other request is refused.
 */
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { ReadFile } from '../../engine/model/model-folder';
import { onnxFolder } from '../../engine/onnx/onnx-folder';
import type { DecodeTask } from '../decode';
import type { BenchBackend, Contestant } from '../figure';

const HERE = '/exported/';

const int64 = (values: readonly number[], shape: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), [...shape]);

export async function transformersDecode(
  read: ReadFile,
  task: DecodeTask,
  device: BenchBackend,
  threads: number,
): Promise<Contestant> {
  const files = await onnxFolder(read);
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = HERE;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const { wasm } = env.backends.onnx;
  if (wasm) {
    wasm.wasmPaths = { mjs: ortModule, wasm: ortBinary };
    wasm.numThreads = threads;
  }
  env.fetch = async (input: string | URL) => {
    const path = String(input).split(`${HERE}policy/`)[1];
    const file = path === undefined ? undefined : files[path];
    if (!file) return new Response('', { status: 404 });
    return new Response(new Blob([file.slice()]), { headers: { 'content-length': String(file.length) } });
  };
  const model = await AutoModelForCausalLM.from_pretrained('policy', { device, dtype: 'fp32' });
  const { prompts, newTokens, vocabSize } = task;
  const width = prompts[0].length;
  const shape = [prompts.length, width];
  const inputs = () => ({
    input_ids: int64(prompts.flat(), shape),
    attention_mask: int64(Array<number>(prompts.length * width).fill(1), shape),
  });
  return {
    engine: 'transformers.js',
    async run() {
      await model.generate({
        ...inputs(),
        max_new_tokens: newTokens,
        do_sample: true,
        temperature: 1,
        top_k: 0,
        // No id ends a row, as in ours: everybody draws the same number of tokens.
        eos_token_id: vocabSize + 1,
      });
    },
    async result() {
      const { logits } = (await model(inputs())) as { logits: Tensor };
      const all = logits.data as Float32Array;
      return Float32Array.from({ length: prompts.length * vocabSize }, (_, i) => {
        const row = Math.floor(i / vocabSize);
        return all[((row + 1) * width - 1) * vocabSize + (i % vocabSize)];
      });
    },
    async tokens() {
      const all = (await model.generate({
        ...inputs(),
        max_new_tokens: newTokens,
        do_sample: false,
        eos_token_id: vocabSize + 1,
      })) as Tensor;
      return (all.tolist() as (number | bigint)[][]).flatMap((row) => row.slice(width).map(Number));
    },
    dispose: () => void model.dispose(),
  };
}
