import { describe, expect, it } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import { createRandom } from '../tasks/random';
import type { TaskEnvironment } from '../tasks/task';
import {
  BUNDLED_EPISODE_CONFIG,
  EPISODE_OPTION_NOTES,
  EpisodeConfigError,
  PAPER_EPISODE_CONFIG,
} from './config';
import { hashLog, stepSeed } from './determinism';
import { type Episode, EpisodeOrderError } from './episode';
import type { EpisodeEvent, EpisodeEventType, EventLog } from './events';
import {
  answering,
  calling,
  countTokens,
  MIRA_TASK,
  play,
  randomPolicy,
  sayingPolicy,
  startEpisode,
  textPolicy,
} from './playing.fixture';
import type { PolicyRequest } from './policy';
import { runEpisodes } from './run-episodes';

function eventsOf<Type extends EpisodeEventType>(log: EventLog, type: Type) {
  return log.filter((event): event is EpisodeEvent & { readonly type: Type } => event.type === type);
}

const ending = (episode: Episode) => eventsOf(episode.log, 'episode-ended')[0];

/** One step of each kind a perfect run of the literal task needs. */
const PERFECT = [
  calling('Add_memory', { content: 'Mira lives in Rome' }),
  answering('ok'),
  calling('Add_memory', { content: 'Tom plays the cello' }),
  calling('Update_memory', { memory_id: 'm1', content: 'Mira lives in Oslo' }),
  calling('Filter_context', { criteria: 'In a novel, Mira lives in Paris' }),
  calling('Retrieve_memory', { query: 'Mira lives in' }),
  answering('Oslo'),
];

