/**
 * An engine with WebLLM's published interface and no GPU. It reads its files through the caches it is given, in WebLLM's
 * order and with WebLLM's own checks (`verifyIntegrity`, `postInitAndCheckFieldsChatCompletion`); writes prompts by the
 * model's conv_template as WebLLM does, `String.replace` included; shows every row of logits to the registered processor;
 * holds text back until its characters are whole. What it "thinks" is a function of the prompt.
 */
import {
  Chat,
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatCompletionRequest,
  type ChatCompletionRequestNonStreaming,
  type ChatCompletionRequestStreaming,
  type ChatOptions,
  type Completion,
  Completions,
  type CreateEmbeddingResponse,
  Embeddings,
  type InitProgressCallback,
  type MLCEngineConfig,
  type MLCEngineInterface,
  type ModelRecord,
  ModelType,
  postInitAndCheckFieldsChatCompletion,
  type ResumeProbeResult,
  type ResumeResult,
  verifyIntegrity,
} from '@mlc-ai/web-llm';
import { readTokenizer, type TextTokenizer } from '../../engine/model/tokenizer';
import { NO_THINKING } from './chat-frame';
import type { LocalCaches } from './local-files';

/** What to say to a prompt. */
export type Mind = (prompt: string, request: ChatCompletionRequest) => string;

export interface FakeOptions {
  readonly mind: Mind;
  /** Called before each token but the first; a rejected promise is an error of the engine. */
  readonly beforeToken?: (count: number) => Promise<void>;
  /** Called when a model is on its device. */
  readonly onLoaded?: () => Promise<void>;
}

interface ConvTemplate {
  readonly system_template: string;
  readonly system_message: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly role_templates?: Readonly<Record<string, string>>;
  readonly seps: readonly string[];
  readonly role_content_sep: string;
  readonly role_empty_sep: string;
  readonly stop_str: readonly string[];
  readonly stop_token_ids: readonly number[];
}

interface Loaded {
  readonly id: string;
  readonly tokenizer: TextTokenizer;
  readonly template: ConvTemplate;
  readonly window: number;
}

/** As WebLLM's, which are told apart by name. */
export function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

export class FakeEngine implements MLCEngineInterface {
  readonly chat = new Chat(this);
  readonly completions = new Completions(this);
  readonly embeddings = new Embeddings(this);
  /** What was asked, for tests to look at. */
  readonly asked: { readonly request: ChatCompletionRequest; readonly prompt: string }[] = [];
  private loaded: Loaded | undefined;
  private interrupted = false;
  private progress: InitProgressCallback | undefined;
  private message = '';

  constructor(
    private readonly config: MLCEngineConfig,
    private readonly caches: LocalCaches,
    private readonly options: FakeOptions,
  ) {
    this.progress = config.initProgressCallback;
  }

  readonly setInitProgressCallback = (callback: InitProgressCallback): void => {
    this.progress = callback;
  };
  readonly getInitProgressCallback = (): InitProgressCallback | undefined => this.progress;
  readonly setAppConfig = (): void => {
    throw new Error('the fake engine has the configuration it was made with');
  };

  readonly reload = async (
    modelId: string | string[],
    chatOpts?: ChatOptions | ChatOptions[],
  ): Promise<void> => {
    const id = String(modelId);
    const record = this.config.appConfig?.model_list.find((model) => model.model_id === id);
    if (!record) throw named('ModelNotFoundError', `Cannot find model record in appConfig for ${id}.`);
    const settings: unknown = JSON.parse(
      new TextDecoder().decode(await this.fetched(record, 'mlc-chat-config.json')),
    );
    const merged = { ...(settings as object), ...record.overrides, ...(chatOpts as ChatOptions | undefined) };
    const library = await this.cached(record.model_lib);
    if (record.integrity?.model_lib) {
      await verifyIntegrity(
        library,
        record.integrity.model_lib,
        record.model_lib,
        record.integrity.onFailure,
      );
    }
    await WebAssembly.compile(library);
    const tokenizer = readTokenizer(new Uint8Array(await this.fetched(record, 'tokenizer.json')));
    const list = JSON.parse(new TextDecoder().decode(await this.fetched(record, 'tensor-cache.json'))) as {
      readonly records: readonly { readonly dataPath: string }[];
    };
    for (const [at, { dataPath }] of list.records.entries()) {
      await this.fetched(record, dataPath);
      const share = (at + 1) / list.records.length;
      this.progress?.({
        progress: share,
        timeElapsed: 0,
        text: `Loading model from cache[${at + 1}/2]: 0MB loaded.`,
      });
    }
    await this.options.onLoaded?.();
    const { conv_template: template, context_window_size: window } = merged as {
      readonly conv_template: ConvTemplate;
      readonly context_window_size: number;
    };
    this.loaded = { id, tokenizer, template, window };
  };

  chatCompletion(request: ChatCompletionRequestNonStreaming): Promise<ChatCompletion>;
  chatCompletion(request: ChatCompletionRequestStreaming): Promise<AsyncIterable<ChatCompletionChunk>>;
  chatCompletion(
    request: ChatCompletionRequest,
  ): Promise<AsyncIterable<ChatCompletionChunk> | ChatCompletion>;
  async chatCompletion(
    request: ChatCompletionRequest,
  ): Promise<AsyncIterable<ChatCompletionChunk> | ChatCompletion> {
    const { loaded } = this;
    if (!loaded) throw named('ModelNotLoadedError', 'Model not loaded before trying to complete.');
    postInitAndCheckFieldsChatCompletion(request, loaded.id, ModelType.LLM);
    if (!request.stream) throw new Error('the fake engine streams');
    const prompt = promptOf(loaded.template, request);
    this.asked.push({ request, prompt });
    return this.stream(request, prompt, loaded);
  }

