/**
 * `npm run record -- --seed 1 --dice 1 --out public/recorded/before-after.json`: plays one task with the bundled policy
 * before and after training, on the same dice, and writes both event logs as the engine made them, with what was paid
 * and why. The page shows them while the engine loads, labelled as recorded.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUNDLED_MAX_NEW_TOKENS, type EpisodeConfig } from '../agent/config';
import { Episode } from '../agent/episode';
import { runEpisodes } from '../agent/run-episodes';
import { earnMore } from '../reward/earn-more';
import { computeReward } from '../reward/reward';
import { PRESETS } from '../rl/presets';
import { LADDER } from '../tasks/ladder';
import { taskFamily } from '../tasks/registry';
import { SPLITS, type Task } from '../tasks/task';
import type { RecordedRun, Recording } from '../worker/episode-protocol';
import { ALTERNATIVES, rolloutSeed } from '../worker/episodes';
import { Arguments } from './arguments';
import { episodeRules } from './episode-rules';
import { transientMemories } from './node-memory';
import { openPolicy } from './open-policy';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Record one task before and after training.', {
    seed: { type: 'string', help: 'seed of the task', default: '1' },
    dice: { type: 'string', help: 'seed of the policy’s draws', default: '1' },
    split: { type: 'string', help: SPLITS.join(' | '), default: 'evaluation' },
    difficulty: { type: 'string', help: LADDER.join(' | '), default: 'revisions' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: 'PEFT adapter folder', default: 'public/adapter' },
    backend: { type: 'string', help: 'wasm | webgpu | reference', default: 'wasm' },
    out: { type: 'string', help: 'file to write; left out: a summary only' },
  });
  if (!args) return 0;
  const difficulty = args.choice('difficulty', LADDER);
  const task = taskFamily('qa').generate(args.whole('seed'), args.choice('split', SPLITS), difficulty);
  const dice = args.whole('dice');
  const backend = args.choice('backend', ['wasm', 'webgpu', 'reference'] as const);
  const model = args.text('model') ?? '';
  const episode = await episodeRules(model, false);
  const runs: RecordedRun[] = [];
  for (const adapter of ['none', 'shipped'] as const) {
    const opened = await openPolicy({
      model,
      backend,
      adapter: adapter === 'shipped' ? args.text('adapter') : undefined,
    });
    runs.push(await play(opened.policy, episode, task, dice, adapter));
    opened.model.dispose();
  }
  for (const { adapter, reward, log } of runs) {
    const answered = log.findLast((event) => event.type === 'answered' && event.stage === 3);
    const answer = answered?.type === 'answered' ? answered.text : 'none';
    process.stdout.write(
      `${task.id}, ${adapter}: reward ${reward.total.toFixed(3)}, answer "${answer}" (${task.answers[0]})\n`,
    );
  }
  const out = args.text('out');
  if (out) {
    const recording: Recording = {
      command: `npm run record -- ${argv.filter((word) => word !== '--').join(' ')}`,
      commit: spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).stdout.trim(),
      backend,
      dice,
      rewardPreset: 'paper-appendix',
      task,
      runs,
    };
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, `${JSON.stringify(recording)}\n`);
  }
  return 0;
}

/** One rollout, as the lab plays it: the same dice and temperature, the same alternatives for each token. */
async function play(
  policy: Awaited<ReturnType<typeof openPolicy>>['policy'],
  config: EpisodeConfig,
  task: Task,
  dice: number,
  adapter: RecordedRun['adapter'],
): Promise<RecordedRun> {
  const episode = await Episode.start({
    task,
    environment: taskFamily(task.family).createEnvironment(task),
    memory: await transientMemories().open(`recorded/${adapter}`),
    countTokens: (message) => policy.countTokens(message),
    config,
    episodeId: `${task.id}#${adapter}#${dice}#recorded`,
    seed: rolloutSeed(dice, 0),
    policyId: policy.id,
    adapter,
  });
  await runEpisodes([episode], policy, {
    temperature: PRESETS.lab.config.temperature,
    maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
    alternatives: ALTERNATIVES,
  });
  const reward = computeReward(episode.log, task);
  return { adapter, log: episode.log, reward, advice: earnMore(episode.log, task, reward) };
}