describe('the three stages', () => {
  it('plays a whole task and logs what happened in order', async () => {
    const episode = await play(sayingPolicy(PERFECT));
    expect(episode.log.map((event) => event.seq)).toEqual(episode.log.map((_, index) => index));
    expect(episode.log[0]).toMatchObject({
      type: 'episode-started',
      taskId: MIRA_TASK.id,
      initialMemory: [],
    });
    expect(ending(episode)).toMatchObject({
      reason: 'answered',
      answer: 'Oslo',
      score: 1,
      step: 7,
      stage: 3,
    });
    expect(eventsOf(episode.log, 'stage-started').map((event) => [event.stage, event.step])).toEqual([
      [1, 0],
      [2, 4],
      [3, 5],
    ]);
    expect((await episode.memory.list()).map((entry) => [entry.content, entry.sourceStep])).toEqual([
      ['Mira lives in Oslo', 'test/s4'],
      ['Tom plays the cello', 'test/s3'],
    ]);
  });

  it('brings a new message with each round at one step a message', async () => {
    const episode = await play(sayingPolicy([]));
    expect(eventsOf(episode.log, 'prompt').map((event) => event.messages.at(-1)?.content)).toEqual([
      ...MIRA_TASK.messages.map((message) => message.content),
      MIRA_TASK.distractors[0].content,
      MIRA_TASK.query,
    ]);
  });

  it('lets a message take several steps until it is answered', async () => {
    const texts = [
      calling('Add_memory', { content: 'Mira lives in Rome' }),
      answering('noted'),
      answering('yes'),
    ];
    const episode = await startEpisode({ config: { stepsPerMessage: { 1: 3, 2: 1 } } });
    const seen: [string | undefined, number][] = [];
    for (const text of texts) {
      const { state } = await episode.request();
      seen.push([state.context.findLast((m) => m.role === 'user')?.content, state.stepsOnMessage]);
      await episode.apply({ text, promptIds: [], tokens: [], finish: 'stop' });
    }
    expect(seen).toEqual([
      ['Mira lives in Rome.', 0],
      ['Mira lives in Rome.', 1],
      ['Lovely weather today!', 0],
    ]);
  });

  it('empties C between stages 1 and 2, keeps M, and keeps C from 2 to 3', async () => {
    const episode = await play(sayingPolicy(PERFECT));
    const [reset] = eventsOf(episode.log, 'context-reset');
    expect(reset.stage).toBe(2);
    expect(reset.tokensAfter).toBe(
      countTokens({ role: 'system', content: BUNDLED_EPISODE_CONFIG.systemPrompt }),
    );
    const stage2 = eventsOf(episode.log, 'prompt').find((event) => event.stage === 2);
    expect(stage2?.messages.map((message) => message.role)).toEqual(['system', 'user']);
    const stage3 = eventsOf(episode.log, 'prompt').find((event) => event.stage === 3);
    expect(stage3?.messages.map((message) => message.role)).toEqual(['system', 'assistant', 'tool', 'user']);
    expect(eventsOf(episode.log, 'memory-wiped')).toEqual([]);
  });

  it('can keep C, and can wipe M, as controls', async () => {
    const kept = await play(sayingPolicy(PERFECT), {
      config: { resetBetweenStages: false, hardPromptTokens: 10_000 },
    });
    expect(eventsOf(kept.log, 'context-reset')).toEqual([]);
    expect(kept.context.some((message) => message.origin.kind === 'task')).toBe(true);

    const wiped = await play(sayingPolicy(PERFECT), { config: { wipeMemoryAtReset: true } });
    expect(eventsOf(wiped.log, 'memory-wiped')[0].entries).toHaveLength(2);
    const retrieved = eventsOf(wiped.log, 'tool-called').at(-1);
    expect(retrieved?.outcome).toMatchObject({ ok: true, effect: { kind: 'retrieved', results: [] } });
  });

  it('passes over stages without messages', async () => {
    const task = { ...MIRA_TASK, messages: [], distractors: [] };
    const episode = await play(sayingPolicy([answering('Oslo')]), { task });
    expect(eventsOf(episode.log, 'stage-started').map((event) => event.stage)).toEqual([1, 2, 3]);
    expect(ending(episode)).toMatchObject({ reason: 'answered', step: 1 });
  });

  it('counts the tokens of C when the answer is made, before the answer is part of it', async () => {
    const episode = await play(sayingPolicy(PERFECT));
    const answered = eventsOf(episode.log, 'answered').at(-1);
    const prompt = eventsOf(episode.log, 'prompt').at(-1);
    expect(answered?.contextTokens).toBe(prompt?.contextTokens);
    expect(ending(episode).contextTokens).toBe(prompt?.contextTokens);
    expect(episode.contextTokens).toBeGreaterThan(ending(episode).contextTokens);
  });

  it('continues with observations in a world', async () => {
    let doors = 0;
    const environment: TaskEnvironment = {
      interactive: true,
      get done() {
        return doors === 2;
      },
      observe: () => 'Goal: open both doors. You see a door.',
      act: (action) => {
        if (action === 'open') doors++;
        return doors === 2 ? { done: true, score: 1 } : { done: false, observation: `${doors} open.` };
      },
    };
    const task = { ...MIRA_TASK, messages: [], distractors: [], answers: [] };
    const texts = [answering('wait'), calling('Retrieve_memory', { query: 'door' }), answering('open')];
    const episode = await play(sayingPolicy([...texts, answering('open')]), { task, environment });
    expect(ending(episode)).toMatchObject({ reason: 'environment-done', answer: 'open', score: 1, step: 4 });
    expect(episode.context.filter((m) => m.origin.kind === 'observation').map((m) => m.content)).toEqual([
      '0 open.',
      '1 open.',
    ]);
  });

  it('gives a rollout its own distractors when they are not shared', async () => {
    const distractors = [
      { content: 'Quite another story.', kind: 'distractor' as const, factIds: [] },
      { content: 'And one more.', kind: 'distractor' as const, factIds: [] },
    ];
    const episode = await play(sayingPolicy([]), { distractors, config: { distractorsShared: false } });
    const shown = eventsOf(episode.log, 'message-added').filter(
      (e) => e.message.origin.kind === 'distractor',
    );
    expect(shown.map((event) => event.message.content)).toEqual(distractors.map((d) => d.content));
    await expect(startEpisode({ distractors })).rejects.toThrow(EpisodeConfigError);
    await expect(startEpisode({ config: { distractorsShared: false } })).rejects.toThrow(EpisodeConfigError);
  });
});

