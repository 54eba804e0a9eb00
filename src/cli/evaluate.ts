/**
 * `npm run evaluate -- --episodes 200 --seed 1 [--adapter DIR] [--split NAME] [--wipe-memory] --json`:
 * one line of JSON about a policy on held-out tasks, sampled at the training temperature on common
 * seeds, in the window that the model was made for. `--family` says what tasks are about. `--policy` also takes the two scripted controls: the noisy demonstrator the bundled policy
 * was cloned from, and the perfect one.
 */
import type { Policy } from '../agent/policy';
import { ScriptedPolicy } from '../policies/scripted';
import { DEMONSTRATOR_ERRORS, PERFECT } from '../policies/scripted-noise';
import { REWARD_PRESET_NAMES } from '../reward/weights';
import { type Evaluation, evaluate } from '../rl/evaluate';
import { PRESETS } from '../rl/presets';
import { openTaskFamily } from '../tasks/registry';
import { SPLITS } from '../tasks/task';
import { Arguments } from './arguments';
import { FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { episodeRules } from './episode-rules';
import { transientMemories } from './node-memory';
import { openPolicy } from './open-policy';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Evaluate a policy on held-out tasks.', {
    episodes: { type: 'string', help: 'number of episodes', default: '200' },
    seed: { type: 'string', help: 'evaluation seed', default: '1' },
    split: { type: 'string', help: SPLITS.join(' | '), default: 'evaluation' },
    family: { type: 'string', help: 'what tasks are about', default: 'qa' },
    policy: { type: 'string', help: 'bundled | noisy | perfect', default: 'bundled' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: 'PEFT adapter folder' },
    backend: { type: 'string', help: 'wasm | webgpu | reference', default: 'wasm' },
    ...FAST_PATH_OPTIONS,
    reward: { type: 'string', help: REWARD_PRESET_NAMES.join(' | '), default: 'paper-appendix' },
    'wipe-memory': { type: 'boolean', help: 'control: empty the memory at the context reset' },
    json: { type: 'boolean', help: 'one line of JSON only' },
  });
  if (!args) return 0;
  const config = PRESETS.lab.config;
  const family = await openTaskFamily(args.text('family') ?? 'qa');
  const json = args.has('json');
  // A demonstrator plays by them too, but it is no model that they were chosen for.
  const quiet = json || args.text('policy') !== 'bundled';
  const rules = await episodeRules(args.text('model') ?? 'public/policy', quiet);
  const { policy, backend, dispose } = await choosePolicy(args);
  try {
    const result = await evaluate({
      policy,
      backend,
      memories: transientMemories(),
      episode: { ...rules, wipeMemoryAtReset: args.has('wipe-memory') },
      reward: args.choice('reward', REWARD_PRESET_NAMES),
      episodes: args.whole('episodes', 1),
      seed: args.whole('seed'),
      split: args.choice('split', SPLITS),
      family,
      temperature: config.temperature,
      maxNewTokens: config.maxNewTokens,
      onProgress: json ? undefined : showProgress,
    });
    process.stdout.write(
      json ? `${JSON.stringify({ ...result, family: family.id })}\n` : `\n${summary(result)}\n`,
    );
    return 0;
  } finally {
    dispose();
  }
}

async function choosePolicy(
  args: Arguments,
): Promise<{ policy: Policy; backend: string; dispose: () => void }> {
  const name = args.choice('policy', ['bundled', 'noisy', 'perfect']);
  if (name !== 'bundled') {
    const policy = new ScriptedPolicy({ errors: name === 'noisy' ? DEMONSTRATOR_ERRORS : PERFECT });
    return { policy, backend: 'none', dispose: () => {} };
  }
  const opened = await openPolicy({
    model: args.text('model') ?? 'public/policy',
    adapter: args.text('adapter'),
    backend: args.choice('backend', ['wasm', 'webgpu', 'reference']),
    fastPaths: fastPathsIn(args),
  });
  return { policy: opened.policy, backend: opened.model.info.device, dispose: () => opened.model.dispose() };
}

function showProgress(done: number, total: number): void {
  process.stderr.write(`\r${done} of ${total} episodes`);
}

function summary(e: Evaluation): string {
  const figure = (name: string, value: number, error: number) =>
    `${name.padEnd(18)} ${value.toFixed(3)} +- ${error.toFixed(3)}`;
  return [
    figure('reward', e.reward, e.stderr.reward),
    figure('task', e.task, e.stderr.task),
    figure('context', e.context, e.stderr.context),
    figure('memory', e.memory, e.stderr.memory),
    `storage precision  ${e.storage_precision.toFixed(3)}`,
    `well-formed steps  ${(100 * e.wellformed).toFixed(1)} %`,
    `copied exactly     ${(100 * e.copied_exactly).toFixed(1)} %`,
    `calls per episode  ${Object.entries(e.tools)
      .map(([tool, n]) => `${tool} ${n.toFixed(2)}`)
      .join(', ')}`,
    `${e.n} episodes of ${e.split}, seed ${e.seed}, ${e.backend}`,
  ].join('\n');
}
