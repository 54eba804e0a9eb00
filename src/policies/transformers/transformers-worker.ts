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
 * One sequence at a time, and beside it the beginning that many share, kept. A batch would have to be padded on the left, and the fused attention of the hub's exports
 * (com.microsoft.GroupQueryAttention) takes the mask for a length only: padded rows would come out wrong. Alone, a
 * completion is also the same whatever it is generated with.
 *
 * Long passes are checked before they are used. On a GPU, ONNX Runtime's fused attention takes another kernel from 32
 * tokens on, which leans on the size of subgroups: on a software adapter, whose subgroups have four lanes, it leaves
 * keys out and says nothing (measured; microsoft/onnxruntime pull request 28520 mends the like on another GPU).
 */
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { lastRow, stateOf } from './onnx-outputs';
import { type After, type FromModel, SHORT_PASS, type ToModel } from './transformers-protocol';

const NAME = 'model';
/** A path that nobody serves: what is asked for under it is answered from the files that were handed over. */
const LOCAL = '/handed-over/';
/** Long passes are compared with short ones over so many tokens. */
const CHECKED_TOKENS = 64;
/** Of the largest logit. Quantised products differ by a few hundredths, attention that leaves keys out by more. */
const MOST_DIFFERENCE = 0.1;
/** Bytes of a file in one message. */
const PIECE = 8 * 2 ** 20;

const scope: {
  onmessage: ((event: MessageEvent<ToModel>) => void) | null;
  postMessage(message: FromModel, options?: StructuredSerializeOptions): void;
} = self;

type Output = Readonly<Record<string, Tensor>>;

interface Reader {
  readonly lastOnly: boolean;
  readonly longPasses: boolean;
  readonly cacheAt: string;
  read(ids: readonly number[], after: After): Promise<Float32Array<ArrayBuffer>>;
  keep(): void;
  forget(): void;
}

/** Keys and values of a sequence: never changed, each pass makes new ones. */
interface Past {
  readonly tokens: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const NOTHING: Past = { tokens: 0, tensors: {} };

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

async function open({
  sizes,
  dtype,
  device,
  dataFiles,
  positions,
}: ToModel & { kind: 'open' }): Promise<Reader> {
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

  let past = NOTHING;
  let kept = NOTHING;

  /** What lies on a GPU is not collected as garbage. */
  const leave = ({ tensors }: Past) => {
    for (const tensor of Object.values(tensors)) if (tensor.location === 'gpu-buffer') tensor.dispose();
  };

  const become = (next: Past) => {
    if (past !== kept && past !== next) leave(past);
    past = next;
  };

  const read = async (ids: readonly number[], after: After) => {
    if (after !== 'last') become(after === 'kept' ? kept : NOTHING);
    const tokens = past.tokens + ids.length;
    const output = (await model({
      input_ids: int64(ids, [1, ids.length]),
      attention_mask: int64(Array<number>(tokens).fill(1), [1, tokens]),
      // Of models that can leave the others out; the library drops it for those that cannot.
      num_logits_to_keep: int64([1], []),
      ...(past.tokens > 0 && { past_key_values: past.tensors }),
    })) as Output;
    become({ tokens, tensors: stateOf(output) });
    return lastRow(output.logits);
  };

  const keep = () => {
    const former = kept;
    kept = past;
    if (former !== kept) leave(former);
  };

  const forget = () => become(NOTHING);

  // Kernels are compiled in the first pass, and a device that cannot run them shows it: before the model is said to be open.
  const vocabulary = (await read([0], 'nothing')).length;
  const cacheAt = Object.values(past.tensors)[0]?.location ?? 'nowhere';
  let longPasses = true;
  if (device === 'webgpu' && positions >= CHECKED_TOKENS) {
    const ids = Array.from({ length: CHECKED_TOKENS }, (_, i) => (1 + 7919 * i) % vocabulary);
    const whole = await read(ids, 'nothing');
    let pieces = whole;
    for (let at = 0; at < ids.length; at += SHORT_PASS) {
      pieces = await read(ids.slice(at, at + SHORT_PASS), at === 0 ? 'nothing' : 'last');
    }
    longPasses = difference(whole, pieces) < MOST_DIFFERENCE;
  }
  forget();
  const inputs: readonly string[] = model.sessions.model?.inputNames ?? [];
  const lastOnly = inputs.includes('num_logits_to_keep');
  return { lastOnly, longPasses, cacheAt, read, keep, forget };
}

function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [...shape]);
}

/** Largest, as a share of the largest value. */
function difference(found: Float32Array, expected: Float32Array): number {
  let largest = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    error = Math.max(error, Math.abs(found[i] - expected[i]));
  }
  return largest > 0 ? error / largest : error;
}

let opening: Promise<Reader> | undefined;

async function answer(message: Exclude<ToModel, { kind: 'piece' }>): Promise<void> {
  const { id } = message;
  try {
    if (message.kind === 'open') {
      opening = open(message);
      const { lastOnly, longPasses, cacheAt } = await opening;
      scope.postMessage({ id, kind: 'opened', lastOnly, longPasses, cacheAt });
      return;
    }
    if (!opening) throw new Error('it was never opened');
    const reader = await opening;
    if (message.kind !== 'read') {
      reader[message.kind]();
      scope.postMessage({ id, kind: 'done' });
      return;
    }
    const logits = await reader.read(message.ids, message.after);
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
