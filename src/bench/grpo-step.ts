/**
 * `grpo-step`: whole training steps of the lab's preset on the bundled policy, 4 tasks x 8 rollouts,
 * everything included (agent, memory, rewards, tokenizer). What the step needs in floating-point
 * operations, counted on paper with shared prefixes once, is set against our own rate at 512 x 512 x 512,
 * measured before and after each step (a machine that others use changes its pace): the share is what
 * arrives of the arithmetic the machine has.
 */
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig, ModelConfig } from '../engine/model/model-config';
import { packForest, sortedOrder } from '../engine/model/token-tree';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import { EnginePolicy } from '../policies/engine-policy';
import { PRESETS } from '../rl/presets';
import type { Rollout } from '../rl/rollouts';
import { GrpoTrainer } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import type { Emit, Setting } from './benches';
import { median, race, refusal } from './figure';
import { matmulFlops, rowFlops } from './flops';
import type { OpenedModel } from './run';

/** A memory for each rollout, gone with it. */
function memories() {
  const embedder = new NgramEmbedder();
  return {
    open: async (namespace: string) => createTransientMemory({ embedder, namespace }),
    drop: async () => {},
  };
}

export async function grpoStep(setting: Setting, opened: OpenedModel, emit: Emit): Promise<void> {
  const { backend, engine, runs, quick } = setting;
  const base = PRESETS.lab.config;
  const config = quick ? { ...base, tasksPerStep: 1, groupSize: 4 } : base;
  const { config: shape, weights, chat } = opened;
  const model = await EngineModel.open({
    backend: engine,
    config: shape,
    weights,
    adapter: config.lora,
    adapterSeed: 1,
    decode: setting.decode,
  });
  const trainer = new GrpoTrainer({
    policy: new EnginePolicy('bundled', model, chat, true),
    config: { ...config, steps: runs + 1 },
    episode: BUNDLED_EPISODE_CONFIG,
    memories: memories(),
    sampleTask: (seed) => sampleTask(seed, 'train'),
    seed: 1,
    runId: 'bench',
  });
  await trainer.trainStep();
  const rates = [await squareRate(setting)];
  const times: number[] = [];
  const shares: number[] = [];
  const counts = { dispatches: 0, submits: 0, readbacks: 0 };
  let tokens = 0;
  let computed = 0;
  let played = 0;
  let flops = 0;
  for (let run = 0; run < runs; run++) {
    const before = { ...engine.counts };
    const { metrics, rollouts } = await trainer.trainStep();
    for (const name of ['dispatches', 'submits', 'readbacks'] as const) {
      counts[name] += engine.counts[name] - before[name];
    }
    rates.push(await squareRate(setting));
    times.push(metrics.ms);
    tokens += metrics.tokens;
    computed += metrics['tokens/computed'];
    played += metrics['ms/rollouts'];
    const own = stepFlops(shape, config.lora, rollouts, config.iterations);
    flops += own;
    shares.push(own / metrics.ms / 1e6 / ((rates[run] + rates[run + 1]) / 2));
  }
  const size = `${config.tasksPerStep} tasks x ${config.groupSize} rollouts, ${config.iterations} updates`;
  const settings = {
    bench: 'grpo-step',
    backend,
    device: engine.info.device,
    size,
    flops: null,
    tolerance: 0,
    runs,
  };
  const each = (name: keyof typeof counts) => Math.round(counts[name] / runs);
  const milliseconds = times.reduce((sum, time) => sum + time, 0);
  emit({
    ...refusal(settings, 'agemem', ''),
    note: undefined,
    median_ms: median(times),
    min_ms: Math.min(...times),
    max_ms: Math.max(...times),
    gflops: flops / milliseconds / 1e6,
    dispatches: each('dispatches'),
    submits: each('submits'),
    readbacks: each('readbacks'),
    error_vs_ours: 0,
    square_gflops: median(rates),
    share_of_square: median(shares),
    tokens: Math.round(tokens / runs),
    tokens_computed: Math.round(computed / runs),
    rollouts_ms: played / runs,
    update_ms: (milliseconds - played) / runs,
  });
  model.dispose();
}

/** Our own rate at 512 x 512 x 512, GFLOP/s. */
async function squareRate({ backend, engine, random, runs }: Setting): Promise<number> {
  const n = 512;
  const times = backend === 'wasm' ? 8 : 1;
  const tensors = ['out', 'a', 'b'].map((label) => engine.alloc('f32', n * n, label, 'activation'));
  for (const tensor of tensors) engine.write(tensor, random.normal(n * n));
  const [out, a, b] = tensors;
  const flops = times * matmulFlops(n, n, n);
  const settings = {
    bench: 'matmul',
    backend,
    device: engine.info.device,
    size: '512',
    flops,
    tolerance: 0,
    runs,
  };
  const [figure] = await race(
    settings,
    {
      engine: 'agemem',
      async run() {
        for (let i = 0; i < times; i++) engine.matmul({ out, a, b, m: n, n, k: n });
        await engine.flush();
      },
      result: async () => [0],
    },
    [],
  );
  for (const tensor of tensors) engine.free(tensor);
  return figure.gflops ?? Number.NaN;
}

/** What the rollouts and the updates of a step need. */
function stepFlops(
  shape: ModelConfig,
  lora: LoraConfig,
  rollouts: readonly Rollout[],
  iterations: number,
): number {
  const steps = rollouts.flatMap((rollout) => rollout.steps);
  const inputs = steps.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds.slice(0, -1)]);
  const order = sortedOrder(inputs);
  const { packed } = packForest(
    order.map((index) => inputs[index]),
    order.map(() => []),
  );
  const scored = steps.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
  const rows = rowFlops(shape, lora, packed.positions);
  const head = 2 * shape.hiddenSize * shape.vocabSize * scored;
  // Every distinct prefix once for playing, once with the adapter off; forward and back for each update.
  const play = rows.forward + head;
  const reference = rowFlops(shape, null, packed.positions).forward + head;
  return play + reference + iterations * (rows.step + 2 * head);
}
