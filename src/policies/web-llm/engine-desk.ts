/**
 * WebLLM's side of the protocol: opens one model in one engine and draws completions from it, one after the other.
 * It knows the engine by its published interface alone, so that the same lines run with WebLLM in a worker and in tests
 * with an engine that has no GPU.
 */
import type { ChatCompletionRequestStreaming, MLCEngineConfig, MLCEngineInterface } from '@mlc-ai/web-llm';
import { addressOfFile, localCaches, MODEL_ADDRESS, type ReadFile } from './local-files';
import { TokenRecorder } from './token-recorder';
import { type PlainError, plainError } from './web-llm-errors';
import type { FinishReason, FromWebLlm, GenerationOrder, ModelToOpen, ToWebLlm } from './web-llm-protocol';

export interface DeskParts {
  /** Makes an engine; `caches` is what it has to find its files in, from now on. */
  readonly create: (
    config: MLCEngineConfig,
    caches: ReturnType<typeof localCaches>,
  ) => MLCEngineInterface | Promise<MLCEngineInterface>;
  readonly say: (message: FromWebLlm) => void;
  /** The device in words, once a model is open. */
  readonly device: () => string;
}

interface Reading {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

export class EngineDesk {
  private readonly recorder = new TokenRecorder();
  private readonly readings = new Map<number, Reading>();
  private reads = 0;
  private lastRead = '';
  private engine: MLCEngineInterface | undefined;
  private last: Promise<void> = Promise.resolve();
  /** Orders that are to end; an order may be told before its turn. */
  private readonly aborted = new Set<number>();
  private current: number | undefined;

  constructor(private readonly parts: DeskParts) {}

  handle(message: ToWebLlm): void {
    switch (message.kind) {
      case 'open':
        void this.open(message.model);
        return;
      case 'file':
        this.answered(message.read)?.resolve(message.bytes);
        return;
      case 'no-file': {
        const error = new Error(message.error.message);
        error.name = message.error.name;
        this.answered(message.read)?.reject(error);
        return;
      }
      case 'generate':
        this.last = this.last.then(() => this.generate(message.id, message.order));
        return;
      case 'abort':
        this.aborted.add(message.id);
        if (this.current === message.id) this.engine?.interruptGenerate();
        return;
    }
  }

  private answered(read: number): Reading | undefined {
    const reading = this.readings.get(read);
    this.readings.delete(read);
    return reading;
  }

  private readonly read: ReadFile = (name) =>
    new Promise((resolve, reject) => {
      const read = ++this.reads;
      this.lastRead = name;
      this.readings.set(read, { resolve, reject });
      this.parts.say({ kind: 'read', read, name });
    });

  private async open(model: ModelToOpen): Promise<void> {
    const { say } = this.parts;
    try {
      const engine = await this.parts.create(
        {
          appConfig: {
            model_list: [
              {
                model: MODEL_ADDRESS,
                model_id: model.id,
                model_lib: addressOfFile(model.library.file),
                integrity: { model_lib: model.library.integrity, onFailure: 'error' },
                required_features: [...model.features],
                // Without a sliding window the whole prompt is seen, or refused.
                overrides: {
                  context_window_size: model.window,
                  sliding_window_size: -1,
                  attention_sink_size: -1,
                },
              },
            ],
            cacheBackend: 'cache',
          },
          initProgressCallback: ({ text, progress }) => say({ kind: 'progress', text, share: progress }),
          logitProcessorRegistry: new Map([[model.id, this.recorder]]),
          logLevel: 'SILENT',
        },
        localCaches(model.files, this.read),
      );
      await engine.reload(model.id);
      this.engine = engine;
      say({ kind: 'opened', device: this.parts.device() });
    } catch (error) {
      say({ kind: 'open-failed', error: this.openingError(error, model) });
    }
  }

  /**
   * A library that is WebAssembly and not one of TVM fails in the lines that look for its parts, as a mistake of the
   * program would; nothing was read after it then.
   */
  private openingError(error: unknown, { library }: ModelToOpen): PlainError {
    const plain = plainError(error);
    const inLibrary = this.lastRead === library.file && /^(TypeError|RuntimeError)$/.test(plain.name);
    return inLibrary ? { ...plain, name: 'LibraryError' } : plain;
  }

  private async generate(id: number, order: GenerationOrder): Promise<void> {
    const { say } = this.parts;
    if (this.aborted.delete(id)) {
      say({ kind: 'generated', id, finish: 'aborted' });
      return;
    }
    this.current = id;
    try {
      if (!this.engine) throw new Error('no model is open');
      this.recorder.begin(order.temperature, order.alternatives);
      const stream = await this.engine.chat.completions.create(requestOf(order));
      let finish: FinishReason = 'stop';
      for await (const { choices } of stream) {
        // WebLLM forgets an interruption that comes before it begins; so it is told again.
        if (this.aborted.has(id)) this.engine.interruptGenerate();
        const [choice] = choices;
        if (!choice) continue;
        const tokens = this.recorder.take();
        const text = choice.delta.content ?? '';
        if (text !== '' || tokens.length > 0) say({ kind: 'drawn', id, text, tokens });
        if (choice.finish_reason === 'length') finish = 'length';
        if (choice.finish_reason === 'abort') finish = 'aborted';
      }
      say({ kind: 'generated', id, finish });
    } catch (error) {
      say({ kind: 'failed', id, error: plainError(error) });
    } finally {
      this.current = undefined;
      this.aborted.delete(id);
    }
  }
}

/** Penalties are set to nothing: a model's own settings may carry some, and its draws would not be what is recorded. */
function requestOf(order: GenerationOrder): ChatCompletionRequestStreaming {
  return {
    messages: [...order.messages],
    stream: true,
    seed: order.seed,
    temperature: order.temperature,
    top_p: order.topP,
    max_tokens: order.maxTokens,
    frequency_penalty: 0,
    presence_penalty: 0,
    repetition_penalty: 1,
    ...(order.grammar === null
      ? {}
      : { response_format: { type: 'grammar' as const, grammar: order.grammar } }),
    ...(order.thinking === null ? {} : { extra_body: { enable_thinking: order.thinking } }),
  };
}
