/** What the hub under test serves: the project's own policy, in each of the three layouts, and things of other layouts. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServedModel } from './hub-server';

const POLICY = join(dirname(fileURLToPath(import.meta.url)), '..', 'public', 'policy');
const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];

const bytes = (text: string) => new TextEncoder().encode(text);
/** Numbers that are the same each time and do not repeat soon. */
function filler(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

export function hubModels(): readonly ServedModel[] {
  const policy = new Map<string, Uint8Array>(NAMES.map((name) => [name, readFileSync(join(POLICY, name))]));
  const small = [...policy].filter(([name]) => name !== 'model.safetensors');
  const [config, tokenizer, tokenizerConfig] = NAMES.map((name) => policy.get(name) ?? new Uint8Array());
  const template = JSON.parse(new TextDecoder().decode(tokenizerConfig)) as Record<string, unknown>;
  delete template.chat_template;
  const odd = { ...(JSON.parse(new TextDecoder().decode(config)) as object), model_type: 'gpt2' };
  return [
    {
      name: 'agemem-lab/policy',
      files: new Map([['README.md', bytes('# The policy\n')], ...policy]),
      licence: 'apache-2.0',
    },
    {
      name: 'agemem-lab/policy-ONNX',
      files: new Map([
        ...small,
        ['onnx/model_quantized.onnx', filler(300_000)],
        ['onnx/model_q4.onnx', filler(200_000)],
      ]),
    },
    {
      // The repository of an offered model of WebLLM, whose kernels are known by name.
      name: 'mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC',
      files: new Map([
        ['mlc-chat-config.json', bytes('{"quantization": "q0f16", "model_type": "llama"}')],
        ['tensor-cache.json', bytes('{"records": []}')],
        ['tokenizer.json', tokenizer],
        ['params_shard_0.bin', filler(250_000)],
        ['params_shard_1.bin', filler(30_000)],
        [
          'mlc-libs/SmolLM2-135M-Instruct-q0f16_cs1k-webgpu.wasm',
          new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
        ],
      ]),
    },
    {
      name: 'agemem-lab/sharded',
      files: new Map([
        ...small,
        ['model.safetensors.index.json', bytes('{"weight_map": {}}')],
        ['model-00001-of-00002.safetensors', filler(120_000)],
        ['model-00002-of-00002.safetensors', filler(90_000)],
      ]),
    },
    {
      name: 'agemem-lab/base',
      files: new Map([...policy, ['tokenizer_config.json', bytes(JSON.stringify(template))]]),
    },
    { name: 'agemem-lab/gpt', files: new Map([...policy, ['config.json', bytes(JSON.stringify(odd))]]) },
    { name: 'agemem-lab/gguf', files: new Map([['model-q4.gguf', filler(1000)]]) },
    { name: 'agemem-lab/pytorch', files: new Map([...small, ['pytorch_model.bin', filler(1000)]]) },
    {
      name: 'agemem-lab/adapter',
      files: new Map([
        ['adapter_config.json', bytes('{}')],
        ['adapter_model.safetensors', filler(1000)],
      ]),
    },
  ];
}
