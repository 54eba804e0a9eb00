/** Models laid out as the hub has them, made by the test: small, and for all else like those that are fetched. */
import { writeModelConfig } from '../../engine/model/config';
import type { ModelConfig, NamedTensors } from '../../engine/model/model-config';
import { writeSafetensors } from '../../engine/model/safetensors-writer';
import { blobSource } from '../../engine/model/weight-source';
import { BUNDLED_STOP_TOKEN, bundledTokenizerConfig } from '../../policies/bundled-chat';
import { TINY_CONFIG, TINY_TOKENIZER } from '../../rl/tiny-policy.fixture';
import type { OpenableModel } from './openable';

/** As instruction models are prompted (the format is OpenAI's ChatML; the template is the test's own). */
export const CHATML = {
  chat_template:
    '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
  eos_token: '<|im_end|>',
};

export type HubFiles = Map<string, Uint8Array>;

const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export function hubFiles(
  weights: NamedTensors,
  {
    config = TINY_CONFIG,
    tokenizer = TINY_TOKENIZER,
    chat = bundledTokenizerConfig(config.maxPositions),
  }: {
    readonly config?: ModelConfig;
    readonly tokenizer?: typeof TINY_TOKENIZER;
    readonly chat?: object;
  } = {},
): HubFiles {
  const stop = 'eos_token' in chat ? String(chat.eos_token) : BUNDLED_STOP_TOKEN;
  const eos = tokenizer.added_tokens.find(({ content }) => content === stop)?.id;
  return new Map([
    ['config.json', utf8(writeModelConfig(config, { eos_token_id: eos }))],
    ['tokenizer.json', utf8(tokenizer)],
    ['tokenizer_config.json', utf8(chat)],
    ['model.safetensors', writeSafetensors(weights, { dtype: 'F16' })],
  ]);
}

export function openable(id: string, files: HubFiles): OpenableModel {
  const blobs = new Map([...files].map(([name, bytes]) => [name, new Blob([bytes.slice()])]));
  const name = id.slice(id.indexOf(':') + 1);
  return {
    id,
    provider: 'engine',
    name,
    title: name,
    can: { act: true, logprobs: true, train: true, constrain: false },
    files: blobSource(blobs, `the folder ${name}`),
    fileNames: [...files.keys()],
  };
}
