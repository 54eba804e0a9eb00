/**
 * `npm run train -- --steps 20 --seed 1 [--tasks 4] [--group 8] [--backend wasm|webgpu] [--out DIR] --json`:
 * step-wise GRPO with LoRA on the bundled policy, in Node. One JSON line a step; with `--controls` a line
 * with the wiped memory, the two scripted demonstrators and training on the answer alone; at the end one
 * line `{"eval": {"before": E, "after": E}}`. `--out` writes the adapter in PEFT layout. Every switch of
 * the algorithm is an option: see `--help`.
 */
import type { Policy } from '../agent/policy';
import { ARM_IDS } from '../evidence/ablation-lines';
import { ScriptedPolicy } from '../policies/scripted';
import { DEMONSTRATOR_ERRORS, type DemonstratorErrors, PERFECT } from '../policies/scripted-noise';
import { DEFAULT_REWARD_PRESET } from '../reward/weights';
import { type Evaluation, evaluate } from '../rl/evaluate';
import type { TrainingMetrics } from '../rl/metrics';
import type { GrpoConfig } from '../rl/presets';
import { armConfig, playedAs } from '../rl/reproduce/arms';
import { GrpoTrainer } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import { openTaskFamily } from '../tasks/registry';
import { Arguments } from './arguments';
import { BACKEND_NAMES, FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { episodeRules } from './episode-rules';
import { GRPO_OPTIONS, grpoConfigIn } from './grpo-options';
import { transientMemories } from './node-memory';
import { type OpenedPolicy, openPolicy, saveAdapter } from './open-policy';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Train a LoRA adapter on the bundled policy with step-wise GRPO.', {
    seed: { type: 'string', help: 'training seed', default: '1' },
    ...GRPO_OPTIONS,
    variant: {
      type: 'string',
      help: `${ARM_IDS.join(' | ')}: an arm of the ablation, its episode, refused tools and reward`,
      default: 'agemem',
    },
    family: { type: 'string', help: 'what tasks are about', default: 'qa' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    backend: { type: 'string', help: 'wasm | webgpu | reference', default: 'wasm' },
    threads: { type: 'string', help: 'WebAssembly threads', default: '2' },
    ...FAST_PATH_OPTIONS,
    out: { type: 'string', help: 'folder for the adapter, PEFT layout' },
    'eval-episodes': { type: 'string', help: 'held-out episodes before and after; 0: none', default: '200' },
    'eval-seed': { type: 'string', help: 'evaluation seed', default: '1' },
    controls: { type: 'boolean', help: 'also wiped memory, both demonstrators, answer-only reward' },
    json: { type: 'boolean', help: 'JSON lines only' },
  });
  if (!args) return 0;
  const config = armConfig(variantIn(args), grpoConfigIn(args));
  const model = args.text('model') ?? 'public/policy';
  const played = playedAs(variantIn(args), await episodeRules(model, args.has('json')));
  const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const run = await train({ args, config, played }, (metrics) => {
    if (args.has('json')) print(stepLine(metrics));
    else process.stdout.write(`${stepText(metrics)}\n`);
  });
  try {
    const out = args.text('out');
    if (out) await saveAdapter(run.opened, out);
    if (args.has('controls') && run.after)
      print({ controls: await controls({ args, config, played }, run.opened) });
    print({ eval: { before: run.before, after: run.after }, train_seconds: run.seconds });
    return 0;
  } finally {
    run.opened.model.dispose();
  }
}

interface TrainedRun {
  readonly opened: OpenedPolicy;
  /** Null without evaluation. */
  readonly before: Evaluation | null;
  readonly after: Evaluation | null;
  /** Of training alone. */
  readonly seconds: number;
}

interface TrainSettings {
  readonly args: Arguments;
  readonly config: GrpoConfig;
  /** Episode and refused tools of the variant, in the window of the model. */
  readonly played: ReturnType<typeof playedAs>;
}

