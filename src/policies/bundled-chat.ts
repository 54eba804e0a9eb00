/**
 * The bundled policy's chat format: turns marked by control tokens and nothing else, and the
 * protocol's tags and tool names as single tokens, so that a small model spends its few hundred
 * tokens on content. The text is that of the full protocol; only the tokenizer is told about it.
 *
 *     <|system|>…<|end|><|user|>…<|end|><|assistant|><think>…</think><tool_call>[…]</tool_call><|end|>
 *
 * Nothing is trimmed or rewritten, so what was sampled renders back to the same text.
 */
import type { TrainedAddedToken } from '../engine/model/bpe-trainer';

export const BUNDLED_CHAT_TEMPLATE =
  '{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}' +
  '{% if add_generation_prompt %}<|assistant|>{% endif %}';

/** Ends a turn, and with it a completion. */
export const BUNDLED_STOP_TOKEN = '<|end|>';

/** Fills batches; id 0. */
export const BUNDLED_PAD_TOKEN = '<|pad|>';

/** Mark turns; never recognised inside a message. */
const CONTROL_TOKENS = [
  BUNDLED_PAD_TOKEN,
  BUNDLED_STOP_TOKEN,
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|tool|>',
];

/** Recognised in what the system and the assistant say. */
const PROTOCOL_TOKENS = [
  '<think>',
  '</think>',
  '<tool_call>',
  '</tool_call>',
  '<answer>',
  '</answer>',
  'Add_memory',
  'Update_memory',
  'Delete_memory',
  'Retrieve_memory',
  'Summary_context',
  'Filter_context',
];

/** In the order of their ids, from 0. */
export const BUNDLED_ADDED_TOKENS: readonly TrainedAddedToken[] = [
  ...CONTROL_TOKENS.map((content) => ({ content, special: true })),
  ...PROTOCOL_TOKENS.map((content) => ({ content, special: false })),
];

/** The content of tokenizer_config.json, as transformers reads it too. */
export function bundledTokenizerConfig(maxPositions: number): Readonly<Record<string, unknown>> {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    chat_template: BUNDLED_CHAT_TEMPLATE,
    eos_token: BUNDLED_STOP_TOKEN,
    pad_token: BUNDLED_PAD_TOKEN,
    clean_up_tokenization_spaces: false,
    model_max_length: maxPositions,
  };
}
