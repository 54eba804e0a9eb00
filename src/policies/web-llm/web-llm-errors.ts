/**
 * What WebLLM says when something goes wrong, in words for a user: a stable code, what happened, and what to do.
 *
 * Its classes are told apart by `name`, which its constructors set as text and which survives a worker's message; what
 * comes from below it (TVM's runtime, WebAssembly, WebGPU) by the texts they were seen to use. What nobody has seen yet
 * is passed on in its own words, never swallowed.
 */
import { ProviderError } from '../provider-errors';

export type WebLlmTrouble =
  | 'no-webgpu'
  | 'device-lacks'
  | 'device-lost'
  | 'out-of-memory'
  | 'library-unreadable'
  | 'library-changed'
  | 'model-unknown'
  | 'file-missing'
  | 'file-incomplete'
  | 'folder-layout'
  | 'foreign-request'
  | 'window'
  | 'grammar'
  | 'storage-full'
  | 'closed'
  | 'not-in-one-file'
  | 'request'
  | 'runtime';

/** What to do, by code. */
const NEXT: Readonly<Record<WebLlmTrouble, string>> = {
  'no-webgpu': 'Use a browser with WebGPU on a machine with a GPU, or a model for the engine.',
  'device-lacks': 'Take another build or a smaller model.',
  'device-lost':
    'Close what else uses the GPU and open the model again; if it is lost again, take a smaller model.',
  'out-of-memory': 'Close other tabs and open it again, or take a smaller model.',
  'library-unreadable': 'Delete the model and fetch it again.',
  'library-changed':
    'It was not run. Delete the model and fetch it again; if it differs again, its makers have changed it, and a newer lab may know it.',
  'model-unknown': 'Choose a model from the list, or a folder that MLC-LLM has made.',
  'file-missing': 'Delete the model and fetch it again, or choose a whole folder.',
  'file-incomplete': 'Delete the model and fetch it again, or choose a whole folder.',
  'folder-layout':
    'Choose a folder that MLC-LLM has made: mlc-chat-config.json, tensor-cache.json with its shards, tokenizer.json and one compiled library (.wasm).',
  'foreign-request': 'Nothing was sent. Report it with the name of the model.',
  window: 'Filter or summarise the context, or choose a smaller hard context limit.',
  grammar: 'Draw without the constraint.',
  'storage-full': 'Free disk space, or delete a stored model.',
  closed: 'Open it again.',
  'not-in-one-file': 'Open another model with the engine, or use the lab from its site.',
  request: 'Report it with the address of the page: it holds the seed.',
  runtime: 'Open the model again; if it happens again, take another model.',
};

export class WebLlmError extends ProviderError {
  constructor(
    readonly trouble: WebLlmTrouble,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`web-llm-${trouble}`, what, NEXT[trouble], options);
  }
}

