/**
 * Episodes the page plays: one open at a time, stepped or run, its events sent as they happen; groups of
 * rollouts of one task; the same task and dice under several adapters.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig, LARGE_WORLD_CONFIG } from '../agent/config';
import { Episode } from '../agent/episode';
import type { EpisodeEvent } from '../agent/events';
import type { Policy } from '../agent/policy';
import { perfectDemonstrator } from '../policies/scripted';
import { computeReward } from '../reward/reward';
import { computeAdvantages } from '../rl/advantages';
import { PRESETS } from '../rl/presets';
import { anchorKeys, collectForks, collectGroups } from '../rl/rollouts';
import { hashSeed } from '../rl/seeds';
import { taskFamilies, taskFamily } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { EPISODE } from './desk/names';
import type { WrittenStep } from './inside';
import { WrittenParts } from './judge/written-parts';
import { LabRefusal } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import type { TaskSource } from './own/task-source';
import type {
  Args,
  EpisodeStatus,
  GroupRun,
  News,
  OpenedEpisode,
  PlayOptions,
  ReplayRun,
  StepAddress,
} from './protocol';
import { rulesOf } from './rules-of';

/** Alternatives shown for each token. */
export const ALTERNATIVES = 10;

const DEMONSTRATOR = perfectDemonstrator();

/** As the bundled policy plays what it was made for; anything else with room for its world. */
export function demonstratorConfig({ family }: Task): EpisodeConfig {
  return taskFamilies.some(({ id }) => id === family) ? BUNDLED_EPISODE_CONFIG : LARGE_WORLD_CONFIG;
}

interface OpenEpisode {
  readonly id: string;
  readonly episode: Episode;
  readonly task: Task;
  readonly options: PlayOptions;
}

/** Dice of rollout k; the single episode is rollout 0, so a group begins with the episode just seen. */
export const rolloutSeed = (dice: number, k: number) => hashSeed(hashSeed(dice), k);

export class EpisodePlayer {
  private open: OpenEpisode | null = null;
  private serial = 0;
  private readonly parts: WrittenParts;
  /** Of the step under way. */
  private signal: AbortSignal | undefined;

  constructor(
    private readonly models: LabModels,
    private readonly memories: LabMemories,
    private readonly tell: (news: News) => void,
    private readonly tasks: TaskSource,
  ) {
    this.parts = new WrittenParts(models, tell);
  }

  /** Drops the open episode: another model acts. */
  async close(): Promise<void> {
    this.open = null;
    await this.memories.drop(EPISODE);
  }

  /** The memory of the open episode, or null. */
  get memory() {
    return this.open?.episode.memory ?? null;
  }

  async openEpisode(
    { task: address, options }: Args<'openEpisode'>,
    signal: AbortSignal,
  ): Promise<OpenedEpisode> {
    const policy = this.policyFor(options);
    const { task, written } = await this.parts.task(
      await this.tasks.at(address, options.player),
      options,
      signal,
    );
    this.open = null;
    await this.memories.drop(EPISODE);
    const id = `${task.id}#${options.adapter}#${options.dice}#${++this.serial}`;
    let pending: EpisodeEvent[] = [];
    let live = false;
    const send = () => {
      if (pending.length > 0) this.tell({ kind: 'episode-events', episodeId: id, events: pending });
      pending = [];
    };
    // A script has no window; worlds with long observations are shown whole to it.
    const shared = options.player === 'demonstrator' ? demonstratorConfig(task) : this.models.play.episode;
    const { refusedTools, config } = await rulesOf(options.method, shared);
    const episode = await Episode.start({
      task,
      environment: taskFamily(task.family).createEnvironment(task),
      memory: await this.memories.open(EPISODE),
      countTokens: (message) => policy.countTokens(message),
      config,
      refusedTools,
      episodeId: id,
      seed: rolloutSeed(options.dice, 0),
      policyId: policy.id,
      adapter: options.adapter,
      summariser: this.parts.summariser(options, () => this.signal),
      onEvent: (event) => {
        pending.push(event);
        if (live) send();
      },
    });
    this.open = { id, episode, task, options };
    await episode.request();
    send();
    live = true;
    return { episodeId: id, task, options, distractors: written };
  }

  async step(id: string, signal: AbortSignal): Promise<EpisodeStatus> {
    const open = this.current(id);
    if (!open.episode.done) await this.oneStep(open, signal);
    return status(open);
  }

  async run(id: string, signal: AbortSignal): Promise<EpisodeStatus> {
    const open = this.current(id);
    while (!open.episode.done && !signal.aborted) await this.oneStep(open, signal);
    return status(open);
  }

