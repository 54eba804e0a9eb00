/**
 * What would have been: an episode with something changed by hand, scripts carried out by the lab's own tools, and
 * groups played otherwise than the paper says. Memories are the tab's own and gone afterwards.
 */
import { playBranch } from '../agent/branch';
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from '../agent/config';
import { Episode } from '../agent/episode';
import type { Policy } from '../agent/policy';
import { recordedSummaries } from '../agent/recorded-summaries';
import { runEpisodes } from '../agent/run-episodes';
import { computeReward, type RewardBreakdown, type RewardOptions } from '../reward/reward';
import { computeAdvantages } from '../rl/advantages';
import { PRESETS } from '../rl/presets';
import type { MemoryProvider } from '../rl/rollouts';
import { hashSeed } from '../rl/seeds';
import { taskFamily } from '../tasks/registry';
import type { Task, TaskMessage } from '../tasks/task';
import { LabRefusal } from './lab-errors';
import type { LabModels } from './models';
import type { TaskSource } from './own/task-source';
import type { Args, News } from './protocol';
import { rulesOf } from './rules-of';
import type { PlayedEpisode, VariantRun, WhatIf } from './what-if-protocol';

export interface WhatIfRooms {
  readonly models: Pick<LabModels, 'policy' | 'play'>;
  readonly memories: MemoryProvider;
  readonly tell: (news: News) => void;
}

export async function branchEpisode(
  { models, memories, tell }: WhatIfRooms,
  { task: original, log, adapter, method, whatIf }: Args<'branchEpisode'>,
  signal: AbortSignal,
): Promise<PlayedEpisode> {
  const begun = log[0];
  if (begun?.type !== 'episode-started' || log.at(-1)?.type !== 'episode-ended') {
    throw new LabRefusal(
      'unfinished',
      'A branch is compared with an episode that is over.',
      'Run it to its end.',
    );
  }
  const policy = models.policy(adapter);
  const task = changedTask(original, whatIf);
  const { temperature, maxNewTokens } = models.play;
  const { config: asPlayed, refusedTools } = await rulesOf(method, models.play.episode);
  const config: EpisodeConfig = {
    ...asPlayed,
    resetBetweenStages: whatIf.resetBetweenStages,
    maxContextTokens: whatIf.maxContextTokens ?? asPlayed.maxContextTokens,
  };
  const steps = log.filter(({ type }) => type === 'completion').length;
  const start = { task, config, policy, seed: begun.seed, name: 'what-if/branch' };
  return inMemory(memories, start.name, async (memory) => {
    const episode = await Episode.start({
      ...startOf(start),
      memory,
      adapter,
      refusedTools,
      summariser: recordedSummaries(log),
    });
    await playBranch(episode, policy, log, whatIf.interventions, {
      temperature,
      maxNewTokens,
      signal,
      onStep: (finished) => tell({ kind: 'rollouts', finished, total: Math.max(steps, finished) }),
    });
    refuseIfCancelled(signal);
    return paid(episode, { weights: whatIf.weights, maintenance: whatIf.maintenance });
  });
}

/** The task with the texts that were changed, under a name of its own. */
function changedTask(task: Task, { messages }: WhatIf): Task {
  if (messages.length === 0) return task;
  const changed = (stage: 1 | 2, list: readonly TaskMessage[]) =>
    list.map((message, index) => {
      const edit = messages.find((one) => one.stage === stage && one.index === index);
      return edit ? { ...message, content: edit.content } : message;
    });
  return {
    ...task,
    id: `${task.id}~changed`,
    messages: changed(1, task.messages),
    distractors: changed(2, task.distractors),
  };
}

export async function playScript(
  { models, memories }: WhatIfRooms,
  { script }: Args<'playScript'>,
): Promise<PlayedEpisode> {
  const { task, completions, stepsPerMessage, maxContextTokens } = script;
  const policy = models.policy('none');
  const config: EpisodeConfig = {
    // The exhibits are written for its rules, whatever acts meanwhile.
    ...BUNDLED_EPISODE_CONFIG,
    stepsPerMessage,
    maxContextTokens,
    // Nothing is computed from these prompts, so no window bounds them.
    hardPromptTokens: 4 * maxContextTokens,
    maxRounds: completions.length,
    hardRounds: { 1: completions.length + 1, 2: completions.length + 1, 3: completions.length + 1 },
  };
  return inMemory(memories, 'what-if/script', async (memory) => {
    const start = startOf({ task, config, policy, seed: 0, name: 'what-if/script' });
    const episode = await Episode.start({ ...start, memory, policyId: 'script' });
    for (const text of completions) {
      if (episode.done) break;
      await episode.request();
      await episode.apply({ text, promptIds: [], tokens: [], finish: 'stop' });
    }
    if (!episode.done) {
      throw new LabRefusal(
        'short-script',
        `The script of ${task.id} ends before its episode does.`,
        'Add what is missing.',
      );
    }
    return paid(episode, {});
  });
}

