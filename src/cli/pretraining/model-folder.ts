/** Writes the bundled policy in Hugging Face layout: weights F16, tokenizer and chat template beside them. */
import type { TrainedTokenizer } from '../../engine/model/bpe-trainer';
import { ChatTemplate, ChatTokenizer } from '../../engine/model/chat-template';
import { writeModelConfig } from '../../engine/model/config';
import type { ModelConfig, NamedTensors } from '../../engine/model/model-config';
import { writeSafetensors } from '../../engine/model/safetensors-writer';
import { readTokenizer } from '../../engine/model/tokenizer';
import {
  BUNDLED_CHAT_TEMPLATE,
  BUNDLED_PAD_TOKEN,
  BUNDLED_STOP_TOKEN,
  bundledTokenizerConfig,
} from '../../policies/bundled-chat';
import { replaceFolder } from '../replace-folder';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The tokenizer just trained, ready to encode chats with the bundled template. */
export function chatTokenizer(trained: TrainedTokenizer): ChatTokenizer {
  const tokenizer = readTokenizer(new TextEncoder().encode(JSON.stringify(trained)));
  return new ChatTokenizer(tokenizer, new ChatTemplate(BUNDLED_CHAT_TEMPLATE), [BUNDLED_STOP_TOKEN]);
}

/** A kill leaves the model that was there, or the new one. */
export async function writeModelFolder(
  folder: string,
  model: {
    readonly config: ModelConfig;
    readonly tokenizer: TrainedTokenizer;
    readonly weights: NamedTensors;
  },
): Promise<void> {
  const ids = new Map(model.tokenizer.added_tokens.map((token) => [token.content, token.id]));
  const config = writeModelConfig(model.config, {
    eos_token_id: ids.get(BUNDLED_STOP_TOKEN),
    pad_token_id: ids.get(BUNDLED_PAD_TOKEN),
    torch_dtype: 'float16',
  });
  await replaceFolder(folder, {
    'config.json': json(config),
    'tokenizer.json': json(model.tokenizer),
    'tokenizer_config.json': json(bundledTokenizerConfig(model.config.maxPositions)),
    'model.safetensors': writeSafetensors(model.weights, { dtype: 'F16' }),
  });
}
