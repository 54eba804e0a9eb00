import { describe, expect, it } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import { answering, calling, randomPolicy, sayingPolicy, startEpisode, textPolicy } from './playing.fixture';
import { RolloutError, type RunProgress, runEpisodes } from './run-episodes';

const sampling = { temperature: 1, maxNewTokens: 48 };

/** A memory whose disk is full. */
async function fullMemory() {
  const memory = await createTransientMemory();
  memory.add = async () => {
    throw new DOMException('', 'QuotaExceededError');
  };
  return memory;
}

describe('runEpisodes', () => {
  it('asks the policy once a round for all episodes that are not done', async () => {
    const sizes: number[] = [];
    const policy = randomPolicy();
    const spied = {
      ...policy,
      generate: (requests: Parameters<typeof policy.generate>[0]) => {
        sizes.push(requests.length);
        return policy.generate(requests, sampling);
      },
    };
    const episodes = await Promise.all([1, 2, 3, 4, 5].map((seed) => startEpisode({ seed })));
    const progress: RunProgress[] = [];
    const outcomes = await runEpisodes(episodes, spied, {
      ...sampling,
      onRound: (round) => progress.push(round),
    });
    expect(outcomes.map((outcome) => outcome.episode)).toEqual(episodes);
    expect(outcomes.every((outcome) => outcome.error === null && outcome.episode.done)).toBe(true);
    expect(sizes[0]).toBe(5);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(progress.at(-1)).toEqual({
      round: sizes.length,
      finished: 5,
      total: 5,
      steps: sizes.reduce((sum, size) => sum + size, 0),
    });
  });

  it('reports the failure of one episode and finishes the others', async () => {
    const add = sayingPolicy([calling('Add_memory', { content: 'Mira lives in Rome' })]);
    const episodes = [
      await startEpisode(),
      await startEpisode({ memory: await fullMemory() }),
      await startEpisode(),
    ];
    const outcomes = await runEpisodes(episodes, add, sampling);
    expect(outcomes.map(({ error }) => error?.name ?? null)).toEqual([null, 'QuotaExceededError', null]);
    expect(outcomes.map(({ episode }) => episode.done)).toEqual([true, true, true]);
    expect(episodes.map((episode) => episode.log.at(-1))).toMatchObject([
      { reason: 'answered' },
      { reason: 'aborted' },
      { reason: 'answered' },
    ]);
  });

  it('throws a failure of the policy with what was played until then', async () => {
    let calls = 0;
    const policy = textPolicy(() => {
      if (++calls > 4) throw new Error('device lost');
      return answering('ok');
    });
    const episodes = [await startEpisode(), await startEpisode()];
    const failure = await runEpisodes(episodes, policy, sampling).catch((error: unknown) => error);
    if (!(failure instanceof RolloutError)) throw failure;
    expect(failure.message).toContain('device lost');
    expect(failure.outcomes.map(({ episode }) => episode.done)).toEqual([true, true]);
    expect(episodes[0].log.filter((event) => event.type === 'completion')).toHaveLength(2);
  });

  it('refuses a policy that loses completions', async () => {
    const policy = { ...randomPolicy(), generate: async () => [] };
    await expect(runEpisodes([await startEpisode()], policy, sampling)).rejects.toThrow(
      'returned 0 completions for 1 requests',
    );
  });

  it('ends unfinished episodes when it is aborted, between rounds or inside one', async () => {
    for (const inside of [false, true]) {
      const controller = new AbortController();
      let calls = 0;
      const policy = textPolicy(() => {
        if (inside && ++calls === 3) {
          controller.abort();
          return { text: '<thi', finish: 'aborted' };
        }
        return answering('ok');
      });
      const episodes = [await startEpisode(), await startEpisode()];
      const outcomes = await runEpisodes(episodes, policy, {
        ...sampling,
        signal: controller.signal,
        onRound: ({ round }) => {
          if (!inside && round === 2) controller.abort();
        },
      });
      expect(outcomes.map(({ error }) => error)).toEqual([null, null]);
      for (const { log } of episodes) expect(log.at(-1)).toMatchObject({ reason: 'aborted' });
    }
  });

  it('names the episode of each token, whatever the batches', async () => {
    const token = { id: 1, text: 'x', logprob: 0, entropy: 0, alternatives: [] };
    const policy = {
      ...sayingPolicy([]),
      generate: async (
        requests: Parameters<ReturnType<typeof sayingPolicy>['generate']>[0],
        options: Parameters<ReturnType<typeof sayingPolicy>['generate']>[1],
      ) => {
        expect(requests.length).toBeLessThanOrEqual(2);
        for (const index of requests.keys()) options.onToken?.(index, token);
        return sayingPolicy([]).generate(requests, options);
      },
    };
    const episodes = await Promise.all([1, 2, 3].map((seed) => startEpisode({ seed })));
    const seen = [0, 0, 0];
    await runEpisodes(episodes, policy, { ...sampling, batchSize: 2, onToken: (episode) => seen[episode]++ });
    const steps = episodes.map(
      (episode) => episode.log.filter((event) => event.type === 'completion').length,
    );
    expect(seen).toEqual(steps);
  });
});
