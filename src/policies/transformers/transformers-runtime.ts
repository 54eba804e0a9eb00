/** A model at work in its worker (`transformers-worker.ts`): started, asked for logits, ended at any moment. */
import type { WeightSource } from '../../engine/model/weight-source';
import type { LogitsReader } from './completions';
import type { OnnxWeights } from './onnx-files';
import {
  namedError,
  TransformersCancelledError,
  TransformersClosedError,
  TransformersFileError,
  TransformersRuntimeError,
} from './transformers-errors';
import { type After, type FromModel, SHORT_PASS, type ToModel } from './transformers-protocol';

/** What the worker may ask for. */
export interface HandedOver {
  readonly name: string;
  readonly files: WeightSource;
  readonly sizes: ReadonlyMap<string, number>;
  readonly weights: OnnxWeights;
  /** Tokens that a sequence may have. */
  readonly positions: number;
}

export interface OpeningControl {
  readonly signal: AbortSignal;
  /** Bytes of weights handed over so far, of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

type Answer = Exclude<FromModel, { kind: 'wanted' }>;
/** The same without its number. */
type Question = ToModel extends infer One
  ? One extends { readonly id: number }
    ? Omit<One, 'id'>
    : never
  : never;

/** Tokens of a pass: what an abort may have to wait for. WebAssembly reads some 30 of a small model in a second. */
const TOKENS_OF_A_PASS = { wasm: 64, webgpu: 256 };
/** Logits of a pass by a model that computes them for every token. */
const LOGITS_BYTES = 32 * 2 ** 20;

export class TransformersRuntime implements LogitsReader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  /** Bytes of each file of weights so far. */
  readonly #handed = new Map<string, number>();
  /** Why it answers no more. */
  #ended: Error | undefined;
  #kept: readonly number[] = [];
  #lastOnly = false;
  #longPasses = false;
  #cacheAt = '';

  /**
   * @throws TransformersError: what is wrong with files or device, TransformersCancelledError, also while it is busy;
   *   the worker is gone then
   */
  static async open(handed: HandedOver, control: OpeningControl): Promise<TransformersRuntime> {
    const { name, sizes, weights, positions } = handed;
    if (typeof Worker === 'undefined') {
      throw new TransformersRuntimeError(`${name} needs a browser, and a page that may start workers.`);
    }
    const { signal } = control;
    if (signal.aborted) throw new TransformersCancelledError(name);
    const runtime = new TransformersRuntime(handed, control);
    const stop = () => runtime.#end(new TransformersCancelledError(name));
    signal.addEventListener('abort', stop);
    try {
      runtime.tell();
      const { dtype, device, dataFiles } = weights;
      const order = { sizes, dtype, device, dataFiles: dataFiles.length, positions };
      const answer = await runtime.#ask({ kind: 'open', ...order });
      if (answer.kind === 'opened') {
        runtime.#lastOnly = answer.lastOnly;
        runtime.#longPasses = answer.longPasses;
        runtime.#cacheAt = answer.cacheAt;
      }
      return runtime;
    } catch (error) {
      runtime.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor(
    private readonly handed: HandedOver,
    private readonly control: OpeningControl,
  ) {
    this.#worker = new Worker(new URL('./transformers-worker.ts', import.meta.url), {
      type: 'module',
      name: 'transformers',
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromModel>) => this.hear(data);
    this.#worker.onerror = (event) => {
      // A script that could not be loaded has no message.
      const why = event.message || 'the script of its runtime could not be loaded from this site';
      this.#end(this.named(why));
    };
  }

  /** True if keys and values stay on a GPU between passes. */
  get onGpu(): boolean {
    return this.#cacheAt === 'gpu-buffer';
  }

  /** False where this device computes long passes wrongly, and prompts are read in short ones. */
  get longPasses(): boolean {
    return this.#longPasses;
  }

  tokensOfAPass(vocabulary: number): number {
    const most = this.#longPasses ? TOKENS_OF_A_PASS[this.handed.weights.device] : SHORT_PASS;
    return this.#lastOnly ? most : Math.max(1, Math.min(most, Math.floor(LOGITS_BYTES / (4 * vocabulary))));
  }

  /** @throws TransformersError; it has ended then, since ONNX Runtime is in an unknown state */
  async read(ids: readonly number[], after: After): Promise<Float32Array> {
    const answer = await this.#ask({ kind: 'read', ids, after });
    if (answer.kind === 'logits') return answer.logits;
    throw new TransformersRuntimeError(`${this.handed.name} answered with ${answer.kind}.`);
  }

  /** What was read last, which `ids` are, can be gone on from again. */
  async keep(ids: readonly number[]): Promise<void> {
    await this.#ask({ kind: 'keep' });
    this.#kept = ids;
  }

  get kept(): readonly number[] {
    return this.#kept;
  }

  /** Gives back what was read last, but for what is kept. */
  forget(): void {
    // Whoever ends it meanwhile gives back more.
    this.#ask({ kind: 'forget' }).catch(() => {});
  }

  /** Whatever is still being computed is given up. */
  close(): void {
    this.#end(new TransformersClosedError(this.handed.name));
  }

  async #ask(question: Question): Promise<Answer> {
    if (this.#ended) throw this.#ended;
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id } satisfies ToModel);
    });
  }

  private hear(message: FromModel): void {
    if (message.kind === 'wanted') {
      void this.hand(message);
    } else if (message.kind === 'failed') {
      this.#end(this.named(message.words));
    } else {
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    }
  }

  /** Hands over a piece of a file, without a copy. */
  private async hand({ ask, file, start, end }: FromModel & { kind: 'wanted' }): Promise<void> {
    const { files, name } = this.handed;
    try {
      const read = await files.read(file, start, end, this.control.signal);
      if (this.#ended) return;
      // Its own buffer: what a source gives may be a view of something larger.
      const bytes = read.buffer.byteLength === read.length ? (read as Uint8Array<ArrayBuffer>) : read.slice();
      this.#worker.postMessage({ kind: 'piece', ask, bytes } satisfies ToModel, [bytes.buffer]);
      const { weights } = this.handed;
      if (file !== weights.file && !weights.dataFiles.includes(file)) return;
      this.#handed.set(file, end);
      this.tell();
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      this.#end(new TransformersFileError(`${file} of ${name} could not be read: ${words}`, { cause }));
    }
  }

  private tell(): void {
    const { sizes, weights } = this.handed;
    const sum = (of: ReadonlyMap<string, number>) =>
      [weights.file, ...weights.dataFiles].reduce((bytes, file) => bytes + (of.get(file) ?? 0), 0);
    this.control.onProgress(sum(this.#handed), sum(sizes));
  }

  private named(words: string): Error {
    const { name, weights } = this.handed;
    const device = weights.device === 'webgpu' ? 'WebGPU' : 'WebAssembly';
    return namedError(words, { name, file: weights.file, device });
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
