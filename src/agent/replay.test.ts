import { describe, expect, it } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import type { EventLog } from './events';
import { MIRA_TASK, randomPolicy, startEpisode } from './playing.fixture';
import { applyEvent, INITIAL_REPLAY_STATE, replay } from './replay';
import { runEpisodes } from './run-episodes';
import { recordOf } from './tools';

const seeds = Array.from({ length: process.env.SOAK ? 500 : 40 }, (_, seed) => seed);
const sampling = { temperature: 1, maxNewTokens: 48 };

/** Room to go on long after the soft limits, so that every kind of event occurs. */
const config = {
  stepsPerMessage: { 1: 3, 2: 3 },
  hardPromptTokens: 4000,
  hardRounds: { 1: 20, 2: 20, 3: 20 },
  maxContextTokens: 120,
  introspection: 'kept' as const,
};

describe('replay', () => {
  it('is the live state at every event of random episodes', async () => {
    const types = new Set<string>();
    for (const seed of seeds) {
      let state = INITIAL_REPLAY_STATE;
      const memory = await createTransientMemory();
      await memory.add({ content: 'was here before' });
      const episode = await startEpisode({
        seed,
        memory,
        config: { ...config, wipeMemoryAtReset: seed % 3 === 0, resetBetweenStages: seed % 4 !== 0 },
        onEvent(event, live) {
          state = applyEvent(state, event);
          types.add(event.type);
          expect(state.context).toEqual(live.context);
          if (event.type === 'prompt') {
            expect(state).toMatchObject({ completion: null, action: null, toolCalls: [] });
          }
          expect(state.contextTokens).toBe(live.contextTokens);
          expect([state.seq, state.stage, state.step]).toEqual([
            event.seq,
            live.currentStage,
            live.currentStep,
          ]);
        },
      });
      const policy = randomPolicy();
      while (!episode.done) {
        const request = await episode.request();
        expect(state.stepsOnMessage).toBe(request.state.stepsOnMessage);
        expect(state.prompt?.messages.map(({ role, content }) => ({ role, content }))).toEqual(
          request.messages,
        );
        const [completion] = await policy.generate([request], sampling);
        await episode.apply(completion);
        expect(state.completion?.text).toBe(completion.text);
        expect(state.memory).toEqual((await memory.list()).map(recordOf));
      }
      expect(state.ended).toBe(episode.log.at(-1));
      expect(replay(episode.log)).toEqual(state);
    }
    expect([...types].sort()).toEqual([
      'answered',
      'completion',
      'context-reset',
      'environment-acted',
      'episode-ended',
      'episode-started',
      'introspection',
      'limit-exceeded',
      'memory-wiped',
      'message-added',
      'message-removed',
      'parsed',
      'prompt',
      'stage-started',
      'tool-called',
    ]);
  });

  it('is the same from a log read from a file, at any event', async () => {
    const episode = await startEpisode({ seed: 3, config });
    await runEpisodes([episode], randomPolicy(), sampling);
    const read = JSON.parse(JSON.stringify(episode.log)) as EventLog;
    for (const { seq } of episode.log) {
      expect(replay(read, seq)).toEqual(replay(episode.log, seq));
      expect(replay(read, seq).seq).toBe(seq);
    }
    expect(replay(read, -1)).toEqual(INITIAL_REPLAY_STATE);
  });

  it('changes nothing of what it is given', async () => {
    const episode = await startEpisode({ seed: 5, task: MIRA_TASK, config });
    await runEpisodes([episode], randomPolicy(), sampling);
    const before = JSON.stringify(episode.log);
    replay(episode.log);
    expect(JSON.stringify(episode.log)).toBe(before);
    expect(INITIAL_REPLAY_STATE.context).toEqual([]);
  });
});