async function train(
  settings: TrainSettings,
  onStep: (metrics: TrainingMetrics) => void,
): Promise<TrainedRun> {
  const { args, config, played } = settings;
  const seed = args.whole('seed');
  const opened = await openPolicy({
    model: args.text('model') ?? 'public/policy',
    backend: args.choice('backend', BACKEND_NAMES),
    lora: config.lora,
    threads: args.whole('threads', 1),
    fastPaths: fastPathsIn(args),
    seed,
  });
  const family = await familyOf(args);
  const evaluates = args.whole('eval-episodes') > 0;
  const before = evaluates ? await measure(settings, opened.policy, opened.model.info.device) : null;
  const trainer = new GrpoTrainer({
    policy: opened.policy,
    config,
    ...played,
    memories: transientMemories(),
    sampleTask: (taskSeed) => sampleTask(taskSeed, 'train', undefined, family),
    seed,
    runId: `train${seed}`,
  });
  const started = performance.now();
  while (!trainer.finished) onStep((await trainer.trainStep()).metrics);
  const seconds = (performance.now() - started) / 1000;
  const after = evaluates ? await measure(settings, opened.policy, opened.model.info.device) : null;
  return { opened, before, after, seconds };
}

const familyOf = (args: Arguments) => openTaskFamily(args.text('family') ?? 'qa');
const variantIn = (args: Arguments) => args.choice('variant', ARM_IDS);

/** Held-out tasks with all rewards, whatever the policy was trained on. */
async function measure(
  { args, config, played }: TrainSettings,
  policy: Policy,
  backend: string,
  wipe = false,
): Promise<Evaluation> {
  const { episode, refusedTools } = played;
  return evaluate({
    policy,
    backend,
    memories: transientMemories(),
    episode: { ...episode, wipeMemoryAtReset: wipe },
    refusedTools,
    reward: DEFAULT_REWARD_PRESET,
    episodes: args.whole('eval-episodes'),
    seed: args.whole('eval-seed'),
    split: 'evaluation',
    family: await familyOf(args),
    temperature: config.temperature,
    maxNewTokens: config.maxNewTokens,
  });
}

/** What the trained policy must be compared with; all on the same tasks with the same dice. */
async function controls(settings: TrainSettings, opened: OpenedPolicy) {
  const device = opened.model.info.device;
  const answerOnly = await train(
    { ...settings, config: { ...settings.config, reward: 'answer-only' } },
    () => {},
  );
  answerOnly.opened.model.dispose();
  const scripted = (errors: DemonstratorErrors) => measure(settings, new ScriptedPolicy({ errors }), 'none');
  return {
    wiped_memory: await measure(settings, opened.policy, device, true),
    noisy_demonstrator: await scripted(DEMONSTRATOR_ERRORS),
    perfect_demonstrator: await scripted(PERFECT),
    answer_only: answerOnly.after,
  };
}

/** The line a step prints with --json: every metric, and the clip ratios once more as one object. */
function stepLine(m: TrainingMetrics): Readonly<Record<string, unknown>> {
  return {
    ...m,
    clip_ratio: {
      low_mean: m['clip_ratio/low_mean'],
      high_mean: m['clip_ratio/high_mean'],
      region_mean: m['clip_ratio/region_mean'],
    },
    ms: Math.round(m.ms),
    'ms/rollouts': Math.round(m['ms/rollouts']),
    'ms/away': Math.round(m['ms/away']),
  };
}

function stepText(m: TrainingMetrics): string {
  const parts = (['task', 'context', 'memory'] as const)
    .map((part) => `${part} ${m.rewards[part].mean.toFixed(3)}`)
    .join('  ');
  return (
    `step ${String(m.step).padStart(3)}  reward ${m.reward.toFixed(3)}  ${parts}  ` +
    `kl ${m.kl.toFixed(4)}  entropy ${m.entropy.toFixed(3)}  ${m.tokens} tokens (${m['tokens/computed']} computed)  ` +
    `${(m.ms / 1000).toFixed(1)} s${m['ms/away'] > 0 ? `, and ${(m['ms/away'] / 1000).toFixed(0)} s in which nothing ran` : ''}`
  );
}
