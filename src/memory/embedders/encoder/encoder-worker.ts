/**
 * transformers.js with ONNX Runtime, kept on a lead: both come from this site's own files, the model from bytes that
 * were read before, and every other request they might make is refused.
 *
 * A worker of its own for each encoder, because transformers.js chains every session to the one before: after one
 * model that cannot be opened, or one pass that fails, nothing can be opened or computed in that realm any more
 * (huggingface/transformers.js issues 1635 and 1767). So a realm is used for one encoder and ended with it, which also
 * gives its memory back and stops it at once.
 *
 * ONNX Runtime's WebAssembly would come from a CDN unless told where it lies: as two addresses of this build, without
 * transformers.js's own cache of them, which loads from `blob:` what the content security policy forbids.
 */
import { AutoModel, AutoTokenizer, env } from '@huggingface/transformers';
import ortModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { EncodedBatch, FromEncoder, ToEncoder } from './encoder-protocol';

type Encode = (texts: readonly string[]) => Promise<EncodedBatch>;

const NAME = 'encoder';
/** A path that nobody serves: what is asked for under it is answered from the files that were handed over. */
const LOCAL = '/handed-over/';

const scope: {
  onmessage: ((event: MessageEvent<ToEncoder>) => void) | null;
  postMessage(message: FromEncoder, options?: StructuredSerializeOptions): void;
} = self;

async function open({ files, dtype, device, maxTokens }: ToEncoder & { kind: 'open' }): Promise<Encode> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = LOCAL;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  // What transformers.js believes to be `fetch`: never one.
  env.fetch = async (input) => {
    const file = files.get(String(input).replace(`${LOCAL}${NAME}/`, ''));
    if (!file) return new Response('', { status: 404 });
    return new Response(new Blob([file.slice()]), { headers: { 'content-length': String(file.length) } });
  };
  const { wasm } = env.backends.onnx;
  if (!wasm) throw new Error('this build of transformers.js has no WebAssembly back end');
  // Threads of ONNX Runtime wait by spinning and would starve those of the engine; who wants speed has WebGPU.
  wasm.numThreads = 1;
  wasm.wasmPaths = {
    mjs: new URL(ortModule, import.meta.url).href,
    wasm: new URL(ortBinary, import.meta.url).href,
  };
  const tokenizer = await AutoTokenizer.from_pretrained(NAME);
  const model = await AutoModel.from_pretrained(NAME, { device, dtype, use_external_data_format: false });
  return async (texts) => {
    const inputs = tokenizer([...texts], { padding: true, truncation: true, max_length: maxTokens }) as {
      readonly attention_mask: {
        readonly data: ArrayLike<number | bigint>;
        readonly dims: readonly number[];
      };
    };
    const output = (await model(inputs)) as Readonly<Record<string, { readonly data: unknown } | undefined>>;
    const states = (output.last_hidden_state ?? output.token_embeddings)?.data;
    if (!(states instanceof Float32Array)) {
      throw new Error(`it gives no last_hidden_state of numbers but ${Object.keys(output).join(', ')}`);
    }
    const { data, dims } = inputs.attention_mask;
    return { states: states.slice(), mask: Uint8Array.from(data, Number), tokens: dims[1] };
  };
}

let opening: Promise<Encode> | undefined;

async function answer(message: ToEncoder): Promise<void> {
  const { id } = message;
  try {
    if (message.kind === 'open') {
      opening = open(message);
      await opening;
      scope.postMessage({ id, kind: 'opened' });
      return;
    }
    if (!opening) throw new Error('it was never opened');
    const batch = await (await opening)(message.texts);
    scope.postMessage(
      { id, kind: 'encoded', batch },
      {
        transfer: [batch.states.buffer, batch.mask.buffer],
      },
    );
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, kind: 'failed', words: words.split('\n', 1)[0] });
  }
}

scope.onmessage = (event) => {
  void answer(event.data);
};
