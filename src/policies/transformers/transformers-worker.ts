/**
 * transformers.js with ONNX Runtime, which computes logits and nothing else: ids in, the logits of the next token
 * out, keys and values kept in between. What is drawn from them is the caller's business, so that a token is drawn
 * here as it is everywhere in the lab.
 *
 * On a lead: library and runtime are this site's own files, the model is asked for piece by piece from whoever started
 * the worker, and every other request is refused. One realm for one model, because transformers.js chains every session
 * and pass to the one before, and after one that fails nothing can be computed in the realm any more
 * (huggingface/transformers.js issues 1635 and 1767); ending the worker also gives all memory back.
 *
 * One sequence at a time. A batch would have to be padded on the left, and the fused attention of the hub's exports
 * (com.microsoft.GroupQueryAttention) takes the mask for a length only: padded rows would come out wrong. Alone, a
 * completion is also the same whatever it is generated with.
 */
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { halfToFloatBits } from '../../engine/model/half';
import type { FromModel, ToModel } from './transformers-protocol';

const NAME = 'model';
/** A path that nobody serves: what is asked for under it is answered from the files that were handed over. */
const LOCAL = '/handed-over/';
/** Bytes of a file in one message. */
const PIECE = 8 * 2 ** 20;

const scope: {
  onmessage: ((event: MessageEvent<ToModel>) => void) | null;
  postMessage(message: FromModel, options?: StructuredSerializeOptions): void;
} = self;

type Output = Readonly<Record<string, Tensor>>;

interface Reader {
  readonly lastOnly: boolean;
  readonly cacheAt: string;
  read(ids: readonly number[], anew: boolean): Promise<Float32Array<ArrayBuffer>>;
  forget(): void;
}

const asked = new Map<number, (bytes: Uint8Array<ArrayBuffer>) => void>();
let asks = 0;

/** A piece of a file; never answered if it cannot be had, since the worker is ended then. */
function want(file: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const ask = ++asks;
  return new Promise((resolve) => {
    asked.set(ask, resolve);
    scope.postMessage({ kind: 'wanted', ask, file, start, end });
  });
}

/** A file as a body; nothing is asked for until somebody reads. */
function bodyOf(file: string, bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        if (at < bytes) {
          const end = Math.min(at + PIECE, bytes);
          controller.enqueue(await want(file, at, end));
          at = end;
        }
        if (at >= bytes) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function open({ sizes, dtype, device, dataFiles }: ToModel & { kind: 'open' }): Promise<Reader> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = LOCAL;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  // What transformers.js believes to be `fetch`: never one.
  env.fetch = async (input) => {
    const file = String(input).replace(`${LOCAL}${NAME}/`, '');
    const bytes = sizes.get(file);
    if (bytes === undefined) return new Response('', { status: 404 });
    return new Response(bodyOf(file, bytes), { headers: { 'content-length': String(bytes) } });
  };
  const { wasm } = env.backends.onnx;
  if (!wasm) throw new Error('this build of transformers.js has no WebAssembly back end');
  // Threads of ONNX Runtime wait by spinning and would starve those of the engine; who wants speed has WebGPU.
  wasm.numThreads = 1;
  wasm.wasmPaths = {
    mjs: new URL(ortModule, import.meta.url).href,
    wasm: new URL(ortBinary, import.meta.url).href,
  };
  const model = await AutoModelForCausalLM.from_pretrained(NAME, {
    device,
    dtype,
    use_external_data_format: dataFiles,
    // With a listener the library reads a file into one buffer of its length; without, into pieces that it then joins.
    progress_callback: () => {},
  });

  let past: Record<string, Tensor> | undefined;
  let length = 0;

  const forget = () => {
    for (const tensor of Object.values(past ?? {})) if (tensor.location === 'gpu-buffer') tensor.dispose();
    past = undefined;
    length = 0;
  };

  const read = async (ids: readonly number[], anew: boolean) => {
    if (anew) forget();
    length += ids.length;
    const before = past;
    const output = (await model({
      input_ids: int64(ids, [1, ids.length]),
      attention_mask: int64(Array<number>(length).fill(1), [1, length]),
      // Of models that can leave the others out; the library drops it for those that cannot.
      num_logits_to_keep: int64([1], []),
      ...(before && { past_key_values: before }),
    })) as Output;
    past = cacheOf(output);
    for (const [name, tensor] of Object.entries(before ?? {})) {
      if (tensor.location === 'gpu-buffer' && tensor !== past[name]) tensor.dispose();
    }
    return lastRow(output.logits);
  };

  // Kernels are compiled in the first pass, and a device that cannot run them shows it: before the model is said to be open.
  await read([0], true);
  const cacheAt = Object.values(past ?? {})[0]?.location ?? 'nowhere';
  forget();
  const inputs: readonly string[] = model.sessions.model?.inputNames ?? [];
  return { lastOnly: inputs.includes('num_logits_to_keep'), cacheAt, read, forget };
}