describe('introspection', () => {
  const texts = [calling('Add_memory', { content: 'Mira lives in Rome' })];

  it('shows related entries last, for one step, without making them part of C', async () => {
    const requests: PolicyRequest[] = [];
    const policy = textPolicy((request) => {
      requests.push(request);
      return texts[request.state.step - 1] ?? answering('ok');
    });
    const episode = await play(policy);
    expect(requests[0].state.introspected).toEqual([]);
    expect(requests[0].messages.map((message) => message.role)).toEqual(['system', 'user']);
    expect(requests[1].messages.at(-1)).toEqual({ role: 'tool', content: 'related: m1: Mira lives in Rome' });
    expect(requests[1].state.introspected.map((entry) => entry.id)).toEqual(['m1']);
    const [, prompt] = eventsOf(episode.log, 'prompt');
    expect(prompt.messages.at(-1)?.messageId).toBeNull();
    expect(prompt.contextTokens).toBe(
      prompt.messages.slice(0, -1).reduce((sum, message) => sum + countTokens(message), 0),
    );
    expect(
      episode.log.some((e) => e.type === 'message-added' && e.message.content.startsWith('related')),
    ).toBe(false);
    // Stage 3 is for Retrieve_memory to look things up.
    expect(requests.at(-1)?.state.introspected).toEqual([]);
  });

  it('is kept in C, or left out, on request', async () => {
    const kept = await play(sayingPolicy(texts), {
      config: { introspection: 'kept', hardPromptTokens: 10_000 },
    });
    const message = eventsOf(kept.log, 'message-added').find((e) => e.message.origin.kind === 'retrieval');
    expect(message?.message).toMatchObject({ role: 'tool', origin: { call: -1, entries: [{ id: 'm1' }] } });
    const off = await play(sayingPolicy(texts), { config: { introspection: 'off' } });
    expect(eventsOf(off.log, 'introspection')).toEqual([]);
  });

  it('is told as a look-up and its result in the stages that say so, as part of C where it is kept', async () => {
    const stages = { introspectionStages: [1, 3], lookedUpStages: [3] } as const;
    const expected = (query: string) => [
      {
        role: 'assistant',
        content:
          `<think>look it up</think><tool_call>[{"name":"Retrieve_memory","arguments":{"query":"${query}"}}]` +
          '</tool_call>',
      },
      { role: 'tool', content: 'm1: Mira lives in Rome' },
    ];
    const last = await play(sayingPolicy(texts), { config: stages });
    const told = eventsOf(last.log, 'prompt').map(({ stage, messages }) => ({ stage, messages }));
    expect(told[1].messages.at(-1)?.content).toBe('related: m1: Mira lives in Rome');
    const asked = told.find(({ stage }) => stage === 3)?.messages ?? [];
    const query = asked.findLast(({ role }) => role === 'user')?.content ?? '';
    expect(asked.slice(-2)).toEqual(expected(query).map((message) => ({ ...message, messageId: null })));
    expect(eventsOf(last.log, 'tool-called').some(({ stage }) => stage === 3)).toBe(false);

    const config = { ...stages, introspection: 'kept', hardPromptTokens: 10_000 } as const;
    const kept = await play(sayingPolicy(texts), { config });
    const added = eventsOf(kept.log, 'message-added').filter(({ stage }) => stage === 3);
    expect(added.map(({ message: { role, content } }) => ({ role, content }))).toEqual(
      expect.arrayContaining(expected(query)),
    );
  });

  it('shows no more than asked, and nothing below the least score', async () => {
    const memory = await createTransientMemory();
    for (const content of ['Mira lives in Rome now', 'Mira lives', 'Mira in Rome', 'blockchain']) {
      await memory.add({ content });
    }
    const episode = await startEpisode({
      memory,
      config: { introspectionTopK: 3, introspectionMinScore: 0.3 },
    });
    const { state } = await episode.request();
    expect(state.introspected).toHaveLength(3);
    const strict = await startEpisode({ memory, config: { introspectionMinScore: 0.9999 } });
    expect((await strict.request()).state.introspected).toEqual([]);
    expect(strict.log.some((event) => event.type === 'introspection')).toBe(false);
  });

  it('shows what fits rather than end the episode', async () => {
    const memory = await createTransientMemory();
    await memory.add({ content: 'Mira lives in Rome' });
    await memory.add({ content: `Mira lives in Rome, ${'and so on, '.repeat(80)}` });
    const episode = await startEpisode({ memory });
    const { messages } = await episode.request();
    expect(messages.at(-1)?.content).toBe('related: m1: Mira lives in Rome');
  });
});

