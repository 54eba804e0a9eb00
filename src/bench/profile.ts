/** `profile`: time and bytes of each kernel in a decoding batch and in a LoRA step of the bundled policy. */
import { EngineModel } from '../engine/model/engine-model';
import { TRL_LOSS_DEFAULTS } from '../engine/training/grpo-loss';
import type { Emit, Setting } from './benches';
import { refusal } from './figure';
import { LORA } from './lora-step';
import type { OpenedModel } from './run';

export async function profile(
  { backend, engine, random, quick }: Setting,
  { config, weights }: OpenedModel,
  emit: Emit,
): Promise<void> {
  const model = await EngineModel.open({ backend: engine, config, weights, adapter: LORA });
  const rows = quick ? 4 : 16;
  const samples = Array.from({ length: rows }, () => {
    const ids = [...random.integers(random.integer(32, 128), 0, config.vocabSize - 1)];
    return { promptIds: ids.slice(0, ids.length >> 1), completionIds: ids.slice(ids.length >> 1) };
  });
  const tokens = samples.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
  const passes: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      `decode ${rows} x 16 tokens`,
      () =>
        model.generate(
          samples.map(({ promptIds }, seed) => ({ promptIds, seed })),
          { temperature: 1, maxNewTokens: 16, stopIds: [] },
        ),
    ],
    [
      `lora step, ${rows} sequences`,
      () =>
        model.updatePolicy(
          {
            samples,
            sampledLogprobs: samples.map(({ completionIds }) => new Float64Array(completionIds.length)),
            masks: samples.map(() => null),
            advantages: samples.map((_, i) => (i % 2 === 0 ? 1 : -1)),
          },
          {
            temperature: 1,
            loss: TRL_LOSS_DEFAULTS,
            totals: { rows, tokens, items: tokens },
            iterations: 1,
            offPolicy: false,
            useReference: true,
            optimiser: { lr: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 },
          },
        ),
    ],
  ];
  for (const [size, pass] of passes) {
    await pass();
    engine.startProfile();
    await pass();
    const kernels = await engine.stopProfile();
    const total = kernels.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
    const race = {
      bench: 'profile',
      backend,
      device: engine.info.device,
      flops: null,
      tolerance: 0,
      runs: 1,
    };
    for (const { kernel, calls, ms, bytes } of kernels) {
      emit({
        ...refusal({ ...race, size: `${size}: ${kernel}` }, 'agemem', ''),
        note: ms === null ? 'the device has no timestamp queries' : undefined,
        median_ms: ms,
        min_ms: ms,
        max_ms: ms,
        dispatches: calls,
        bytes,
        share: ms === null || total === 0 ? null : ms / total,
      });
    }
  }
  model.dispose();
}