export function payAgain({ task, log, weights, maintenance }: Args<'payAgain'>): RewardBreakdown {
  return computeReward(log, task, { weights, maintenance });
}

export async function playVariant(
  { models, memories, tell, tasks }: WhatIfRooms & { readonly tasks: TaskSource },
  { task: address, options, size, variant }: Args<'playVariant'>,
  signal: AbortSignal,
): Promise<VariantRun> {
  if (size < 2)
    throw new LabRefusal('group-size', 'A group has two rollouts or more.', 'Ask for two or more.');
  const task = await tasks.at(address);
  const policy = models.policy(options.adapter);
  const { resetBetweenStages, distractorsShared, sameDice } = variant;
  const { episode, temperature, maxNewTokens, batchRollouts } = models.play;
  const config: EpisodeConfig = { ...episode, resetBetweenStages, distractorsShared };
  const names = Array.from({ length: size }, (_, k) => `what-if/variant/k${k}`);
  try {
    const episodes: Episode[] = [];
    for (const [k, name] of names.entries()) {
      episodes.push(
        await Episode.start({
          ...startOf({
            task,
            config,
            policy,
            seed: hashSeed(hashSeed(options.dice), sameDice ? 0 : k),
            name,
          }),
          memory: await memories.open(name),
          adapter: options.adapter,
          distractors: distractorsShared ? undefined : distractorsOf(address.seed, k, task),
        }),
      );
    }
    const outcomes = await runEpisodes(episodes, policy, {
      temperature,
      maxNewTokens,
      batchSize: batchRollouts,
      signal,
      onRound: ({ finished, total }) => tell({ kind: 'rollouts', finished, total }),
    });
    refuseIfCancelled(signal);
    for (const { error } of outcomes) if (error) throw error;
    const played = episodes.map((episode) => paid(episode, { preset: options.reward }));
    const { groups } = computeAdvantages(
      played.map(({ log, reward }) => ({
        group: 0,
        reward: reward.total,
        steps: log.filter(({ type }) => type === 'completion').length,
      })),
      PRESETS.lab.config.advantage,
    );
    return { episodes: played, statistics: groups[0] };
  } finally {
    for (const name of names) await memories.drop(name);
  }
}

/** As many as the task has, from other tasks of its kind: related in form, about other people. */
function distractorsOf(seed: number, k: number, task: Task): readonly TaskMessage[] {
  const family = taskFamily(task.family);
  const found: TaskMessage[] = [];
  for (let next = 0; found.length < task.distractors.length; next++) {
    const other = family.generate(hashSeed(seed, 0xd157, k, next), task.split, task.difficulty);
    found.push(...other.distractors);
  }
  return found.slice(0, task.distractors.length);
}

interface Starting {
  readonly task: Task;
  readonly config: EpisodeConfig;
  readonly policy: Policy;
  readonly seed: number;
  readonly name: string;
}

function startOf({ task, config, policy, seed, name }: Starting) {
  return {
    task,
    config,
    seed,
    environment: taskFamily(task.family).createEnvironment(task),
    countTokens: (message: Parameters<Policy['countTokens']>[0]) => policy.countTokens(message),
    episodeId: name,
    policyId: policy.id,
  };
}

function paid({ log, task }: Episode, options: RewardOptions): PlayedEpisode {
  return { task, log, reward: computeReward(log, task, options) };
}

async function inMemory<T>(
  memories: MemoryProvider,
  name: string,
  work: (memory: Awaited<ReturnType<MemoryProvider['open']>>) => Promise<T>,
): Promise<T> {
  await memories.drop(name);
  try {
    return await work(await memories.open(name));
  } finally {
    await memories.drop(name);
  }
}

function refuseIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new LabRefusal('cancelled', 'It was cancelled.', 'Start it again when you like.');
}
