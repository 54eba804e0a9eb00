/** Pictures from a log: one at the start, one after each action, the last with the score that was paid. */
import { expect, test } from 'vitest';
import { LARGE_WORLD_CONFIG } from '../agent/config';
import { play } from '../agent/playing.fixture';
import { perfectDemonstrator } from '../policies/scripted';
import { BENCHMARKS, openTaskFamily } from '../tasks/registry';
import { worldMoments } from './worlds';

test.each(BENCHMARKS)('%s', async (id) => {
  const family = await openTaskFamily(id);
  const task = family.generate(2, 'evaluation', 'one-fact');
  const policy = perfectDemonstrator();
  const { log } = await play(policy, {
    task,
    environment: family.createEnvironment(task),
    countTokens: (message) => policy.countTokens(message),
    config: LARGE_WORLD_CONFIG,
  });
  const acted = log.flatMap((event) => (event.type === 'environment-acted' ? [event] : []));
  const moments = await worldMoments({ task, log });
  expect(moments?.map(({ seq }) => seq)).toEqual([-1, ...acted.map(({ seq }) => seq)]);
  const last = moments?.at(-1);
  expect(acted.at(-1)?.score).toBe(1);
  expect(Math.max(...Object.values(last?.metrics ?? {}))).toBe(1);
  // What crosses to the page is plain data.
  expect(structuredClone(moments)).toEqual(moments);
});

test('a question without a world has no pictures', async () => {
  const task = (await openTaskFamily('qa')).generate(1, 'evaluation', 'one-fact');
  expect(await worldMoments({ task, log: [] })).toBeNull();
});