/** An error as it crosses a worker's boundary. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
}

export function plainError(error: unknown): PlainError {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}

type Rule = readonly [name: RegExp | null, message: RegExp | null, WebLlmTrouble, what: string];

/** First that fits. A rule with both wants both. */
const RULES: readonly Rule[] = [
  // WebLLM's own classes (lib/error.d.ts), by name.
  [
    /^WebGPUNotAvailableError$|^WebGPUNotFoundError$/,
    null,
    'no-webgpu',
    'This browser offers WebLLM no WebGPU.',
  ],
  [
    /^ShaderF16SupportError$/,
    null,
    'device-lacks',
    'This device has no shader-f16, which the model computes with; builds in q4f32 do without.',
  ],
  [
    /^FeatureSupportError$/,
    null,
    'device-lacks',
    'This device lacks a feature that the model computes with.',
  ],
  // What watches its device (`gpu-watch.ts`).
  [/^BufferRefusedError$/, null, 'out-of-memory', 'The GPU could not give a buffer that the model needs.'],
  [/^DeviceLostError$/, null, 'device-lost', 'The GPU went away, most often because its memory ran out.'],
  [/^IntegrityError$/, null, 'library-changed', 'The compiled library is not the one that is known.'],
  [
    /^ModelNotFoundError$|^SpecifiedModelNotFoundError$/,
    null,
    'model-unknown',
    'WebLLM does not know this model.',
  ],
  [/^MissingModelError$/, null, 'library-unreadable', 'The model has no compiled library.'],
  [
    /^UnsupportedTokenizerFilesError$/,
    null,
    'folder-layout',
    'The model has no tokenizer that WebLLM can read.',
  ],
  [
    /^ArtifactManifestError$|^(WindowSizeConfiguration|WindowSizeSpecification|AttentionSinkSize)Error$/,
    null,
    'folder-layout',
    'The settings of the model contradict each other.',
  ],
  [
    /^ContextWindowSizeExceededError$/,
    null,
    'window',
    'The prompt is longer than the context that was opened.',
  ],
  [
    /^GrammarMatcherInitError$|^InvalidResponseFormat\w*Error$/,
    null,
    'grammar',
    'The protocol could not be imposed on this model.',
  ],
  [
    /^(ModelNotLoaded|WorkerEngineModelNotLoaded|EngineNotLoaded|ConfigurationNotInitialized)Error$/,
    null,
    'device-lost',
    'The model is not loaded any more, most often because the GPU went away.',
  ],
  [
    /^(MessageOrder|SystemMessageOrder|ContentType|UnsupportedRole|SeedType|UnsupportedFields|StreamingCount|InvalidStreamOptions)Error$/,
    null,
    'request',
    'WebLLM refuses what it was asked.',
  ],
  // What answers WebLLM in the place of network and cache (`local-files.ts`).
  [
    /^FileNotHereError$/,
    null,
    'file-missing',
    'WebLLM asks for a file that is not among those of the model.',
  ],
  [/^ForeignRequestError$/, null, 'foreign-request', 'WebLLM tried to ask another host.'],
  // From below WebLLM.
  [/^QuotaExceededError$/, null, 'storage-full', 'The browser has no room left.'],
  // A missing library comes as a page or as nothing: "expected 4 bytes", "expected magic word", "expected length".
  [
    /^(Compile|Link|Library)Error$/,
    null,
    'library-unreadable',
    'The compiled library of the model cannot be read: it is no WebAssembly, or made for another version of WebLLM.',
  ],
  [
    null,
    /WebAssembly\.(compile|instantiate)|expected 4 bytes|expected magic word|Import #\d|not an exported function|Cannot find function (with name )?/i,
    'library-unreadable',
    'The compiled library of the model cannot be read: it is no WebAssembly, or made for another version of WebLLM.',
  ],
  [
    null,
    /unable to find a compatible GPU|WebGPU is not supported/i,
    'no-webgpu',
    'This browser offers WebLLM no WebGPU.',
  ],
  [
    null,
    /Cannot initialize runtime because of requested max/i,
    'device-lacks',
    'This device has less than WebLLM needs.',
  ],
  [
    null,
    /device (was |is )?lost|lost device|DXGI_ERROR|external Instance reference no longer exists|unmapped before mapping was resolved/i,
    'device-lost',
    'The GPU went away, most often because its memory ran out.',
  ],
  [
    null,
    /out of memory|OOM|memory allocation|Array buffer allocation failed|Invalid typed array length|could not allocate/i,
    'out-of-memory',
    'The memory of this device does not suffice for the model.',
  ],
  [null, /Grammar matcher|grammar/i, 'grammar', 'The protocol could not be imposed on this model.'],
];

/** The error in words; one that is a `WebLlmError` already stays as it is. */
export function webLlmError(error: unknown): WebLlmError {
  if (error instanceof WebLlmError) return error;
  const { name, message } = isPlain(error) ? error : plainError(error);
  const said = message.split('\n', 1)[0].trim();
  for (const [names, texts, trouble, what] of RULES) {
    if (names && !names.test(name)) continue;
    if (texts && !texts.test(message)) continue;
    return new WebLlmError(trouble, said === '' ? what : `${what} (${said})`, { cause: error });
  }
  return new WebLlmError('runtime', `WebLLM stopped with ${name}${said === '' ? '' : `: ${said}`}.`, {
    cause: error,
  });
}

function isPlain(error: unknown): error is PlainError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    typeof error.name === 'string' &&
    'message' in error &&
    typeof error.message === 'string'
  );
}