  /** What the policy read and wrote in a step of the open episode, and which adapter it wrote with. */
  written({ episodeId, step }: StepAddress): WrittenStep {
    const { episode, options } = this.current(episodeId);
    const completion = episode.log.find((event) => event.type === 'completion' && event.step === step);
    if (completion?.type !== 'completion') {
      throw new LabRefusal(
        'no-step',
        `The policy has written nothing in step ${step} of this episode.`,
        'Choose a moment in which it acted.',
      );
    }
    const { promptIds, tokens } = completion;
    return { adapter: options.adapter, promptIds, completionIds: tokens.map(({ id }) => id) };
  }

  async group(
    { task: address, options, groupSize, preset, advantageMode }: Args<'runGroup'>,
    signal: AbortSignal,
  ): Promise<GroupRun> {
    const { task } = await this.parts.task(await this.tasks.at(address), options, signal);
    // Played as the episode on view is, whatever the temperature of the preset: rollout 0 is that episode.
    const advantage = { ...PRESETS[preset].config.advantage, mode: advantageMode };
    const rollouts = await this.rollOut(task, groupSize, options, signal, advantageMode === 'fork');
    const advantages = computeAdvantages(
      rollouts.map((r) => ({
        group: 0,
        reward: r.reward.total,
        steps: r.steps.length,
        anchors: advantageMode === 'two-level' ? anchorKeys(r.log) : undefined,
        pastSteps: r.pastSteps,
      })),
      advantage,
    );
    return {
      task,
      adapter: options.adapter,
      method: options.method,
      rollouts: rollouts.map((r, k) => ({
        k,
        log: r.log,
        reward: r.reward,
        advantage: advantages.rollouts[k],
        stepAdvantages: advantages.steps[k],
        pastSteps: r.pastSteps,
      })),
      statistics: advantages.groups[0],
      options: advantage,
      origin: `${groupSize} rollouts of the task on view`,
    };
  }

  async compare(
    { task: address, dice, reward, adapters }: Args<'compareAdapters'>,
    signal: AbortSignal,
  ): Promise<readonly ReplayRun[]> {
    const task = await this.tasks.at(address);
    const runs: ReplayRun[] = [];
    for (const adapter of adapters) {
      const [rollout] = await this.rollOut(task, 1, { adapter, dice, reward }, signal);
      runs.push({ adapter, log: rollout.log, reward: rollout.reward });
    }
    return runs;
  }

  private async rollOut(task: Task, size: number, options: PlayOptions, signal: AbortSignal, fork = false) {
    const { config: episode, refusedTools } = await rulesOf(options.method, this.models.play.episode);
    return (fork ? collectForks : collectGroups)([task], size, [hashSeed(options.dice)], {
      ...this.models.play,
      episode,
      refusedTools,
      policy: this.models.policy(options.adapter),
      memories: this.memories.rollouts,
      reward: { preset: options.reward },
      summariser: this.parts.summariser(options, () => signal),
      runId: 'group',
      adapter: options.adapter,
      signal,
      onProgress: (finished, total) => this.tell({ kind: 'rollouts', finished, total }),
    });
  }

  private policyFor({ player, adapter }: PlayOptions): Policy {
    return player === 'demonstrator' ? DEMONSTRATOR : this.models.policy(adapter);
  }

  private async oneStep(open: OpenEpisode, signal: AbortSignal): Promise<void> {
    this.signal = signal;
    const request = await open.episode.request();
    // Asked for anew at each step: a run started since has another adapter in the place of "trained".
    const policy = this.policyFor(open.options);
    const { temperature, maxNewTokens } = this.models.play;
    const [completion] = await policy.generate([request], {
      temperature,
      maxNewTokens,
      alternatives: ALTERNATIVES,
      signal,
      onToken: (_, token) =>
        this.tell({ kind: 'token', episodeId: open.id, step: request.state.step, token }),
    });
    // Cancelled in the middle of a completion: the step has not happened, the episode stays open.
    if (completion.finish === 'aborted') return;
    await open.episode.apply(completion);
    this.memories.changed(this.memories.prefix + EPISODE);
    if (!open.episode.done) await open.episode.request();
  }

  private current(id: string): OpenEpisode {
    if (this.open?.id !== id) {
      throw new LabRefusal('no-episode', 'This episode is no longer open.', 'Press Reset to start it anew.');
    }
    return this.open;
  }
}

function status({ id, episode, task, options }: OpenEpisode): EpisodeStatus {
  return {
    episodeId: id,
    done: episode.done,
    reward: episode.done ? computeReward(episode.log, task, { preset: options.reward }) : null,
  };
}
