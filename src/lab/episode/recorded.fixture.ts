/** Real episodes for tests of the page: the agent's own code with the scripted policy, at any error rate. */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from '../../agent/config';
import { Episode } from '../../agent/episode';
import { runEpisodes } from '../../agent/run-episodes';
import { createTransientMemory } from '../../memory/long-term-memory';
import { noisyDemonstrator, perfectDemonstrator } from '../../policies/scripted';
import { computeReward } from '../../reward/reward';
import { computeAdvantages } from '../../rl/advantages';
import { taskFamily } from '../../tasks/registry';
import type { Difficulty, EventLog, GroupRun, RewardBreakdown, Task } from '../../worker/protocol';

export interface Recorded {
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
}

export interface RecordOptions {
  readonly seed: number;
  readonly dice?: number;
  readonly difficulty?: Difficulty;
  readonly family?: string;
  readonly perfect?: boolean;
  readonly config?: Partial<EpisodeConfig>;
}

export async function recordEpisode(options: RecordOptions): Promise<Recorded> {
  const { seed, dice = 1, difficulty = 'revisions', family = 'qa', perfect = false } = options;
  const policy = perfect ? perfectDemonstrator() : noisyDemonstrator();
  const task = taskFamily(family).generate(seed, 'evaluation', difficulty);
  const episode = await Episode.start({
    task,
    environment: taskFamily(family).createEnvironment(task),
    memory: await createTransientMemory({ namespace: `test/${seed}/${dice}` }),
    countTokens: (message) => policy.countTokens(message),
    config: { ...BUNDLED_EPISODE_CONFIG, ...options.config },
    episodeId: `episode-${seed}-${dice}`,
    seed: dice,
    policyId: policy.id,
  });
  await runEpisodes([episode], policy, { temperature: 1, maxNewTokens: 64 });
  return { task, log: episode.log, reward: computeReward(episode.log, task) };
}

export async function recordGroup(options: RecordOptions, size = 8): Promise<GroupRun> {
  const played: Recorded[] = [];
  for (let k = 0; k < size; k++) played.push(await recordEpisode({ ...options, dice: 100 + k }));
  const advantage = {
    mode: 'broadcast',
    scale: 'group',
    eps: 1e-4,
    stepNormalisation: false,
    singleton: 'zero',
  } as const;
  const steps = ({ log }: Recorded) => log.filter((event) => event.type === 'completion').length;
  const computed = computeAdvantages(
    played.map((one) => ({ group: 0, reward: one.reward.total, steps: steps(one) })),
    advantage,
  );
  return {
    task: played[0].task,
    adapter: 'none',
    rollouts: played.map(({ log, reward }, k) => ({
      k,
      log,
      reward,
      advantage: computed.rollouts[k],
      stepAdvantages: computed.steps[k],
    })),
    statistics: computed.groups[0],
    options: advantage,
    origin: 'a group of a test',
  };
}
