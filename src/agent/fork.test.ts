/** Forks of random episodes: the same past, and with the same completions the same future. */
import { describe, expect, it } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import { qaFamily } from '../tasks/qa/family';
import { BUNDLED_EPISODE_CONFIG } from './config';
import { Episode } from './episode';
import type { EpisodeStart } from './episode-start';
import type { EventLog } from './events';
import { ForkError, forkableSteps, forkEpisode } from './fork';
import { countTokens, MIRA_TASK, randomPolicy } from './playing.fixture';
import { runEpisodes } from './run-episodes';

async function start(seed: number, episodeId: string): Promise<EpisodeStart> {
  return {
    task: MIRA_TASK,
    environment: qaFamily.createEnvironment(MIRA_TASK),
    memory: await createTransientMemory({ namespace: `rollout/${episodeId}`, now: () => 0 }),
    countTokens,
    config: { ...BUNDLED_EPISODE_CONFIG, promptOverheadTokens: 0 },
    episodeId,
    seed,
    policyId: 'random',
  };
}

async function played(seed: number): Promise<{ log: EventLog; memory: readonly unknown[] }> {
  const begun = await start(seed, 'trunk');
  const episode = await Episode.start(begun);
  await runEpisodes([episode], randomPolicy(), { temperature: 1, maxNewTokens: 64 });
  return { log: episode.log, memory: await begun.memory.list() };
}

/** Events without the name of the episode. */
const anonymous = (log: EventLog) =>
  log.map((event) => (event.type === 'episode-started' ? { ...event, episodeId: '', namespace: '' } : event));

describe('forkEpisode', () => {
  it('repeats the past; given the same completions it repeats the future too', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const trunk = await played(seed);
      const steps = forkableSteps(trunk.log);
      const step = steps[(seed * 7) % steps.length];
      const begun = await start(seed, 'fork');
      const fork = await forkEpisode(trunk.log, step, begun, seed + 1000);
      const past = trunk.log.filter((event) => event.step < step);
      expect(anonymous(fork.log.slice(0, past.length))).toEqual(anonymous(past));
      expect(fork.currentStep).toBe(step - 1);
      const request = await fork.request();
      const original = trunk.log.find((event) => event.type === 'prompt' && event.step === step);
      expect(request.messages).toEqual(
        original?.type === 'prompt'
          ? original.messages.map(({ role, content }) => ({ role, content }))
          : undefined,
      );
      for (const event of trunk.log) {
        if (event.type !== 'completion' || event.step < step) continue;
        await fork.request();
        await fork.apply(event);
      }
      expect(anonymous(fork.log)).toEqual(anonymous(trunk.log));
      expect(JSON.stringify(await begun.memory.list())).toBe(
        JSON.stringify(trunk.memory).replaceAll('trunk', 'fork'),
      );
    }
  });

  it('draws anew from the fork on, and only from there', async () => {
    const trunk = await played(3);
    const [, second] = forkableSteps(trunk.log);
    const seeds = async (drawSeed: number) => {
      const fork = await forkEpisode(trunk.log, second, await start(3, `f${drawSeed}`), drawSeed);
      return (await fork.request()).seed;
    };
    expect(await seeds(1)).not.toBe(await seeds(2));
    expect(await seeds(1)).toBe(await seeds(1));
  });

  it('refuses a step that is not there and a past that cannot be repeated', async () => {
    const trunk = await played(4);
    await expect(forkEpisode(trunk.log, 99, await start(4, 'x'), 1)).rejects.toThrow(ForkError);
    const last = forkableSteps(trunk.log).at(-1) ?? 0;
    const other = { ...(await start(4, 'y')), policyId: 'another' };
    await expect(forkEpisode(trunk.log, last, other, 1)).rejects.toThrow(/came out differently/);
  });
});
