import { describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { EpisodeEvent } from '../agent/events';
import { play, randomPolicy, sayingPolicy, textPolicy } from '../agent/playing.fixture';
import type { Policy, SampledToken } from '../agent/policy';
import { RolloutError } from '../agent/run-episodes';
import { transientMemories } from '../cli/node-memory';
import { ScriptedPolicy } from '../policies/scripted';
import { DEMONSTRATOR_ERRORS } from '../policies/scripted-noise';
import { sampleTask } from '../tasks/ladder';
import {
  collectGroups,
  type MemoryProvider,
  type RolloutOptions,
  RolloutsAbortedError,
  stepSamples,
} from './rollouts';
import { hashSeed } from './seeds';
import { SHORT_COMPLETION, SHORT_EPISODE, SHORT_TASK, tinyPolicy } from './tiny-policy.fixture';

const TASKS = [3, 4, 5].map((seed) => sampleTask(seed, 'train'));
const SEEDS = [30, 40, 50];
const noisy = () => new ScriptedPolicy({ errors: DEMONSTRATOR_ERRORS });

function options(changes: Partial<RolloutOptions> = {}): RolloutOptions {
  return {
    policy: noisy(),
    memories: transientMemories(),
    episode: BUNDLED_EPISODE_CONFIG,
    reward: {},
    temperature: 1,
    maxNewTokens: SHORT_COMPLETION,
    runId: 'run',
    ...changes,
  };
}

/** Notes which namespaces are open; `open` may fail at the n-th. */
function counting(failAt = Number.POSITIVE_INFINITY): {
  memories: MemoryProvider;
  opened: string[];
  left: Set<string>;
} {
  const inner = transientMemories();
  const opened: string[] = [];
  const left = new Set<string>();
  return {
    opened,
    left,
    memories: {
      open(namespace) {
        if (opened.length === failAt) return Promise.reject(new Error('the disk is full'));
        opened.push(namespace);
        left.add(namespace);
        return inner.open(namespace);
      },
      async drop(namespace) {
        left.delete(namespace);
        await inner.drop(namespace);
      },
    },
  };
}

describe('groups', () => {
  it('come in order, K of each task, with seeds and namespaces of their own', async () => {
    const { memories, opened, left } = counting();
    const rollouts = await collectGroups(TASKS, 2, SEEDS, options({ memories }));
    expect(rollouts.map(({ group, k }) => [group, k])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ]);
    for (const { group, k, task, log } of rollouts) {
      expect(task).toBe(TASKS[group]);
      expect(log[0]).toMatchObject({ taskId: task.id, seed: hashSeed(SEEDS[group], k) });
    }
    expect(new Set(opened).size).toBe(6);
    expect(left.size).toBe(0);
  });

  it('are the same in lockstep and one by one', async () => {
    for (const policy of [noisy(), randomPolicy()]) {
      const together = await collectGroups(TASKS, 4, SEEDS, options({ policy }));
      const alone = await collectGroups(TASKS, 4, SEEDS, options({ policy, batchRollouts: 1 }));
      const three = await collectGroups(TASKS, 4, SEEDS, options({ policy, batchRollouts: 5 }));
      expect(alone).toEqual(together);
      expect(three).toEqual(together);
    }
  });

  it('are the same in lockstep and one by one with a language model, token for token', async () => {
    const { policy } = await tinyPolicy();
    const settings = options({ policy, episode: SHORT_EPISODE });
    const together = await collectGroups([SHORT_TASK], 3, [9], settings);
    const alone = await collectGroups([SHORT_TASK], 3, [9], { ...settings, batchRollouts: 1 });
    expect(alone.map((r) => r.steps.map((s) => s.completionIds))).toEqual(
      together.map((r) => r.steps.map((s) => s.completionIds)),
    );
    expect(alone.map((r) => r.reward.total)).toEqual(together.map((r) => r.reward.total));
  });

  it('tell of their progress up to the last one', async () => {
    const seen: number[] = [];
    const onProgress = (finished: number, total: number) => {
      expect(total).toBe(6);
      seen.push(finished);
    };
    await collectGroups(TASKS, 2, SEEDS, options({ onProgress, batchRollouts: 4 }));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(6);
  });
});

describe('whatever happens, no namespace is left behind', () => {
  it('when a memory cannot be opened', async () => {
    const { memories, left } = counting(4);
    const run = collectGroups(TASKS, 2, SEEDS, options({ memories }));
    await expect(run).rejects.toThrow('the disk is full');
    expect(left.size).toBe(0);
  });

  it('when the policy fails', async () => {
    let calls = 0;
    const breaking = textPolicy(() => {
      if (++calls > 7) throw new Error('device gone');
      return 'rubbish';
    });
    const { memories, left } = counting();
    const run = collectGroups(TASKS, 2, SEEDS, options({ memories, policy: breaking }));
    await expect(run).rejects.toThrow(RolloutError);
    expect(left.size).toBe(0);
  });

  it('when the run is cancelled, and nothing is returned as if it were whole', async () => {
    for (const batchRollouts of [1, 6]) {
      const abort = new AbortController();
      const { memories, left, opened } = counting();
      const cancelling: Policy = {
        ...sayingPolicy([]),
        generate(requests, given) {
          abort.abort();
          return noisy().generate(requests, given);
        },
      };
      const run = collectGroups(
        TASKS,
        2,
        SEEDS,
        options({ memories, policy: cancelling, signal: abort.signal, batchRollouts }),
      );
      await expect(run).rejects.toThrow(RolloutsAbortedError);
      expect(left.size).toBe(0);
      expect(opened).toHaveLength(batchRollouts);
    }
  });
});

describe('training samples', () => {
  it('are the ids that were fed and sampled, one for each completion of the log', async () => {
    const { policy } = await tinyPolicy();
    const [{ log, steps }] = await collectGroups(
      [SHORT_TASK],
      1,
      [2],
      options({ policy, episode: SHORT_EPISODE }),
    );
    const completions = log.filter(
      (event): event is Extract<EpisodeEvent, { type: 'completion' }> => event.type === 'completion',
    );
    expect(steps).toHaveLength(completions.length);
    for (const [i, { promptIds, tokens, finish }] of completions.entries()) {
      expect(steps[i].promptIds).toBe(promptIds);
      expect(steps[i].completionIds).toEqual(tokens.map((token: SampledToken) => token.id));
      expect(steps[i].logprobs).toEqual(tokens.map((token: SampledToken) => token.logprob));
      expect(steps[i].truncated).toBe(finish === 'length');
      expect(promptIds.length).toBeGreaterThan(0);
    }
  });

  it('know which completions were well-formed and which were cut off', async () => {
    const { log } = await play(
      textPolicy(({ state }) =>
        state.step === 1
          ? { text: '<answer>ok</answer>', finish: 'stop' }
          : { text: 'Oslo', finish: state.step === 2 ? 'length' : 'stop' },
      ),
    );
    const samples = stepSamples(log);
    expect(samples.slice(0, 3).map(({ wellFormed, truncated }) => [wellFormed, truncated])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });
});
