/** An encoder at work in its worker (`encoder-worker.ts`): started, asked, ended at any moment. */
import { EncoderCancelledError, EncoderDamagedError, EncoderRuntimeError } from './encoder-errors';
import type { EncoderFolder } from './encoder-folder';
import type { EncodedBatch, EncoderDevice, FromEncoder, ToEncoder } from './encoder-protocol';

interface Waiting {
  readonly resolve: (answer: FromEncoder) => void;
  readonly reject: (error: unknown) => void;
}

/** The same without its number. */
type Question = ToEncoder extends infer One ? (One extends ToEncoder ? Omit<One, 'id'> : never) : never;

export class EncoderRuntime {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  /** Why it answers no more. */
  #ended: Error | undefined;

  /**
   * @throws EncoderRuntimeError where nothing of the kind can run, EncoderDamagedError for a model it cannot read,
   *   EncoderCancelledError, also while it is busy opening
   */
  static async open(
    folder: EncoderFolder,
    device: EncoderDevice,
    signal?: AbortSignal,
  ): Promise<EncoderRuntime> {
    if (typeof Worker === 'undefined') {
      throw new EncoderRuntimeError('it needs a browser, and a page that may start workers.');
    }
    const runtime = new EncoderRuntime();
    const stop = () => runtime.#end(new EncoderCancelledError());
    signal?.addEventListener('abort', stop);
    try {
      if (signal?.aborted) throw new EncoderCancelledError();
      const { files, dtype, maxTokens } = folder;
      const answer = await runtime.#ask({ kind: 'open', files, dtype, device, maxTokens });
      if (answer.kind === 'failed') {
        throw new EncoderDamagedError('the model', folder.where, `could not be opened (${answer.words})`);
      }
      return runtime;
    } catch (error) {
      runtime.dispose();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private constructor() {
    this.#worker = new Worker(new URL('./encoder-worker.ts', import.meta.url), {
      type: 'module',
      name: 'memory-encoder',
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromEncoder>) => {
      this.#waiting.get(data.id)?.resolve(data);
      this.#waiting.delete(data.id);
    };
    this.#worker.onerror = (event) => {
      // A script that could not be loaded has no message.
      const why = event.message || 'its runtime could not be loaded from this site';
      this.#end(new EncoderRuntimeError(`${why}. Reload the page and open it again.`));
    };
  }

  /** @throws EncoderRuntimeError; then it has ended, since ONNX Runtime is in an unknown state */
  async encode(texts: readonly string[]): Promise<EncodedBatch> {
    const answer = await this.#ask({ kind: 'encode', texts });
    if (answer.kind === 'encoded') return answer.batch;
    const words = answer.kind === 'failed' ? answer.words : answer.kind;
    const error = new EncoderRuntimeError(`a pass failed (${words}). Open the encoder again.`);
    this.#end(error);
    throw error;
  }

  /** Whatever is still being computed is given up. */
  dispose(): void {
    this.#end(new EncoderRuntimeError('it was closed. Open it again.'));
  }

  async #ask(question: Question): Promise<FromEncoder> {
    if (this.#ended) throw this.#ended;
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id } satisfies ToEncoder);
    });
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
