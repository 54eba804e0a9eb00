/** What the two demonstrators are paid: the upper control, and the starting point of learning. */
import { describe, expect, it } from 'vitest';
import { LADDER } from '../tasks/ladder';
import { qaFamily } from '../tasks/qa/family';
import { roomsFamily } from '../tasks/rooms';
import { SPLITS } from '../tasks/task';
import { measureDemonstrator } from './demonstrate';

const EPISODES = process.env.SOAK ? 1000 : 120;
const base = {
  episodes: EPISODES,
  firstSeed: 40_000,
  family: qaFamily,
  split: 'evaluation',
  wipeMemory: false,
} as const;

describe('the perfect demonstrator', () => {
  it.each(SPLITS)('earns at least 0.98 of every part but compression on %s', async (split) => {
    for (const family of [qaFamily, roomsFamily]) {
      const { rewards } = await measureDemonstrator({ ...base, errors: 'perfect', family, split });
      for (const part of ['task', 'preventive', 'preservation', 'storage', 'maintenance', 'relevance']) {
        expect(rewards[part], `${family.id} ${part}`).toBeGreaterThanOrEqual(0.98);
      }
      expect(rewards.penalty).toBeGreaterThanOrEqual(-0.01);
      expect(rewards.rounds, family.id).toBe(0);
    }
  });

  it.each(LADDER)('does so on every rung: %s', async (rung) => {
    const { rewards } = await measureDemonstrator({
      ...base,
      errors: 'perfect',
      mix: { [rung]: 1 },
      episodes: 60,
    });
    expect(rewards.task).toBe(1);
    expect(rewards.memory).toBeGreaterThanOrEqual(0.98);
  });

  it('knows nothing once its memory is wiped', async () => {
    const questions = await measureDemonstrator({ ...base, errors: 'perfect', wipeMemory: true });
    expect(questions.rewards.task).toBeLessThan(0.02);
    const house = { ...base, family: roomsFamily, errors: 'perfect' } as const;
    const remembering = await measureDemonstrator(house);
    const wiped = await measureDemonstrator({ ...house, wipeMemory: true });
    expect((remembering.rewards.task ?? 0) - (wiped.rewards.task ?? 0)).toBeGreaterThan(0.4);
  });
});

describe('the noisy demonstrator', () => {
  it('leaves room to learn in every part', async () => {
    const { rewards, statistics } = await measureDemonstrator({
      ...base,
      errors: 'noisy',
      episodes: 3 * EPISODES,
    });
    expect(rewards.task).toBeGreaterThan(0.2);
    expect(rewards.task).toBeLessThan(0.45);
    expect(rewards.total).toBeLessThan(0.5);
    for (const part of ['preventive', 'preservation', 'maintenance', 'relevance'])
      expect(rewards[part], part).toBeLessThan(0.7);
    expect(statistics.wellFormed).toBeGreaterThan(0.985);
  });
});
