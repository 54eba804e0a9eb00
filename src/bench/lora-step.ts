/**
 * `lora-step`: one update of a LoRA adapter on the bundled policy: 32 ragged sequences of 32 to 160
 * tokens, r = 8 on all linear layers, a policy-gradient loss on every token but the first, AdamW.
 *
 * We pack the rows; peers pad to length buckets, each its own compiled shape. All begin with the same
 * adapter (B not zero) and the same weights of tokens; compared is the adapter after one update. The
 * sequences share no prefix, so our sharing of prefixes does not help here.
 */
import { EngineModel } from '../engine/model/engine-model';
import { LORA_MODULES, type LoraConfig, type NamedTensors } from '../engine/model/model-config';
import { TRL_LOSS_DEFAULTS } from '../engine/training/grpo-loss';
import type { Emit, Setting } from './benches';
import { type Contestant, race } from './figure';
import { loraStepFlops } from './flops';
import { type BenchRequest, type OpenedModel, opened } from './run';

export const LORA: LoraConfig = { r: 8, alpha: 16, rslora: false, targetModules: LORA_MODULES };
export const ADAMW = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };

/** One sequence: the tokens, how many of them are prompt, and the weight of each token of the rest. */
export interface WeightedSequence {
  readonly ids: readonly number[];
  readonly promptLength: number;
  /** Advantage of the completion's tokens. */
  readonly advantage: number;
}

export interface LoraStepTask {
  readonly model: Pick<OpenedModel, 'config' | 'weights'>;
  readonly adapter: NamedTensors;
  readonly sequences: readonly WeightedSequence[];
  /** Completion tokens of all sequences: the loss is sum of -A log p over this. */
  readonly tokens: number;
}

export async function loraStep(
  { backend, engine, random, runs, quick }: Setting,
  model: OpenedModel,
  request: BenchRequest,
  emit: Emit,
): Promise<void> {
  // Quick: few and short, so that a software GPU gets through everybody's compilation in minutes.
  const [count, longest] = quick ? [4, 65] : [32, 160];
  const sequences = Array.from({ length: count }, (): WeightedSequence => {
    const length = random.integer(32, longest);
    return {
      ids: [...random.integers(length, 0, model.config.vocabSize - 1)],
      // Every token but the first is scored: peers compute logits everywhere, so nobody is spared any.
      promptLength: 1,
      advantage: random.normal(1)[0],
    };
  });
  const tokens = sequences.reduce((sum, s) => sum + s.ids.length - s.promptLength, 0);
  const { contestant, adapter } = await ourLoraStep(engine, model, sequences, tokens, random.next());
  const task: LoraStepTask = { model, adapter, sequences, tokens };
  const all = sequences.reduce((sum, s) => sum + s.ids.length, 0);
  const settings = {
    bench: 'lora-step',
    backend,
    device: engine.info.device,
    size: `${count} sequences, ${all} tokens`,
    flops: sequences.reduce(
      (sum, s) => sum + loraStepFlops(model.config, LORA, s.ids.length - 1, s.ids.length - s.promptLength),
      0,
    ),
    // One step of AdamW from zero moments is lr * sign(g) where |g| is large against eps, so the change is
    // compared, and an entry whose gradient is all rounding may go either way.
    tolerance: 5e-3,
    runs,
  };
  const jax = await opened(
    { bench: 'lora-step', engine: 'jax-js', size: settings.size },
    request,
    settings.device,
    emit,
    async () => {
      const { openJax } = await import('./peers/jax');
      const { jaxLoraStep } = await import('./peers/jax-lora-step');
      return (await openJax(backend)) ? jaxLoraStep(task, backend) : null;
    },
  );
  const tfjs = await opened(
    { bench: 'lora-step', engine: 'tfjs', size: settings.size },
    request,
    settings.device,
    emit,
    async () => {
      if (request.runtime === 'node') return null;
      const { openTfjs } = await import('./peers/tfjs');
      const { tfjsLoraStep } = await import('./peers/tfjs-lora-step');
      return (await openTfjs(backend)) ? tfjsLoraStep(task) : null;
    },
  );
  for (const figure of await race(settings, contestant, [...jax, ...tfjs])) emit(figure);
}

/** Ours, and the adapter that everybody begins with. */
export async function ourLoraStep(
  engine: Setting['engine'],
  { config, weights }: LoraStepTask['model'],
  sequences: readonly WeightedSequence[],
  tokens: number,
  phase: number,
): Promise<{ contestant: Contestant; adapter: NamedTensors }> {
  const model = await EngineModel.open({ backend: engine, config, weights, adapter: LORA });
  const initial = await model.adapterTensors();
  // B away from zero, so that A has a gradient too.
  let at = 0;
  const adapter: NamedTensors = new Map(
    [...initial].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + 0.02 * Math.sin(phase + at++)) },
    ]),
  );
  const samples = sequences.map(({ ids, promptLength }) => ({
    promptIds: ids.slice(0, promptLength),
    completionIds: ids.slice(promptLength),
  }));
  const batch = {
    samples,
    sampledLogprobs: samples.map(({ completionIds }) => new Float64Array(completionIds.length)),
    masks: samples.map(() => null),
    advantages: sequences.map(({ advantage }) => advantage),
  };
  model.loadAdapterTensors(adapter);
  const start = await model.exportState();
  return {
    adapter,
    contestant: {
      engine: 'agemem',
      async run() {
        // From the same start every time, so that every run does the same.
        model.importState(start);
        await model.updatePolicy(batch, {
          temperature: 1,
          loss: { ...TRL_LOSS_DEFAULTS, lossType: 'dapo', epsilon: null, epsilonHigh: null },
          totals: { rows: samples.length, tokens, items: tokens },
          iterations: 1,
          offPolicy: false,
          useReference: false,
          optimiser: { ...ADAMW, maxGradNorm: 0 },
        });
      },
      async result() {
        const after = await model.adapterTensors();
        return flatChange(after, adapter);
      },
      counts: () => ({ ...engine.counts }),
      dispose: () => model.dispose(),
    },
  };
}

/** After - before of all adapter matrices in one array, in the order of `before`. */
export function flatChange(after: NamedTensors, before: NamedTensors): Float64Array {
  const parts = [...before].map(([name, { data }]) =>
    Float64Array.from(data, (value, i) => (after.get(name)?.data[i] ?? Number.NaN) - value),
  );
  const flat = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    flat.set(part, offset);
    offset += part.length;
  }
  return flat;
}