function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [...shape]);
}

/** What a pass left, under the names under which the next one takes it: `present.0.key` -> `past_key_values.0.key`. */
function cacheOf(output: Output): Record<string, Tensor> {
  const present = Object.entries(output).filter(([name]) => name.startsWith('present'));
  return Object.fromEntries(
    present.map(([name, tensor]) => [
      // Other states than keys and values, of models that mix layers: `present_conv.0` -> `past_conv.0`.
      name.replace(/^present\./, 'past_key_values.').replace(/^present/, 'past'),
      tensor,
    ]),
  );
}

/** The last of `[1, tokens, vocab]`, as float32. */
function lastRow(logits: Tensor | undefined): Float32Array<ArrayBuffer> {
  if (!logits) throw new Error('the model gives no logits: it is no causal language model');
  const vocab = logits.dims[logits.dims.length - 1];
  const data: unknown = logits.data;
  if (data instanceof Float32Array) return new Float32Array(data.subarray(data.length - vocab));
  // 16 bits as their patterns, where the browser has no Float16Array.
  if (data instanceof Uint16Array) {
    const bits = Uint32Array.from(data.subarray(data.length - vocab), halfToFloatBits);
    return new Float32Array(bits.buffer);
  }
  if (logits.type === 'float16') {
    const halves = data as { subarray(start: number): ArrayLike<number> };
    return Float32Array.from(halves.subarray(logits.size - vocab));
  }
  throw new Error(`the model gives logits of type ${logits.type}`);
}

let opening: Promise<Reader> | undefined;

async function answer(message: Exclude<ToModel, { kind: 'piece' }>): Promise<void> {
  const { id } = message;
  try {
    if (message.kind === 'open') {
      opening = open(message);
      const { lastOnly, cacheAt } = await opening;
      scope.postMessage({ id, kind: 'opened', lastOnly, cacheAt });
      return;
    }
    if (!opening) throw new Error('it was never opened');
    const reader = await opening;
    if (message.kind === 'forget') {
      reader.forget();
      scope.postMessage({ id, kind: 'forgotten' });
      return;
    }
    const logits = await reader.read(message.ids, message.anew);
    scope.postMessage({ id, kind: 'logits', logits }, { transfer: [logits.buffer] });
  } catch (error) {
    scope.postMessage({ id, kind: 'failed', words: error instanceof Error ? error.message : String(error) });
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind !== 'piece') {
    void answer(data);
    return;
  }
  asked.get(data.ask)?.(data.bytes);
  asked.delete(data.ask);
};

// A part of the weights that fails on its own way has nobody who waits for it.
addEventListener('unhandledrejection', ({ reason }) => {
  scope.postMessage({
    id: 0,
    kind: 'failed',
    words: reason instanceof Error ? reason.message : String(reason),
  });
});
