/** WebLLM at work in its worker (`web-llm-worker.ts`): started, handed its files, asked, ended at any moment. */
import type { WeightSource } from '../../engine/model/weight-source';
import { plainError, WebLlmError, webLlmError } from './web-llm-errors';
import type {
  FinishReason,
  FromWebLlm,
  GenerationOrder,
  ModelToOpen,
  RecordedToken,
  ToWebLlm,
} from './web-llm-protocol';

/** Of a `Worker`, what is used. */
export interface WorkerPort {
  postMessage(message: ToWebLlm, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromWebLlm>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export interface Drawn {
  readonly text: string;
  readonly tokens: readonly RecordedToken[];
}

interface Drawing {
  readonly id: number;
  readonly onDrawn: (drawn: Drawn) => void;
  readonly resolve: (finish: FinishReason) => void;
  readonly reject: (error: unknown) => void;
}

export interface RuntimeRequest {
  readonly start: () => WorkerPort;
  readonly model: ModelToOpen;
  readonly files: WeightSource;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string, share: number) => void;
}

export class WebLlmRuntime {
  readonly #port: WorkerPort;
  readonly #files: WeightSource;
  readonly #sizes: ReadonlyMap<string, number>;
  #ended: Error | undefined;
  #endOpening: ((error: unknown) => void) | undefined;
  #drawing: Drawing | undefined;
  #orders = 0;
  /** Why a file could not be read; says more than what WebLLM makes of it. */
  #readTrouble: unknown;
  #device = '';

  /** @throws WebLlmError; what `signal` says if it ends the opening. Nothing stays open then. */
  static async open(request: RuntimeRequest): Promise<WebLlmRuntime> {
    const { signal, model, onProgress } = request;
    signal.throwIfAborted();
    const runtime = new WebLlmRuntime(request);
    const stop = () => runtime.#end(signal.reason as Error);
    signal.addEventListener('abort', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        runtime.#endOpening = reject;
        runtime.#port.onmessage = ({ data }) => {
          if (data.kind === 'opened') {
            runtime.#device = data.device;
            resolve();
          } else if (data.kind === 'open-failed') reject(runtime.#readTrouble ?? webLlmError(data.error));
          else if (data.kind === 'progress') onProgress(data.text, data.share);
          else runtime.#hear(data);
        };
        runtime.#tell({ kind: 'open', model });
      });
      runtime.#port.onmessage = ({ data }) => runtime.#hear(data);
      return runtime;
    } catch (error) {
      runtime.#end(error instanceof Error ? error : webLlmError(error));
      throw error;
    } finally {
      runtime.#endOpening = undefined;
      signal.removeEventListener('abort', stop);
    }
  }

  private constructor({ start, files, model }: RuntimeRequest) {
    this.#files = files;
    this.#sizes = model.files;
    this.#port = start();
    this.#port.onerror = (event) => {
      // A script that could not be loaded has no message.
      const why = event.message || 'its program could not be loaded from this site';
      this.#end(new WebLlmError('runtime', `WebLLM stopped: ${why}.`));
    };
  }

  /** In words. */
  get device(): string {
    return this.#device;
  }

  /**
   * One completion; a second waits for nobody and is a mistake of the caller.
   * Resolves as `aborted` where `signal` or `close` ends it. @throws WebLlmError
   */
  async generate(
    order: GenerationOrder,
    onDrawn: (drawn: Drawn) => void,
    signal?: AbortSignal,
  ): Promise<FinishReason> {
    if (signal?.aborted) return 'aborted';
    if (this.#ended) throw this.#ended;
    if (this.#drawing) throw new WebLlmError('request', 'Two completions were asked for at once.');
    const id = ++this.#orders;
    const stop = () => this.#tell({ kind: 'abort', id });
    signal?.addEventListener('abort', stop);
    try {
      return await new Promise((resolve, reject) => {
        this.#drawing = { id, onDrawn, resolve, reject };
        this.#tell({ kind: 'generate', id, order });
      });
    } finally {
      this.#drawing = undefined;
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the worker; what is being drawn ends as aborted. */
  close(): void {
    this.#drawing?.resolve('aborted');
    this.#end(new WebLlmError('closed', 'The model was closed.'));
  }

  #tell(message: ToWebLlm, transfer: Transferable[] = []): void {
    if (!this.#ended) this.#port.postMessage(message, transfer);
  }

  #hear(message: FromWebLlm): void {
    switch (message.kind) {
      case 'read':
        void this.#serve(message.read, message.name);
        return;
      case 'drawn':
        if (this.#drawing?.id === message.id) this.#drawing.onDrawn(message);
        return;
      case 'generated':
        if (this.#drawing?.id === message.id) this.#drawing.resolve(message.finish);
        return;
      case 'failed':
        if (this.#drawing?.id === message.id) this.#drawing.reject(webLlmError(message.error));
        return;
      case 'device-lost':
        this.#end(webLlmError(message.error));
        return;
    }
  }

  async #serve(read: number, name: string): Promise<void> {
    try {
      const whole = await this.#files.read(name, 0, this.#sizes.get(name) ?? 0);
      // Moved and not copied, so it has to be a buffer of its own.
      const bytes =
        whole.buffer instanceof ArrayBuffer && whole.byteLength === whole.buffer.byteLength
          ? new Uint8Array(whole.buffer)
          : new Uint8Array(whole);
      this.#tell({ kind: 'file', read, bytes }, [bytes.buffer]);
    } catch (error) {
      this.#readTrouble ??= error;
      this.#tell({ kind: 'no-file', read, error: plainError(error) });
    }
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#port.onmessage = null;
    this.#port.onerror = null;
    this.#port.terminate();
    this.#endOpening?.(error);
    this.#drawing?.reject(error);
  }
}
