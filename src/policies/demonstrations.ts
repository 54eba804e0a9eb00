/**
 * Demonstrations: whole episodes played by the scripted demonstrator, step by step as a policy sees
 * and writes them. They are the corpus that the bundled policy's tokenizer and weights are made from
 * (behaviour cloning), so they come from the real episode with the real tools, memory and context.
 *
 * Deterministic in the seeds. Episode i of a run depends on `firstSeed + i` alone, so a corpus can be
 * continued, split or resumed anywhere. A few thousand episodes a minute on one core.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from '../agent/config';
import { Episode } from '../agent/episode';
import type { EventLog, Stage } from '../agent/events';
import type { ChatMessage } from '../agent/policy';
import type { LongTermMemory } from '../memory/memory';
import { type DifficultyMix, sampleTask } from '../tasks/ladder';
import { createRandom } from '../tasks/random';
import { taskFamily } from '../tasks/registry';
import type { Split, Task, TaskFamily } from '../tasks/task';
import { type ActingLearner, actedByLearner } from './acting-learner';
import { estimateTokens, ScriptedPolicy } from './scripted';
import { DEMONSTRATOR_ERRORS, type DemonstratorErrors } from './scripted-noise';
import type { DecisionKind } from './scripted-thoughts';

export interface DemonstrationOptions {
  /** An empty memory for one episode. */
  readonly openMemory: (namespace: string) => Promise<LongTermMemory>;
  /** Seed of the first task; later ones follow it. Default 0. */
  readonly firstSeed?: number;
  /** How many episodes; `Infinity` goes on for ever. */
  readonly episodes: number;
  /** Default `train`; a corpus to learn from must not use another. */
  readonly split?: Split;
  /** Default `DEMONSTRATOR_ERRORS`. */
  readonly errors?: DemonstratorErrors;
  /** Default: the ladder's. */
  readonly mix?: DifficultyMix;
  /** Default: question answering. */
  readonly family?: TaskFamily;
  /** Default `BUNDLED_EPISODE_CONFIG`. */
  readonly config?: EpisodeConfig;
  /** Decides when C overflows. Default: an estimate, since a tokenizer may be yet to be made from this corpus. */
  readonly countTokens?: (message: ChatMessage) => number;
}

/** One policy call: the prompt's messages and the completion to learn. */
export interface DemonstratedStep {
  readonly messages: readonly ChatMessage[];
  readonly completion: string;
  readonly stage: Stage;
  readonly decision: DecisionKind;
}

export interface DemonstratedEpisode {
  readonly task: Task;
  readonly steps: readonly DemonstratedStep[];
  readonly log: EventLog;
}

/** Episodes in the order of their seeds, made as they are asked for. */
export async function* demonstrate(
  options: DemonstrationOptions,
): AsyncGenerator<DemonstratedEpisode, void, void> {
  const first = options.firstSeed ?? 0;
  for (let seed = first; seed < first + options.episodes; seed++) {
    yield await demonstrateTask(
      sampleTask(seed, options.split ?? 'train', options.mix, options.family),
      seed,
      options,
    );
  }
}

type PlayOptions = Omit<DemonstrationOptions, 'firstSeed' | 'episodes' | 'split' | 'mix' | 'family'>;

/** One episode of the demonstrator on this task; `seed` decides its errors. */
export async function demonstrateTask(
  task: Task,
  seed: number,
  options: PlayOptions,
): Promise<DemonstratedEpisode> {
  const [episode] = await demonstrateTasks([{ task, seed }], options);
  return episode;
}

/** Several of them in lockstep, each as it would be alone; what a learner does in them is asked for all at once. */
export async function demonstrateTasks(
  plan: readonly { readonly task: Task; readonly seed: number }[],
  options: PlayOptions & { readonly learner?: ActingLearner },
): Promise<readonly DemonstratedEpisode[]> {
  const countTokens = options.countTokens ?? estimateTokens;
  const decisions: DecisionKind[] = [];
  const policy = new ScriptedPolicy({
    errors: options.errors ?? DEMONSTRATOR_ERRORS,
    countTokens,
    onDecision: (kind) => decisions.push(kind),
  });
  const played = await Promise.all(
    plan.map(async ({ task, seed }) => {
      const episodeId = `rollout/demonstration/${task.id}`;
      const steps: DemonstratedStep[] = [];
      const episode = await Episode.start({
        task,
        environment: taskFamily(task.family).createEnvironment(task),
        memory: await options.openMemory(episodeId),
        countTokens,
        config: options.config ?? BUNDLED_EPISODE_CONFIG,
        episodeId,
        seed: createRandom('demonstration', seed).int(2 ** 32),
        policyId: policy.id,
      });
      return { task, episode, steps };
    }),
  );
  for (;;) {
    const open = played.filter(({ episode }) => !episode.done);
    if (open.length === 0) break;
    const requests = await Promise.all(open.map(({ episode }) => episode.request()));
    decisions.length = 0;
    const completions = await policy.generate(requests, {});
    const decided = completions.map((completion, i) => ({ completion, decision: decisions[i] }));
    const taken = options.learner ? await actedByLearner(requests, decided, options.learner) : decided;
    for (const [i, { completion, decision }] of taken.entries()) {
      const { messages, state } = requests[i];
      open[i].steps.push({ messages, completion: completion.text, stage: state.stage, decision });
      await open[i].episode.apply(completion);
    }
  }
  return played.map(({ task, episode, steps }) => ({ task, steps, log: episode.log }));
}
