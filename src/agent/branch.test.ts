/** Branches of random episodes: unchanged they are the original; changed they share exactly what came before. */
import { describe, expect, it } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import { qaFamily } from '../tasks/qa/family';
import { BranchError, type Intervention, playBranch } from './branch';
import { BUNDLED_EPISODE_CONFIG } from './config';
import { Episode } from './episode';
import type { EventLog } from './events';
import { forkEpisode } from './fork';
import { countTokens, MIRA_TASK, randomPolicy } from './playing.fixture';
import type { Policy } from './policy';
import { replay } from './replay';
import { runEpisodes } from './run-episodes';

const GENERATION = { temperature: 1, maxNewTokens: 64 };

async function begin(seed: number) {
  return {
    task: MIRA_TASK,
    environment: qaFamily.createEnvironment(MIRA_TASK),
    memory: await createTransientMemory({ namespace: 'rollout/b', now: () => 0 }),
    countTokens,
    config: { ...BUNDLED_EPISODE_CONFIG, promptOverheadTokens: 0 },
    episodeId: 'b',
    seed,
    policyId: 'random',
  };
}

async function original(seed: number): Promise<EventLog> {
  const episode = await Episode.start(await begin(seed));
  await runEpisodes([episode], randomPolicy(), GENERATION);
  return episode.log;
}

async function branch(
  seed: number,
  log: EventLog,
  interventions: readonly Intervention[],
  policy = randomPolicy(),
) {
  const start = await begin(seed);
  const episode = await Episode.start(start);
  await playBranch(episode, policy, log, interventions, GENERATION);
  return { log: episode.log, memory: await start.memory.list() };
}

/** A policy that must not be asked. */
const silent: Policy = {
  ...randomPolicy(),
  generate: () => Promise.reject(new Error('asked')),
};

const ADD =
  '<think></think><tool_call>[{"name":"Add_memory","arguments":{"content":"Mira lives in Rome"}}]</tool_call>';

describe('a branch', () => {
  it('without a change is the original, and asks no policy', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const log = await original(seed);
      expect((await branch(seed, log, [], silent)).log).toEqual(log);
    }
  });

  it('shares all that came before the step written by hand, and then what was asked the same', async () => {
    const log = await original(2);
    const step = 2;
    const changed = await branch(2, log, [{ kind: 'write', step, text: ADD }]);
    const before = log.filter((event) => event.step < step);
    expect(changed.log.slice(0, before.length)).toEqual(before);
    const called = changed.log.find((event) => event.type === 'tool-called' && event.step === step);
    expect(called).toMatchObject({ outcome: { ok: true, effect: { kind: 'added' } } });
    expect(changed.log.at(-1)?.type).toBe('episode-ended');
  });

  it('reads what is written by hand like any other completion', async () => {
    const log = await original(3);
    const { log: changed } = await branch(3, log, [{ kind: 'write', step: 1, text: 'no tags at all' }]);
    expect(changed.find((event) => event.type === 'parsed')).toMatchObject({
      action: { kind: 'protocol-error' },
    });
  });

  it('forgets an entry before the step: it is gone from M, from the log rebuilt, and forks repeat it', async () => {
    const interventions: readonly Intervention[] = [
      { kind: 'write', step: 1, text: ADD },
      { kind: 'forget', step: 2, entryId: 'm1' },
    ];
    const { log, memory } = await branch(4, [], interventions);
    expect(log.filter(({ type }) => type === 'entry-forgotten')).toHaveLength(1);
    expect(memory.some(({ content }) => content === 'Mira lives in Rome')).toBe(
      replay(log).memory.some(({ content }) => content === 'Mira lives in Rome'),
    );
    expect(replay(log).memory.map(({ id }) => id)).toEqual(memory.map(({ id }) => id));
    expect(replay(log).memory.some(({ id }) => id === 'm1')).toBe(false);
    const fork = await forkEpisode(log, 3, await begin(4), 99);
    expect((await fork.memory.list()).some(({ id }) => id === 'm1')).toBe(false);
  });

  it('names an entry that is not there and a step that never comes', async () => {
    const log = await original(5);
    await expect(branch(5, log, [{ kind: 'forget', step: 1, entryId: 'm9' }])).rejects.toThrow(/m9/);
    await expect(branch(5, log, [{ kind: 'write', step: 99, text: ADD }])).rejects.toThrow(BranchError);
  });
});