  private async *stream(
    request: ChatCompletionRequest,
    prompt: string,
    { id, tokenizer, template, window }: Loaded,
  ): AsyncGenerator<ChatCompletionChunk, void, void> {
    // As WebLLM: what was interrupted before it began is not.
    this.interrupted = false;
    const promptTokens = tokenizer.encode(prompt).length;
    if (promptTokens > window) {
      throw named(
        'ContextWindowSizeExceededError',
        `Prompt tokens exceed context window size: number of prompt tokens: ${promptTokens}; context window size: ${window}`,
      );
    }
    const empty = request.extra_body?.enable_thinking === false ? NO_THINKING : '';
    const output = [...tokenizer.encode(empty)];
    const wanted = [...tokenizer.encode(this.options.mind(prompt, request)), ...template.stop_token_ids];
    const processor = this.config.logitProcessorRegistry?.get(id);
    const dice = lehmer(request.seed ?? 1);
    const chunk = (choice: Omit<ChatCompletionChunk.Choice, 'index'>): ChatCompletionChunk => ({
      id: 'fake',
      choices: [{ ...choice, index: 0 }],
      created: 0,
      model: id,
      object: 'chat.completion.chunk',
    });
    let sent = 0;
    let finish: 'stop' | 'length' | 'abort' | null = null;
    for (let count = 0; finish === null; count++) {
      if (count > 0) {
        if (this.interrupted) {
          finish = 'abort';
          break;
        }
        await this.options.beforeToken?.(count);
      }
      const token = wanted[count] ?? template.stop_token_ids[0];
      const row = Float32Array.from({ length: tokenizer.vocabSize }, () => dice() * 4);
      row[token] += 6;
      processor?.processLogits(row);
      processor?.processSampledToken(token);
      if (template.stop_token_ids.includes(token)) finish = 'stop';
      else output.push(token);
      this.message = tokenizer.decode(output);
      if (output.length >= (request.max_tokens ?? Number.POSITIVE_INFINITY)) finish = 'length';
      if (promptTokens + output.length >= window) finish ??= 'length';
      const held = this.message.length - this.message.replace(/\uFFFD+$/, '').length;
      if (held % 4 !== 0) continue;
      const content = this.message.slice(sent);
      sent = this.message.length;
      yield chunk({ delta: { content, role: 'assistant' }, finish_reason: null, logprobs: null });
    }
    yield chunk({ delta: {}, finish_reason: finish });
  }

  readonly interruptGenerate = (): void => {
    this.interrupted = true;
  };
  readonly unload = async (): Promise<void> => {
    this.loaded = undefined;
  };
  readonly resetChat = async (): Promise<void> => undefined;
  readonly getMessage = async (): Promise<string> => this.message;
  readonly runtimeStatsText = async (): Promise<string> => 'no GPU';
  readonly setLogLevel = (): void => undefined;

  getMaxStorageBufferBindingSize = async (): Promise<number> => 0;
  getGPUVendor = async (): Promise<string> => '';
  readonly forwardTokensAndSample = (): Promise<number> => notAsked('forwardTokensAndSample');
  completion = (): Promise<AsyncIterable<Completion> & Completion> => notAsked('completion');
  embedding = (): Promise<CreateEmbeddingResponse> => notAsked('embedding');
  listResumableSessions = async (): Promise<ResumeProbeResult[]> => [];
  resumeChatCompletion = (): Promise<ResumeResult> => notAsked('resumeChatCompletion');
  deleteResumableSession = async (): Promise<void> => undefined;

  private fetched(record: ModelRecord, file: string): Promise<ArrayBuffer> {
    return this.cached(new URL(file, record.model).href);
  }

  /** As TVM's runtime: what the cache lacks is added to it, then taken from it. */
  private async cached(address: string): Promise<ArrayBuffer> {
    const cache = await this.caches.open('webllm');
    const request = new Request(address);
    if ((await cache.match(request)) === undefined) await cache.add(request);
    const response = await cache.match(request);
    if (!response) throw new Error(`Cannot fetch ${address}`);
    return response.arrayBuffer();
  }
}

function notAsked(what: string): Promise<never> {
  return Promise.reject(new Error(`the adapter never asks for ${what}`));
}

/** As `getPromptArray` of WebLLM's conversation, for texts. */
function promptOf(template: ConvTemplate, { messages, extra_body }: ChatCompletionRequest): string {
  let prompt = '';
  const first = messages[0];
  const system = first?.role === 'system' ? first.content : template.system_message;
  prompt += template.system_template.replace('{system_message}', system);
  messages
    .filter((message) => message.role !== 'system')
    .forEach(({ role, content }, at) => {
      if (!(role in template.roles)) throw new Error(`Role is not supported: ${role}`);
      const text = String(content);
      const written = template.role_templates?.[role]?.replace(`{${role}_message}`, text) ?? text;
      prompt +=
        template.roles[role] + template.role_content_sep + written + template.seps[at % template.seps.length];
    });
  const thinks = extra_body?.enable_thinking !== false;
  return (
    prompt +
    template.roles.assistant +
    (thinks ? template.role_empty_sep : template.role_content_sep + NO_THINKING)
  );
}

/** WebLLM's generator (minimal standard), numbers in [0, 1). */
function lehmer(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
