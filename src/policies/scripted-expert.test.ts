/**
 * The demonstrator in the worlds: whole episodes with the real memory. Who remembers does what the expert can; with
 * long-term memory wiped between the stages it does clearly worse, in every world. And episodes of more than a
 * hundred tool calls: context, log, rewards and counts stay right.
 */
import { describe, expect, test } from 'vitest';
import { LARGE_WORLD_CONFIG } from '../agent/config';
import type { EpisodeEvent, EventLog } from '../agent/events';
import { play } from '../agent/playing.fixture';
import { applyEvent, INITIAL_REPLAY_STATE, replay } from '../agent/replay';
import { computeReward } from '../reward/reward';
import { LADDER } from '../tasks/ladder';
import { taskFamily } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { benchmarkFamilies } from '../tasks/worlds';
import { longDay, readsOf } from './long-day.fixture';
import { perfectDemonstrator } from './scripted';

const SEEDS = process.env.SOAK ? 40 : 3;

async function playTask(task: Task, wipeMemoryAtReset = false): Promise<EventLog> {
  const policy = perfectDemonstrator();
  const episode = await play(policy, {
    task,
    environment: taskFamily(task.family).createEnvironment(task),
    countTokens: (message) => policy.countTokens(message),
    config: { ...LARGE_WORLD_CONFIG, wipeMemoryAtReset },
  });
  return episode.log;
}

const of = <Type extends EpisodeEvent['type']>(log: EventLog, type: Type) =>
  log.filter((event): event is Extract<EpisodeEvent, { type: Type }> => event.type === type);

const score = (log: EventLog): number => of(log, 'environment-acted').at(-1)?.score ?? 0;

async function meanScore(tasks: readonly Task[], wipe: boolean): Promise<number> {
  let sum = 0;
  for (const task of tasks) sum += score(await playTask(task, wipe));
  return sum / tasks.length;
}

describe.each(benchmarkFamilies.map(({ id }) => id))('%s', (id) => {
  const tasks = LADDER.flatMap((difficulty) =>
    Array.from({ length: SEEDS }, (_, seed) => taskFamily(id).generate(seed, 'evaluation', difficulty)),
  );

  test('played whole, memory is what decides', async () => {
    const knowing = await meanScore(tasks, false);
    const wiped = await meanScore(tasks, true);
    expect(knowing).toBeGreaterThanOrEqual(0.9);
    expect(wiped).toBeLessThan(knowing - 0.3);
    // The expert is led through all it saw before every action, and plans anew for each guess: in soak that is minutes.
  }, 300_000);
});

describe('a long day', () => {
  const task = taskFamily('errands').generate(3, 'evaluation', 'tight-context');

  test('more than a hundred tool calls: every answer right, and the log says all of it', async () => {
    const log = await playTask(task);
    expect(of(log, 'tool-called').length).toBeGreaterThan(100);
    expect(score(log)).toBe(1);
    // Every moment can be rebuilt, one event after the other, and the last one from all at once.
    let state = INITIAL_REPLAY_STATE;
    for (const event of log) state = applyEvent(state, event);
    expect(state).toEqual(replay(log));
    const { task: answers, memory, penalty } = computeReward(log, task, { preset: 'paper-appendix' });
    expect([answers.value, memory.storage.value, memory.maintenance.value, penalty.value]).toEqual([
      1, 1, 1, 0,
    ]);
    const adds = of(log, 'tool-called').filter(({ requested }) => requested.name === 'Add_memory').length;
    const updates = of(log, 'tool-called').filter(
      ({ requested }) => requested.name === 'Update_memory',
    ).length;
    expect([adds, updates]).toEqual([48, 12]);
  });

  test('messages counted and reads of the log grow with the calls, not with their square', async () => {
    const [small, large] = await Promise.all(
      (['revisions', 'tight-context'] as const).map(async (difficulty) => {
        const { log, calls, counted, task: played } = await longDay(difficulty);
        const preset = 'paper-appendix';
        return {
          calls,
          counted,
          replayed: readsOf(log, replay),
          paid: readsOf(log, (watched) => computeReward(watched, played, { preset })),
        };
      }),
    );
    const growth = large.calls / small.calls;
    expect(growth).toBeGreaterThan(3);
    for (const work of ['counted', 'replayed', 'paid'] as const) {
      expect(small[work], work).toBeGreaterThan(small.calls);
      expect(large[work] / small[work], work).toBeLessThan(1.5 * growth);
    }
  });
});
