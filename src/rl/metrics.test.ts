import { describe, expect, it } from 'vitest';
import { answering, calling, MIRA_TASK, play, sayingPolicy } from '../agent/playing.fixture';
import { formatCompletion } from '../agent/protocol';
import { computeReward, type RewardBreakdown } from '../reward/reward';
import { mean, meanStd } from '../statistics/mean';
import type { Task } from '../tasks/task';
import { computeAdvantages } from './advantages';
import { episodeMetrics, REWARD_PARTS, rolloutMetrics } from './metrics';
import type { Rollout, StepSample } from './rollouts';

/** A step of so many prompt and completion tokens. */
function step(prompt: number, completion: number, flags: Partial<StepSample> = {}): StepSample {
  return {
    promptIds: Array(prompt).fill(1),
    completionIds: Array(completion).fill(2),
    logprobs: Array(completion).fill(-1),
    truncated: false,
    wellFormed: true,
    strictlyWellFormed: flags.wellFormed ?? true,
    ...flags,
  };
}

/** A rollout of texts that were really played; the reward and the steps may be set by hand. */
async function rollout(
  texts: readonly string[],
  hand: { group?: number; total?: number; steps?: readonly StepSample[]; task?: Task } = {},
): Promise<Rollout> {
  const task = hand.task ?? MIRA_TASK;
  const { log } = await play(sayingPolicy(texts), { task });
  const paid = computeReward(log, task);
  const reward: RewardBreakdown = { ...paid, total: hand.total ?? paid.total };
  return { group: hand.group ?? 0, k: 0, task, log, reward, steps: hand.steps ?? [] };
}

const add = (content: string) => calling('Add_memory', { content });

describe('lengths and shares over the steps of all rollouts', () => {
  it('by hand', async () => {
    const metrics = episodeMetrics([
      await rollout([], { steps: [step(10, 4), step(20, 8, { truncated: true, wellFormed: false })] }),
      await rollout([], { steps: [step(30, 3), step(40, 1, { wellFormed: false })] }),
    ]);
    expect(metrics['completions/mean_length']).toBe(4);
    expect(metrics['completions/min_length']).toBe(1);
    expect(metrics['completions/max_length']).toBe(8);
    expect(metrics['completions/clipped_ratio']).toBe(0.25);
    expect(metrics['prompts/mean_length']).toBe(25);
    expect(metrics.wellformed).toBe(0.5);
    expect(metrics.tokens).toBe(116);
    expect(metrics.episodes).toBe(2);
  });

  it('count the past that continuations of a fork share once, and as read not at all', async () => {
    const past = [step(10, 4), step(20, 8)];
    const shared = [add('x'), add('y')];
    const group = [
      { ...(await rollout([...shared, answering('a')], { steps: [...past, step(30, 3)] })), pastSteps: 2 },
      { ...(await rollout([...shared, add('z')], { steps: [...past, step(32, 5)] })), pastSteps: 2 },
    ];
    const metrics = episodeMetrics(group);
    expect(metrics['prompts/mean_length']).toBe((10 + 20 + 30 + 32) / 4);
    expect(metrics['completions/mean_length']).toBe((4 + 8 + 3 + 5) / 4);
    expect(metrics.tokens).toBe(30 + 3 + 32 + 5);
    expect(metrics['tools/call_frequency']).toBe(3 / 4);
    // Of one episode two calls, of the other three.
    expect(metrics.tools.Add_memory).toBe(2.5);
    // Another group has a past of its own.
    const apart = episodeMetrics([group[0], { ...group[1], group: 1 }]);
    expect(apart['prompts/mean_length']).toBe((10 + 20 + 30 + 10 + 20 + 32) / 6);
  });

  it('are numbers where there was no step at all', async () => {
    const metrics = episodeMetrics([await rollout([])]);
    expect(metrics['completions/min_length']).toBe(0);
    expect(metrics['completions/max_length']).toBe(0);
    expect(metrics['tools/call_frequency']).toBe(0);
    expect(metrics['tools/failure_frequency']).toBe(0);
    expect(metrics.storage_precision).toBe(0);
  });
});

