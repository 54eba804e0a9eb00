/**
 * `npm run plan -- --model DIR`: the memory a model takes before it is loaded, by purpose, and whether it fits
 * what a device grants; if not, the smaller setting that does. Reads config.json only; with `--measure` it opens the
 * bundled policy and tells how far a packed base is off.
 */
import { readModelConfig } from '../engine/model/config';
import { readJsonObject } from '../engine/model/json-file';
import { inWords, memoryRefusal, planMemory, smallerUse } from '../engine/model/memory-plan';
import { LORA_MODULES } from '../engine/model/model-config';
import type { BaseFormat } from '../engine/model/packed-rows';
import { Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, createBackend } from './backends';
import { baseError } from './base-error';
import { directory } from './directory';

const BASES: readonly BaseFormat[] = ['f32', 'f16', 'int8'];
const SAMPLES = 'fixtures/drift/batches.jsonl';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Memory of a model before it is loaded.', {
    model: { type: 'string', help: 'folder with config.json', default: 'public/policy' },
    r: { type: 'string', help: 'LoRA rank on all linear layers; 0: inference', default: '8' },
    'micro-batch': { type: 'string', help: 'tokens of a training micro-batch', default: '2048' },
    base: { type: 'string', help: `matrices of the blocks: ${BASES.join(' | ')}`, default: 'f32' },
    recompute: { type: 'boolean', help: 'blocks are computed again on the way back' },
    rollouts: { type: 'string', help: 'rollouts side by side', default: '32' },
    tokens: { type: 'string', help: 'longest sequence', default: '512' },
    'buffer-mb': { type: 'string', help: 'what the device grants in one buffer', default: '128' },
    'total-mb': {
      type: 'string',
      help: 'what it grants in all (WebAssembly: 4096); 0: unknown',
      default: '0',
    },
    measure: { type: 'boolean', help: 'the error of the packed base on recorded completions' },
    samples: { type: 'string', help: 'recording for --measure', default: SAMPLES },
    batches: { type: 'string', help: 'of the recording, the first ones', default: '50' },
    backend: { type: 'string', help: `for --measure: ${BACKEND_NAMES.join(' | ')}`, default: 'wasm' },
    json: { type: 'boolean', help: 'one JSON object' },
  });
  if (!args) return 0;
  const folder = args.text('model') ?? 'public/policy';
  const base = args.choice('base', BASES);
  if (args.has('measure')) return measure(args, folder, base);
  const read = directory(folder);
  const config = readModelConfig(readJsonObject(await read('config.json'), 'config.json'));
  const r = args.whole('r');
  const use = {
    config,
    lora: r > 0 ? { r, alpha: 2 * r, rslora: false, targetModules: LORA_MODULES } : null,
    microBatchTokens: r > 0 ? args.whole('micro-batch', 1) : 0,
    base,
    recompute: args.has('recompute'),
    rollouts: args.whole('rollouts', 1),
    sequenceTokens: args.whole('tokens', 1),
  };
  const total = args.whole('total-mb');
  const grant = {
    bufferBytes: args.whole('buffer-mb', 1) * 2 ** 20,
    totalBytes: total > 0 ? total * 2 ** 20 : null,
  };
  const plan = planMemory(use, grant.bufferBytes);
  const refusal = memoryRefusal(plan, grant);
  const smaller = refusal ? smallerUse(use, grant) : null;
  if (args.has('json')) {
    process.stdout.write(`${JSON.stringify({ ...plan, refusal, smaller: smaller?.words ?? null })}\n`);
    return 0;
  }
  for (const part of ['weights', 'adapter', 'cache', 'activations', 'logits', 'total'] as const) {
    process.stdout.write(`${part.padEnd(12)} ${inWords(plan[part])}\n`);
  }
  const { name, bytes } = plan.largestBuffer;
  process.stdout.write(`${'one buffer'.padEnd(12)} ${inWords(bytes)} (${name})\n`);
  if (!refusal) process.stdout.write('It fits.\n');
  else if (smaller) process.stdout.write(`It does not fit: ${refusal}. What fits: ${smaller.words}.\n`);
  else process.stdout.write(`It does not fit: ${refusal}. No smaller setting helps; take a smaller model.\n`);
  return 0;
}
/** Prints how far the packed base is off. */
async function measure(args: Arguments, folder: string, base: BaseFormat): Promise<number> {
  if (base === 'f32')
    throw new UsageError('--measure compares a packed base with float32: give --base int8 or --base f16.');
  const backend = await createBackend(args.choice('backend', BACKEND_NAMES));
  try {
    const error = await baseError(
      backend,
      folder,
      base,
      args.text('samples') ?? SAMPLES,
      args.whole('batches', 1),
    );
    if (args.has('json')) process.stdout.write(`${JSON.stringify(error)}\n`);
    else
      for (const [name, value] of Object.entries(error))
        process.stdout.write(`${name.padEnd(28)} ${value}\n`);
    return 0;
  } finally {
    backend.dispose();
  }
}
