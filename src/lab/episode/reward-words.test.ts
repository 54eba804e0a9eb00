import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MIRA_TASK, play, randomPolicy } from '../../agent/playing.fixture';
import { perfectAgent, WORTHLESS_AGENTS } from '../../reward/agents.fixture';
import { earnMore } from '../../reward/earn-more';
import { computeReward } from '../../reward/reward';
import type { Difficulty, EventLog, Task } from '../../worker/protocol';
import { speak } from '../language/language';
import { recordEpisode } from './recorded.fixture';
import { adviceWords, reasonWords } from './reward-words';

const DIFFICULTIES: readonly Difficulty[] = ['one-fact', 'several', 'revisions', 'two-hops', 'tight-context'];
const SEEDS = 12;

const reasons = new Set<string>();
const advice = new Set<string>();

const listen = (log: EventLog, task: Task): void => {
  const rewards = [
    computeReward(log, task),
    computeReward(log, task, { maintenance: 'any' }),
    computeReward(log, task, { judged: { task: 0.5, relevance: 0.25 } }),
  ];
  for (const { explanation } of rewards) {
    for (const { formula, notes } of explanation) for (const text of [formula, ...notes]) reasons.add(text);
  }
  for (const { text } of earnMore(log, task, rewards[0])) advice.add(text);
};

beforeAll(async () => {
  const narrow = { maxRounds: 1, maxContextTokens: 40 };
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const difficulty of DIFFICULTIES) {
      for (const config of [{}, narrow]) {
        const { log, task } = await recordEpisode({ seed, difficulty, config });
        listen(log, task);
      }
    }
    const rooms = await recordEpisode({ seed, family: 'rooms' });
    listen(rooms.log, rooms.task);
  }
  // All that a policy may say, right and wrong; and tasks that ask for nothing.
  const idle: Task = { ...MIRA_TASK, facts: [], neededFactIds: [], keyItems: [] };
  for (let seed = 0; seed < 20 * SEEDS; seed++) {
    for (const task of [MIRA_TASK, { ...idle, id: `idle/${seed}` }]) {
      const episode = await play(randomPolicy(), { task, seed, config: seed % 2 === 0 ? narrow : {} });
      listen(episode.log, task);
    }
  }
  for (const policy of [perfectAgent, ...Object.values(WORTHLESS_AGENTS)]) {
    listen((await play(policy)).log, MIRA_TASK);
  }
});

afterEach(() => speak('en'));

/** Nothing but numbers, symbols and signs. */
const symbolsAlone = (text: string) => /^(max\(|T_used|N_high_quality)/.test(text);

describe('what the worker says of rewards', () => {
  test('is known, and comes out in English as it went in', () => {
    expect(reasons.size).toBeGreaterThan(100);
    expect(advice.size).toBeGreaterThan(100);
    const formulas = [...reasons].filter((text) => !symbolsAlone(text));
    expect(formulas.filter((text) => reasonWords(text) !== text)).toEqual([]);
    expect([...advice].filter((text) => adviceWords(text) !== text)).toEqual([]);
  });

  test('has words in Chinese, each text of it', async () => {
    await speak('zh');
    const words = [...reasons].flatMap((text) => reasonWords(text) ?? []);
    for (const text of [...words, ...[...advice].flatMap((one) => adviceWords(one) ?? [])])
      expect(text).toMatch(/[\u4e00-\u9fff]/);
  });
});
