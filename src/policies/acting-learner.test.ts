/** A learner acts in demonstrations: what it does is read and not learned, and the demonstrator goes on from it. */
import { describe, expect, test } from 'vitest';
import { WORLDS_EPISODE_CONFIG } from '../agent/config';
import type { Policy, PolicyRequest } from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import { createTransientMemory } from '../memory/long-term-memory';
import { LADDER } from '../tasks/ladder';
import { taskFamily } from '../tasks/registry';
import '../tasks/worlds';
import type { ActingLearner } from './acting-learner';
import { demonstrateTasks } from './demonstrations';
import { ScriptedPolicy } from './scripted';
import { PERFECT } from './scripted-noise';

const SEEDS = process.env.SOAK ? 40 : 5;
const WORLDS = ['alfworld', 'pddl', 'babyai', 'scienceworld'];
const options = {
  errors: PERFECT,
  config: WORLDS_EPISODE_CONFIG,
  openMemory: async () => createTransientMemory(),
};

/** Names things wrongly as often as it can, and counts what it is asked. */
class Slipping implements Policy {
  readonly id = 'slipping';
  readonly asked: PolicyRequest[] = [];
  private readonly inner = new ScriptedPolicy({ errors: { ...PERFECT, slip: 1 } });
  readonly capabilities = this.inner.capabilities;
  countTokens: Policy['countTokens'] = (message) => this.inner.countTokens(message);
  generate: Policy['generate'] = (requests, how) => {
    this.asked.push(...requests);
    return this.inner.generate(requests, how);
  };
}

const learner = (share: number, mostTokens = 960): ActingLearner & { policy: Slipping } => ({
  policy: new Slipping(),
  share,
  maxNewTokens: 64,
  mostTokens,
});

const plan = (id: string) =>
  Array.from({ length: SEEDS }, (_, seed) => ({
    task: taskFamily(id).generate(seed, 'train', LADDER[seed % LADDER.length]),
    seed,
  }));

const textOf = (completion: string): string => {
  const action = parseCompletion(completion);
  return action.kind === 'answer' ? action.text : '';
};

describe.each(WORLDS)('in %s', (id) => {
  test('episodes played together are those played alone, with a learner and without', async () => {
    for (const share of [0, 0.5]) {
      const together = await demonstrateTasks(plan(id), { ...options, learner: learner(share) });
      for (const [i, one] of plan(id).entries()) {
        const [alone] = await demonstrateTasks([one], { ...options, learner: learner(share) });
        expect(alone.steps).toEqual(together[i].steps);
      }
    }
  });

  test('about its share of the actions is its own; those, and no others, are slips', async () => {
    const half = learner(0.5);
    const episodes = await demonstrateTasks(plan(id), { ...options, learner: half });
    const steps = episodes.flatMap((episode) => episode.steps);
    const slips = steps.filter(({ decision }) => decision === 'slip');
    expect(slips.length).toBeGreaterThan(0);
    expect(slips.length).toBeLessThanOrEqual(half.policy.asked.length);
    const acts = steps.filter(({ decision }) => decision === 'act').length + slips.length;
    expect(half.policy.asked.length / acts).toBeGreaterThan(0.2);
    expect(half.policy.asked.length / acts).toBeLessThan(0.8);
    const straight = await demonstrateTasks(plan(id), options);
    // Until the first slip of an episode the demonstrator does what it does alone.
    for (const [i, { steps: own }] of episodes.entries()) {
      const first = own.findIndex(({ decision }) => decision === 'slip');
      if (first < 0) continue;
      expect(own.slice(0, first)).toEqual(straight[i].steps.slice(0, first));
      expect(own[first].messages).toEqual(straight[i].steps[first].messages);
      expect(textOf(own[first].completion)).not.toBe(textOf(straight[i].steps[first].completion));
    }
  });

  test('where the prompt is too long for it, it is not asked', async () => {
    const none = learner(1, 0);
    expect(await demonstrateTasks(plan(id), { ...options, learner: none })).toEqual(
      await demonstrateTasks(plan(id), options),
    );
    expect(none.policy.asked).toEqual([]);
  });
});

test('what is no action in the world, or none that can be read, is not taken', async () => {
  const silent: Policy = {
    ...new ScriptedPolicy(),
    id: 'silent',
    countTokens: () => 1,
    generate: async (requests) =>
      requests.map((_, i) => ({
        text:
          i % 2
            ? '<think>hm'
            : '<think>hm</think><tool_call>[{"name":"Summary_context","arguments":{}}]</tool_call>',
        promptIds: [],
        tokens: [],
        finish: 'stop' as const,
      })),
  };
  const episodes = await demonstrateTasks(plan('pddl'), {
    ...options,
    learner: { policy: silent, share: 1, maxNewTokens: 64, mostTokens: 960 },
  });
  expect(episodes.flatMap(({ steps }) => steps)).toEqual(
    (await demonstrateTasks(plan('pddl'), options)).flatMap(({ steps }) => steps),
  );
});
