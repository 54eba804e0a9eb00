/**
 * `npm run train -- --steps 20 --seed 1 [--tasks 4] [--group 8] [--backend wasm|webgpu] [--out DIR] --json`:
 * step-wise GRPO with LoRA on the bundled policy, in Node. One JSON line a step, then one line
 * `{"eval": {"before": E, "after": E}}`; with `--controls` also the wiped memory and the scripted
 * demonstrators. `--out` writes the adapter in PEFT layout.
 */
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { Policy } from '../agent/policy';
import { ScriptedPolicy } from '../policies/scripted';
import { DEMONSTRATOR_ERRORS, PERFECT } from '../policies/scripted-noise';
import { REWARD_PRESET_NAMES } from '../reward/weights';
import { type Evaluation, evaluate } from '../rl/evaluate';
import type { TrainingMetrics } from '../rl/metrics';
import { type GrpoConfig, PRESETS, type PresetName } from '../rl/presets';
import { GrpoTrainer } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import { Arguments } from './arguments';
import { transientMemories } from './node-memory';
import { openPolicy, saveAdapter } from './open-policy';

const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
const ADVANTAGE_MODES = ['broadcast', 'last-step', 'experiences'] as const;

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Train a LoRA adapter on the bundled policy with step-wise GRPO.', {
    steps: { type: 'string', help: 'GRPO steps' },
    seed: { type: 'string', help: 'training seed', default: '1' },
    tasks: { type: 'string', help: 'tasks (groups) a step' },
    group: { type: 'string', help: 'rollouts of one task' },
    lr: { type: 'string', help: 'peak learning rate' },
    beta: { type: 'string', help: 'weight of the KL term' },
    preset: { type: 'string', help: PRESET_NAMES.join(' | '), default: 'lab' },
    reward: { type: 'string', help: `${REWARD_PRESET_NAMES.join(' | ')} (default: the preset's)` },
    advantage: { type: 'string', help: `${ADVANTAGE_MODES.join(' | ')} (default: the preset's)` },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    backend: { type: 'string', help: 'wasm | webgpu | reference', default: 'wasm' },
    out: { type: 'string', help: 'folder for the adapter, PEFT layout' },
    'eval-episodes': { type: 'string', help: 'held-out episodes before and after; 0: none', default: '200' },
    'eval-seed': { type: 'string', help: 'evaluation seed', default: '1' },
    controls: { type: 'boolean', help: 'also evaluate the controls' },
    json: { type: 'boolean', help: 'JSON lines only' },
  });
  if (!args) return 0;
  const config = readConfig(args);
  const seed = args.whole('seed');
  const json = args.has('json');
  const opened = await openPolicy({
    model: args.text('model') ?? 'public/policy',
    backend: args.choice('backend', ['wasm', 'webgpu', 'reference']),
    lora: config.lora,
    seed,
  });
  const memories = transientMemories();
  const episodes = args.whole('eval-episodes');
  const measure = (policy: Policy, wipe = false): Promise<Evaluation> =>
    evaluate({
      policy,
      backend: opened.model.info.device,
      memories,
      episode: { ...BUNDLED_EPISODE_CONFIG, wipeMemoryAtReset: wipe },
      reward: 'paper-appendix',
      episodes,
      seed: args.whole('eval-seed'),
      split: 'evaluation',
      temperature: config.temperature,
      maxNewTokens: config.maxNewTokens,
    });
  try {
    const before = episodes > 0 ? await measure(opened.policy) : null;
    const trainer = new GrpoTrainer({
      policy: opened.policy,
      config,
      episode: BUNDLED_EPISODE_CONFIG,
      memories,
      sampleTask: (taskSeed) => sampleTask(taskSeed, 'train'),
      seed,
      runId: `train${seed}`,
    });
    const started = performance.now();
    while (!trainer.finished) {
      const { metrics } = await trainer.trainStep();
      process.stdout.write(`${json ? JSON.stringify(stepLine(metrics)) : stepText(metrics)}\n`);
    }
    const seconds = (performance.now() - started) / 1000;
    const after = episodes > 0 ? await measure(opened.policy) : null;
    const out = args.text('out');
    if (out) await saveAdapter(opened, out);
    process.stdout.write(`${JSON.stringify({ eval: { before, after }, train_seconds: seconds })}\n`);
    if (args.has('controls') && episodes > 0) {
      const controls = {
        wiped_memory: await measure(opened.policy, true),
        noisy_demonstrator: await measure(new ScriptedPolicy({ errors: DEMONSTRATOR_ERRORS })),
        perfect_demonstrator: await measure(new ScriptedPolicy({ errors: PERFECT })),
      };
      process.stdout.write(`${JSON.stringify({ controls })}\n`);
    }
    return 0;
  } finally {
    opened.model.dispose();
  }
}

function readConfig(args: Arguments): GrpoConfig {
  const base = PRESETS[args.choice('preset', PRESET_NAMES)].config;
  const number = (name: string, otherwise: number) =>
    args.text(name) === undefined ? otherwise : Number(args.text(name));
  return {
    ...base,
    steps: args.text('steps') === undefined ? base.steps : args.whole('steps', 1),
    tasksPerStep: args.text('tasks') === undefined ? base.tasksPerStep : args.whole('tasks', 1),
    groupSize: args.text('group') === undefined ? base.groupSize : args.whole('group', 2),
    lr: number('lr', base.lr),
    loss: { ...base.loss, beta: number('beta', base.loss.beta) },
    reward: args.text('reward') === undefined ? base.reward : args.choice('reward', REWARD_PRESET_NAMES),
    advantage:
      args.text('advantage') === undefined
        ? base.advantage
        : { ...base.advantage, mode: args.choice('advantage', ADVANTAGE_MODES) },
  };
}

/** The line a step prints with --json. */
function stepLine(m: TrainingMetrics): Readonly<Record<string, unknown>> {
  return {
    step: m.step,
    reward: m.reward,
    reward_std: m.reward_std,
    frac_reward_zero_std: m.frac_reward_zero_std,
    rewards: m.rewards,
    kl: m.kl,
    entropy: m.entropy,
    clip_ratio: {
      low_mean: m['clip_ratio/low_mean'],
      high_mean: m['clip_ratio/high_mean'],
      region_mean: m['clip_ratio/region_mean'],
    },
    grad_norm: m.grad_norm,
    learning_rate: m.learning_rate,
    logprob_gap: m['sampling/logprob_gap'],
    wellformed: m.wellformed,
    storage_precision: m.storage_precision,
    tools: m.tools,
    tokens: m.tokens,
    ms: Math.round(m.ms),
  };
}

function stepText(m: TrainingMetrics): string {
  const parts = (['task', 'context', 'memory'] as const)
    .map((part) => `${part} ${m.rewards[part].mean.toFixed(3)}`)
    .join('  ');
  return (
    `step ${String(m.step).padStart(3)}  reward ${m.reward.toFixed(3)}  ${parts}  ` +
    `kl ${m.kl.toFixed(4)}  entropy ${m.entropy.toFixed(3)}  ${m.tokens} tokens  ${(m.ms / 1000).toFixed(1)} s`
  );
}
