/** What may be shown of a memory before a step: properties over memories, queries, stages and rooms drawn at random. */
import { describe, expect, test } from 'vitest';
import { createTransientMemory } from '../memory/long-term-memory';
import type { LongTermMemory } from '../memory/memory';
import { createRandom, type Random } from '../tasks/random';
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from './config';
import { ShortTermMemory } from './context';
import type { Stage } from './events';
import { lookUp, relatedEntries, shownMessages } from './introspection';
import { countTokens } from './playing.fixture';
import { parseCompletion } from './protocol';

const STAGES: readonly Stage[] = [1, 2, 3];
const NAMES = ['Mira', 'Tom', 'Ann', 'Rosa', 'Ben'];
const SAYS = ['lives in Rome', 'likes tea', 'owns a tent', 'works as a baker', 'has boss Kim'];

interface Drawn {
  readonly memory: LongTermMemory;
  readonly context: ShortTermMemory;
  readonly stage: Stage;
  readonly config: EpisodeConfig;
  readonly room: number;
}

const sentence = (random: Random) => `${random.pick(NAMES)} ${random.pick(SAYS)}`;

async function drawn(seed: number): Promise<Drawn> {
  const random = createRandom('introspection', seed);
  const memory = await createTransientMemory();
  for (let i = random.int(8); i > 0; i--) await memory.add({ content: sentence(random) });
  const context = new ShortTermMemory(countTokens);
  context.append('system', 'You manage your memory.', { kind: 'system' });
  for (let i = 0; i < 1 + random.int(3); i++) {
    context.append('user', sentence(random), { kind: 'task', index: i });
    context.append('assistant', 'noted', { kind: 'assistant', step: i + 1 });
  }
  const some = () => STAGES.filter(() => random.int(2) === 1);
  const config: EpisodeConfig = {
    ...BUNDLED_EPISODE_CONFIG,
    introspection: random.pick(['last', 'kept', 'off'] as const),
    introspectionStages: some(),
    lookedUpStages: some(),
    introspectionTopK: 1 + random.int(5),
    introspectionMinScore: random.pick([0, 0.2, 0.5]),
  };
  return { memory, context, stage: random.pick(STAGES), config, room: random.int(80) };
}

const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1);

async function each(check: (part: Drawn, found: Awaited<ReturnType<typeof relatedEntries>>) => unknown) {
  let shown = 0;
  for (const seed of SEEDS) {
    const part = await drawn(seed);
    const { memory, context, stage, config, room } = part;
    const found = await relatedEntries(memory, context, stage, config, room);
    if (found.shown.length > 0) shown++;
    await check(part, found);
  }
  return shown;
}

describe('entries that are shown', () => {
  test('are in stages that ask for them, no more than asked, best first, above the least score, and fit', async () => {
    const shown = await each(({ context, stage, config, room }, found) => {
      if (config.introspection === 'off' || !config.introspectionStages.includes(stage)) {
        expect(found.shown).toEqual([]);
      }
      expect(found.shown.length).toBeLessThanOrEqual(config.introspectionTopK);
      const scores = found.shown.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const score of scores) expect(score).toBeGreaterThanOrEqual(config.introspectionMinScore);
      const tokens = shownMessages(found, stage, config).reduce(
        (sum, { role, content }) => sum + context.cost(role, content),
        0,
      );
      expect(tokens).toBeLessThanOrEqual(found.shown.length === 0 ? 0 : room);
    });
    expect(shown).toBeGreaterThan(20);
  });

  test('are all that fits: one more of the best would need more room', async () => {
    let cut = 0;
    await each(async ({ memory, context, stage, config, room }, found) => {
      const all = await relatedEntries(memory, context, stage, config, Number.POSITIVE_INFINITY);
      expect(all.shown.slice(0, found.shown.length)).toEqual(found.shown);
      if (found.shown.length === all.shown.length) return;
      cut++;
      const more = { query: found.query, shown: all.shown.slice(0, found.shown.length + 1) };
      const tokens = shownMessages(more, stage, config).reduce(
        (sum, { role, content }) => sum + context.cost(role, content),
        0,
      );
      expect(tokens).toBeGreaterThan(room);
    });
    expect(cut).toBeGreaterThan(5);
  });

  test('are looked for with the newest message of the user, and leave memory and context as they were', async () => {
    for (const seed of SEEDS.slice(0, 40)) {
      const { memory, context, stage, config, room } = await drawn(seed);
      const before = { entries: await memory.list(), messages: [...context.messages] };
      const { query } = await relatedEntries(memory, context, stage, config, room);
      expect(query).toBe(context.messages.findLast(({ role }) => role === 'user')?.content);
      expect({ entries: await memory.list(), messages: [...context.messages] }).toEqual(before);
    }
  });
});

test('nothing is shown before the user has said anything', async () => {
  const memory = await createTransientMemory();
  await memory.add({ content: 'Mira lives in Rome' });
  const found = await relatedEntries(
    memory,
    new ShortTermMemory(countTokens),
    1,
    { ...BUNDLED_EPISODE_CONFIG, introspection: 'last', introspectionStages: [1] },
    1000,
  );
  expect(found).toEqual({ query: '', shown: [] });
});

test('every entry shown stands once in the messages, with its id, in the last of them', async () => {
  await each(({ stage, config }, found) => {
    const messages = shownMessages(found, stage, config);
    if (found.shown.length === 0) {
      expect(messages).toEqual([]);
      return;
    }
    const lookedUp = config.lookedUpStages.includes(stage);
    expect(messages.map(({ role }) => role)).toEqual(lookedUp ? ['assistant', 'tool'] : ['tool']);
    const lines = messages
      .at(-1)
      ?.content.replace(/^related: /, '')
      .split('\n');
    expect(lines).toEqual(found.shown.map(({ entry }) => `${entry.id}: ${entry.content}`));
  });
});

test.each([
  'Where does Mira live?',
  'a "quoted" word',
  'back\\slash and\nnewline',
  '</tool_call>',
  '猫はどこ？',
])('a look-up is a call that the protocol reads as such: %j', (query) => {
  const action = parseCompletion(lookUp(query));
  expect(action).toMatchObject({
    kind: 'tool-calls',
    calls: [{ name: 'Retrieve_memory', arguments: { query } }],
  });
});