describe('mistakes of the policy', () => {
  it('tells a malformed completion what was wrong, counts the step and goes on', async () => {
    const episode = await play(sayingPolicy(['Mira!', '<think></think><tool_call>[{"name":']));
    const errors = episode.log.filter(
      (e) => e.type === 'message-added' && e.message.content.startsWith('error:'),
    );
    expect(errors.map((e) => e.type === 'message-added' && e.message.content)).toEqual([
      'error: expected <tool_call> or <answer> at 0',
      'error: the JSON ends early at 35',
    ]);
    expect(ending(episode).reason).toBe('answered');
    expect(ending(episode).step).toBe(6);
  });

  it('runs the other calls of a step when one fails', async () => {
    const text =
      '<think></think><tool_call>[{"name":"Forget","arguments":{}},{"name":"Add_memory","arguments":{"content":"x"}}]</tool_call>';
    const episode = await play(sayingPolicy([text]));
    expect(eventsOf(episode.log, 'tool-called').map((event) => event.outcome.ok)).toEqual([false, true]);
    expect(await episode.memory.list()).toHaveLength(1);
  });

  it('reads a completion cut off at its limit as it is', async () => {
    const episode = await play(textPolicy(() => ({ text: '<think></think><answer>Os', finish: 'length' })));
    expect(ending(episode)).toMatchObject({ reason: 'answered', answer: 'Os' });
  });
});

describe('limits', () => {
  const chat = (count: number) => ({
    ...MIRA_TASK,
    messages: Array.from({ length: count }, (_, index) => ({
      content: `Note ${index}`,
      kind: 'chatter' as const,
      factIds: [],
    })),
  });

  it('exceeds the soft rounds at N_max + 1 and ends at the hard cap', async () => {
    const stuck = textPolicy(({ state }) =>
      state.stage === 3 ? calling('Retrieve_memory', { query: 'x' }) : answering('ok'),
    );
    const episode = await play(stuck, {
      config: { maxRounds: 4, hardRounds: { 1: 8, 2: 8, 3: 6 }, hardPromptTokens: 10_000 },
    });
    const rounds = eventsOf(episode.log, 'limit-exceeded').filter((event) => event.limit === 'rounds');
    expect(rounds.map(({ value, bound, hard, stage }) => ({ value, bound, hard, stage }))).toEqual([
      { value: 5, bound: 4, hard: false, stage: 3 },
      { value: 6, bound: 6, hard: true, stage: 3 },
    ]);
    expect(ending(episode)).toMatchObject({ reason: 'hard-rounds', answer: null, score: null });
    expect(eventsOf(episode.log, 'prompt').filter((event) => event.stage === 3)).toHaveLength(6);
  });

  it('fines nobody for the number of messages', async () => {
    const config = { maxRounds: 2, hardRounds: { 1: 3, 2: 3, 3: 3 }, hardPromptTokens: 10_000 };
    const episode = await play(sayingPolicy([]), { task: chat(5), config });
    expect(eventsOf(episode.log, 'limit-exceeded').filter((event) => event.limit === 'rounds')).toEqual([]);
    expect(ending(episode).reason).toBe('answered');
    expect(episode.limits).toMatchObject({ maxRounds: 5, hardRounds: { 1: 6, 2: 6, 3: 6 } });
  });

  it('marks an overflow of C once, and ends before a prompt is too long', async () => {
    const talkative = textPolicy(() => answering('x'.repeat(100)));
    const episode = await play(talkative, { task: chat(12) });
    const limits = eventsOf(episode.log, 'limit-exceeded').filter(
      (event) => event.limit === 'context-tokens',
    );
    expect(limits.map((event) => event.hard)).toEqual([false, true]);
    expect(limits[0].value).toBeGreaterThan(BUNDLED_EPISODE_CONFIG.maxContextTokens);
    expect(ending(episode).reason).toBe('hard-context');
  });

  it('never makes a prompt above the hard cap, whatever the policy does', async () => {
    const { hardPromptTokens, promptOverheadTokens } = BUNDLED_EPISODE_CONFIG;
    for (let seed = 0; seed < 60; seed++) {
      const episode = await play(randomPolicy(), { seed });
      for (const prompt of eventsOf(episode.log, 'prompt')) {
        const tokens = prompt.messages.reduce((sum, message) => sum + countTokens(message), 0);
        expect(tokens + promptOverheadTokens).toBeLessThanOrEqual(hardPromptTokens);
      }
    }
  });

  it.each([
    ['maxRounds', { maxRounds: 0 }],
    ['hardRounds[2]', { hardRounds: { 1: 9, 2: 0, 3: 9 } }],
    ['hardRounds[3]', { maxRounds: 4, hardRounds: { 1: 8, 2: 8, 3: 4 } }],
    ['stepsPerMessage[1]', { stepsPerMessage: { 1: 0, 2: 1 } }],
    ['summaryShare', { summaryShare: 1.5 }],
    ['maxContextTokens', { maxContextTokens: Number.NaN }],
    ['introspectionTopK', { introspectionTopK: 0.5 }],
  ])('refuses a senseless %s by name', async (option, config) => {
    await expect(startEpisode({ config })).rejects.toThrow(option);
  });

  it('has a note on every option', () => {
    expect(Object.keys(EPISODE_OPTION_NOTES).sort()).toEqual(Object.keys(BUNDLED_EPISODE_CONFIG).sort());
    expect(Object.keys(PAPER_EPISODE_CONFIG).sort()).toEqual(Object.keys(BUNDLED_EPISODE_CONFIG).sort());
  });
});

