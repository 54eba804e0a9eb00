/**
 * One baseline on the task on view: a fresh memory beside the model that acts, with the same dice, limits, system prompt
 * and embedder as the episode; with the demonstrator's episodes the expert reader acts in its place. No part of a first
 * visit: it comes when a memory is first compared.
 */
import type { EpisodeConfig } from '../../agent/config';
import type { Policy } from '../../agent/policy';
import type { MemoryController } from '../../baselines/controller';
import { BASELINES } from '../../baselines/methods';
import { playBaselines } from '../../baselines/play-baseline';
import type { Caller } from '../../baselines/written-call';
import type { Embedder } from '../../memory/memory';
import { ExpertReader } from '../../policies/expert-reader';
import { openTaskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import type { BaselineRun, BaselineSetting } from '../baselines-protocol';
import { demonstratorConfig, rolloutSeed } from '../episodes';
import { type AskedModels, roomForReplies } from '../judge/asked-model';
import { LabRefusal } from '../lab-errors';
import type { Args, News } from '../protocol';

export interface BesideRooms {
  readonly models: AskedModels;
  /** Of rollouts: all methods are searched with the same. */
  readonly embedder: Embedder;
  readonly tell: (news: News) => void;
}

/** @throws LabRefusal `cancelled`, `no-adapter`; QuestionsAbortedError; what policy and embedder throw */
export async function playBaseline(
  { models, embedder, tell }: BesideRooms,
  { task, ...setting }: Args<'playBaseline'>,
  signal: AbortSignal,
): Promise<BaselineRun> {
  const start = performance.now();
  const family = await openTaskFamily(task.family);
  const { policy, config } = actor(models, task, setting);
  const { caller, window } = replier(models, policy, setting, signal);
  const messages = task.messages.length + task.distractors.length;
  let written = 0;
  // The question with what follows is the last part.
  const tellProgress = () => tell({ kind: 'rollouts', finished: written++, total: messages + 1 });
  tellProgress();
  const controller = counting(BASELINES[setting.method]({ embedder, caller }), tellProgress);
  const { temperature, maxNewTokens } = models.play;
  const [{ task: _, ...result }] = await playBaselines(
    [
      {
        task,
        environment: family.createEnvironment(task),
        controller,
        config,
        seed: rolloutSeed(setting.dice, 0),
        placement: setting.placement,
      },
    ],
    policy,
    { temperature, maxNewTokens, signal },
  );
  if (result.end === 'aborted') {
    throw new LabRefusal(
      'cancelled',
      'The comparison was cancelled.',
      'Choose the memory again when you like.',
    );
  }
  return {
    setting,
    result,
    view: controller.view(),
    facts: { policyId: policy.id, window, embedder: embedder.id, ms: performance.now() - start },
  };
}

function actor(
  models: AskedModels,
  task: Task,
  { player, adapter }: BaselineSetting,
): { readonly policy: Policy; readonly config: EpisodeConfig } {
  return player === 'demonstrator'
    ? { policy: new ExpertReader(), config: demonstratorConfig(task) }
    : { policy: models.policy(adapter), config: models.play.episode };
}

function replier(
  models: AskedModels,
  policy: Policy,
  { player, adapter, dice, replies }: BaselineSetting,
  signal: AbortSignal,
): { readonly caller: Caller; readonly window: number | null } {
  if (player === 'demonstrator' || replies === 'rules') {
    return {
      caller: { kind: 'rules', countTokens: (message) => policy.countTokens(message) },
      window: null,
    };
  }
  const room = roomForReplies(models, adapter);
  return {
    caller: { kind: 'policy', policy, seed: rolloutSeed(dice, 0), signal, ...room },
    window: room.window,
  };
}

/** The same memory, which tells when it has taken a message. */
function counting(controller: MemoryController, taken: () => void): MemoryController {
  return {
    ...controller,
    write: async (message) => {
      const trace = await controller.write(message);
      taken();
      return trace;
    },
  };
}