describe('tools', () => {
  it('calls of each per episode, calls per step, failures per call', async () => {
    const two = formatCompletion('', {
      kind: 'tool-calls',
      calls: [
        { name: 'Add_memory', arguments: { content: 'Mira lives in Rome' } },
        { name: 'Update_memory', arguments: { memory_id: 'm9', content: 'x' } },
      ],
    });
    const unknown = formatCompletion('', { kind: 'tool-calls', calls: [{ name: 'Fly', arguments: {} }] });
    const metrics = episodeMetrics([
      await rollout([two, unknown], { steps: [step(1, 1), step(1, 1)] }),
      await rollout([add('x')], { steps: [step(1, 1), step(1, 1), step(1, 1)] }),
    ]);
    expect(metrics.tools).toEqual({
      Add_memory: 1,
      Update_memory: 0.5,
      Delete_memory: 0,
      Retrieve_memory: 0,
      Summary_context: 0,
      Filter_context: 0,
    });
    expect(metrics['tools/call_frequency']).toBe(4 / 5);
    expect(metrics['tools/failure_frequency']).toBe(2 / 4);
  });

  it('precision of storage is pooled over entries, not averaged over episodes', async () => {
    const metrics = episodeMetrics([
      // Both facts and two pieces of nothing: 2 of 4 (Rome is revised later, so it counts as updated away or stale).
      await rollout([add('Lovely weather'), add('nothing'), add('Tom plays the cello')]),
      await rollout([answering('ok')]),
    ]);
    expect(metrics.storage_precision).toBeCloseTo(1 / 3, 12);
  });
});

describe('rewards', () => {
  it('mean and deviation with n - 1 of every part; the total as paid', async () => {
    const rollouts = [await rollout([], { total: 1 }), await rollout([add('x')], { total: 0 })];
    const metrics = episodeMetrics(rollouts);
    expect(metrics.reward).toBe(0.5);
    expect(Object.keys(metrics.rewards).sort()).toEqual([...REWARD_PARTS].sort());
    const task = rollouts.map((r) => r.reward.task.value);
    expect(metrics.rewards.task).toEqual(meanStd(task));
    const { storage } = metrics.rewards;
    expect(storage.mean).toBeCloseTo(mean(rollouts.map((r) => r.reward.memory.storage.value)), 12);
  });

  it('a part that a task gives nothing to judge by is left out of its mean', async () => {
    const judged = await rollout([]);
    const unjudged = await rollout([], { task: { ...MIRA_TASK, keyItems: [], neededFactIds: [] } });
    expect(unjudged.reward.context.preservation.applicable).toBe(false);
    const { rewards } = episodeMetrics([judged, unjudged]);
    expect(rewards.preservation).toEqual({ mean: judged.reward.context.preservation.value, std: 0 });
    expect(rewards.relevance).toEqual({ mean: judged.reward.memory.relevance.value, std: 0 });
  });

  it("spread is the mean of the groups' deviations, and groups without any are counted", async () => {
    const totals = [1, 0, 0.3, 0.3];
    const rollouts = await Promise.all(
      totals.map((total, i) => rollout([], { group: Math.floor(i / 2), total })),
    );
    const advantages = computeAdvantages(
      rollouts.map((r) => ({ group: r.group, reward: r.reward.total, steps: 1 })),
      { mode: 'broadcast', scale: 'group', eps: 1e-4, stepNormalisation: false, singleton: 'zero' },
    );
    const metrics = rolloutMetrics(rollouts, advantages);
    expect(metrics.reward_std).toBeCloseTo(Math.SQRT1_2 / 2, 12);
    expect(metrics.frac_reward_zero_std).toBe(0.5);
    expect(metrics.reward).toBeCloseTo(0.4, 12);
  });
});