describe('determinism', () => {
  it('gives two runs the same log, alone or in a batch, and another seed another one', async () => {
    const alone: string[] = [];
    for (let seed = 0; seed < 8; seed++) alone.push(hashLog((await play(randomPolicy(), { seed })).log));
    const together = await Promise.all(alone.map((_, seed) => startEpisode({ seed })));
    await runEpisodes(together, randomPolicy(), { temperature: 1, maxNewTokens: 48, batchSize: 3 });
    expect(together.map((episode) => hashLog(episode.log))).toEqual(alone);
    expect(new Set(alone).size).toBe(alone.length);
  });

  it('notices any change of a log', async () => {
    const { log } = await play(sayingPolicy(PERFECT));
    const hash = hashLog(log);
    expect(hash).toMatch(/^[0-9a-f]{14}$/);
    expect(hashLog(JSON.parse(JSON.stringify(log)))).toBe(hash);
    expect(hashLog(log.slice(0, -1))).not.toBe(hash);
    for (const [index, event] of log.entries()) {
      expect(hashLog(log.with(index, { ...event, step: event.step + 1 }))).not.toBe(hash);
    }
  });

  it('spreads the seeds of steps', () => {
    const random = createRandom('seeds');
    const seeds = new Set<number>();
    for (let episode = 0; episode < 100; episode++) {
      const base = random.int(2 ** 31);
      for (let step = 1; step <= 20; step++) seeds.add(stepSeed(base + (episode % 2), step));
    }
    expect(seeds.size).toBe(2_000);
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
    const bits = Array.from({ length: 32 }, (_, bit) => [...seeds].filter((s) => (s >>> bit) & 1).length);
    for (const count of bits) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe('order of calls', () => {
  const done = { text: answering('ok'), promptIds: [], tokens: [], finish: 'stop' } as const;

  it('gives the same request until it is answered', async () => {
    const episode = await startEpisode();
    const first = await episode.request();
    expect(await episode.request()).toBe(first);
    expect(eventsOf(episode.log, 'prompt')).toHaveLength(1);
  });

  it('refuses calls out of order by name', async () => {
    const episode = await startEpisode();
    await expect(episode.apply(done)).rejects.toThrow(EpisodeOrderError);
    const both = [episode.request(), episode.request()];
    await expect(Promise.all(both)).rejects.toThrow(EpisodeOrderError);
    await both[0];
    const applied = [episode.apply(done), episode.apply(done)];
    await expect(Promise.all(applied)).rejects.toThrow(EpisodeOrderError);
    await applied[0];
    episode.abort();
    await expect(episode.request()).rejects.toThrow(EpisodeOrderError);
    await expect(episode.apply(done)).rejects.toThrow(EpisodeOrderError);
  });

  it('aborts at once between steps, and after the tool call under way within one', async () => {
    const idle = await startEpisode();
    idle.abort();
    idle.abort();
    expect(ending(idle).reason).toBe('aborted');
    expect(eventsOf(idle.log, 'episode-ended')).toHaveLength(1);

    const busy = await startEpisode();
    await busy.request();
    const text = JSON.stringify([
      { name: 'Add_memory', arguments: { content: 'a' } },
      { name: 'Add_memory', arguments: { content: 'b' } },
    ]);
    const applied = busy.apply({ ...done, text: `<think></think><tool_call>${text}</tool_call>` });
    busy.abort();
    expect(busy.done).toBe(false);
    await applied;
    expect(busy.log.at(-1)).toMatchObject({ type: 'episode-ended', reason: 'aborted' });
    expect(eventsOf(busy.log, 'tool-called')).toHaveLength(1);
    // What memory holds and what the log says are the same.
    expect(await busy.memory.list()).toHaveLength(eventsOf(busy.log, 'tool-called').length);
  });

  it('ends with an aborted completion', async () => {
    const episode = await play(textPolicy(() => ({ text: '<thi', finish: 'aborted' })));
    expect(ending(episode)).toMatchObject({ reason: 'aborted', answer: null, step: 1 });
  });
});
