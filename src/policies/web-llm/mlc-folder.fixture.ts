/**
 * A model folder as MLC-LLM makes it, with the bundled policy's tokenizer and template and weights of a few bytes: all
 * that the adapter reads is there, and nothing that computes.
 */
import { blobSource, type WeightSource } from '../../engine/model/weight-source';

/** The bundled policy's template in MLC's words. */
export const BUNDLED_CONV = {
  system_template: '<|system|>{system_message}<|end|>',
  system_message: 'You manage your memory.',
  roles: { user: '<|user|>', assistant: '<|assistant|>', tool: '<|tool|>' },
  role_templates: { user: '{user_message}', assistant: '{assistant_message}', tool: '{tool_message}' },
  seps: ['<|end|>'],
  role_content_sep: '',
  role_empty_sep: '',
  stop_str: ['<|end|>'],
  stop_token_ids: [1],
} as const;

/** As in the folders of Qwen and SmolLM2: tools have no role. */
export const WITHOUT_TOOLS = { ...BUNDLED_CONV, roles: { user: '<|user|>', assistant: '<|assistant|>' } };

/** The smallest WebAssembly module. */
export const EMPTY_LIBRARY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export type Files = Map<string, Blob>;

export interface FolderOptions {
  readonly conv?: object;
  readonly quantization?: string;
  readonly library?: string;
}

/** @param tokenizer the bundled policy's tokenizer.json */
export function folderWith(
  tokenizer: string,
  {
    conv = BUNDLED_CONV,
    quantization = 'q4f32_1',
    library = 'tiny-q4f32_1_cs1k-webgpu.wasm',
  }: FolderOptions = {},
): Files {
  const shards = [Uint8Array.from({ length: 64 }, (_, at) => at), new Uint8Array(32)];
  const records = shards.map((shard, at) => ({
    dataPath: `params_shard_${at}.bin`,
    format: 'raw-shard',
    nbytes: shard.length,
    records: [{ name: `weight.${at}`, nbytes: shard.length, shape: [shard.length / 4] }],
  }));
  const config = {
    model_type: 'llama',
    quantization,
    vocab_size: 1024,
    context_window_size: 2048,
    sliding_window_size: -1,
    attention_sink_size: -1,
    repetition_penalty: 1.1,
    tokenizer_files: ['tokenizer.json'],
    model_config: { num_hidden_layers: 2 },
    conv_template: conv,
  };
  return new Map([
    ['mlc-chat-config.json', new Blob([JSON.stringify(config)])],
    ['tensor-cache.json', new Blob([JSON.stringify({ metadata: {}, records })])],
    ['tokenizer.json', new Blob([tokenizer])],
    [library, new Blob([EMPTY_LIBRARY])],
    ...shards.map((shard, at) => [`params_shard_${at}.bin`, new Blob([shard])] as const),
  ]);
}

export function sourceOf(files: Files): WeightSource {
  return blobSource(files, 'a folder for tests');
}
