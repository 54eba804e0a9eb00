/** What is promised is paid: taking out what the advice names gives the value it names. */
import { beforeAll, expect, test } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import { Episode } from '../agent/episode';
import type { EventLog } from '../agent/events';
import type { Policy } from '../agent/policy';
import { runEpisodes } from '../agent/run-episodes';
import { createTransientMemory } from '../memory/long-term-memory';
import { noisyDemonstrator, perfectDemonstrator } from '../policies/scripted';
import { LADDER } from '../tasks/ladder';
import { containsPhrase } from '../tasks/phrase';
import { taskFamily } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { perfectAgent, WORTHLESS_AGENTS } from './agents.fixture';
import { type Advice, earnMore } from './earn-more';
import { computeReward, type RewardBreakdown } from './reward';

interface Played {
  readonly who: string;
  readonly task: Task;
  readonly log: EventLog;
  readonly reward: RewardBreakdown;
  readonly advice: readonly Advice[];
}

async function play(who: string, policy: Policy, task: Task, dice: number): Promise<Played> {
  const episode = await Episode.start({
    task,
    environment: taskFamily(task.family).createEnvironment(task),
    memory: await createTransientMemory({ namespace: `${who}/${task.id}/${dice}` }),
    countTokens: (message) => policy.countTokens(message),
    config: BUNDLED_EPISODE_CONFIG,
    episodeId: `${who}/${task.id}/${dice}`,
    seed: dice,
    policyId: policy.id,
  });
  await runEpisodes([episode], policy, { temperature: 1, maxNewTokens: 64 });
  const reward = computeReward(episode.log, task);
  return { who, task, log: episode.log, reward, advice: earnMore(episode.log, task, reward) };
}

const played: Played[] = [];
beforeAll(async () => {
  for (let seed = 1; seed <= 6; seed++) {
    for (const difficulty of LADDER) {
      const task = taskFamily('qa').generate(seed, 'evaluation', difficulty);
      played.push(await play('perfect', perfectAgent, task, seed));
      played.push(await play('perfect demonstrator', perfectDemonstrator(), task, seed));
      for (let dice = 1; dice <= 3; dice++) played.push(await play('noisy', noisyDemonstrator(), task, dice));
    }
  }
  const task = taskFamily('qa').generate(1, 'evaluation', 'revisions');
  for (const [who, policy] of Object.entries(WORTHLESS_AGENTS)) played.push(await play(who, policy, task, 1));
}, 120_000);

const parts = ({ reward }: Played) => reward.explanation.filter(({ applicable }) => applicable);
/** The most a part can be worth. */
const best = (name: string) => (name === 'rounds' || name === 'overflow' || name === 'malformed' ? 0 : 1);

test('there is advice for a part exactly where it was not paid in full', () => {
  let short = 0;
  for (const one of played) {
    for (const { name, value } of parts(one)) {
      const given = one.advice.some(({ part }) => part === name);
      expect(given, `${one.who}, ${one.task.id}, ${name} = ${value}`).toBe(value < best(name));
      if (given) short++;
    }
  }
  expect(short).toBeGreaterThan(200);
});

test('storage: with the named entries never added, the part is worth what was promised', () => {
  let checked = 0;
  for (const { log, task, advice, who } of played) {
    const storage = advice.find(({ part, would }) => part === 'storage' && would !== null);
    if (!storage) continue;
    const without = log.filter(({ seq }) => !storage.events.includes(seq));
    expect(computeReward(without, task).memory.storage.value, `${who}, ${task.id}`).toBeCloseTo(
      storage.would ?? Number.NaN,
      9,
    );
    checked++;
  }
  expect(checked).toBeGreaterThan(10);
});

test('compression: without the named distractors in C the part is worth what was promised', () => {
  let checked = 0;
  for (const { log, task, advice } of played) {
    const named = advice.find(({ part, would }) => part === 'compression' && would !== null);
    const end = log.at(-1);
    if (!named || end?.type !== 'episode-ended') continue;
    let tokens = 0;
    for (const event of log) {
      if (!named.events.includes(event.seq) || event.type !== 'message-added') continue;
      expect(event.message.origin.kind).toBe('distractor');
      tokens += event.message.tokens;
    }
    const less = [...log.slice(0, -1), { ...end, contextTokens: end.contextTokens - tokens }];
    expect(computeReward(less, task).context.compression.value).toBeCloseTo(named.would ?? Number.NaN, 9);
    checked++;
  }
  expect(checked).toBeGreaterThan(10);
});

test('what is said to be in memory is there, and what is said to be missing is not', () => {
  let present = 0;
  let absent = 0;
  for (const { log, task, advice } of played) {
    const written = new Map<string, string>();
    for (const event of log) {
      if (event.type !== 'tool-called' || !event.outcome.ok) continue;
      const { effect } = event.outcome;
      if (effect.kind === 'added') written.set(effect.entry.id, effect.entry.content);
      if (effect.kind === 'updated') written.set(effect.after.id, effect.after.content);
      if (effect.kind === 'deleted') written.delete(effect.entry.id);
    }
    for (const { text } of advice) {
      const held = text.match(/^Long-term memory held what it takes, “(.*)”, in (.*)\.$/);
      if (held) {
        const fact = task.facts.find(
          ({ subject, relation, value }) => held[1] === `${subject} ${relation} ${value}`,
        );
        expect(fact).toBeDefined();
        for (const id of held[2].split(', ')) {
          expect(containsPhrase(written.get(id) ?? '', fact?.value ?? '?'), text).toBe(true);
        }
        present++;
      }
      const missing = text.match(/^“(.*)” was in no entry of long-term memory/);
      if (missing) {
        expect(
          [...written.values()].some((content) => containsPhrase(content, missing[1])),
          text,
        ).toBe(false);
        absent++;
      }
    }
  }
  expect(present).toBeGreaterThan(0);
  expect(absent).toBeGreaterThan(0);
});

test('events named are of the log', () => {
  for (const { log, advice } of played) {
    for (const { events } of advice) for (const seq of events) expect(log[seq]?.seq).toBe(seq);
  }
});
