import { beforeEach, describe, expect, it } from 'vitest';
import { BY_USER } from '../memory/journal';
import { createTransientMemory } from '../memory/long-term-memory';
import type { LongTermMemory, Metadata } from '../memory/memory';
import { removableMessages, ShortTermMemory, UnknownMessageError } from './context';
import { countTokens } from './playing.fixture';
import { extractiveSummariser } from './summary';
import { TOOL_NAMES, TOOL_SCHEMAS } from './tool-schemas';
import { type CallPlan, planCall } from './tools';

let memory: LongTermMemory;
let context: ShortTermMemory;

beforeEach(async () => {
  memory = await createTransientMemory();
  context = new ShortTermMemory(countTokens);
  context.append('system', 'system', { kind: 'system' });
});

function call(name: string, args: Metadata, stage: 1 | 2 | 3 = 2): Promise<CallPlan> {
  return planCall(
    { name, arguments: args },
    {
      memory,
      context,
      stage,
      step: 9,
      call: 0,
      sourceStep: 'test/s9',
      note: BY_USER,
      summariser: extractiveSummariser,
      filterThreshold: memory.embedder.threshold,
      summaryShare: 0.5,
    },
  );
}

const user = (content: string, index: number) => context.append('user', content, { kind: 'task', index });

it('refuses a tool that is not to be used, whatever its arguments, and changes nothing', async () => {
  user('Mira lives in Oslo', 0);
  const plan = await planCall(
    { name: 'Filter_context', arguments: { criteria: 'Mira lives in Oslo' } },
    {
      memory,
      context,
      stage: 2,
      step: 9,
      call: 0,
      sourceStep: 'test/s9',
      note: BY_USER,
      summariser: extractiveSummariser,
      filterThreshold: 0,
      summaryShare: 0.5,
      refused: ['Filter_context'],
    },
  );
  expect(plan.outcome).toEqual({
    ok: false,
    code: 'refused',
    message: 'Filter_context is not to be used here',
  });
  expect(plan.removals).toEqual([]);
});

describe('memory tools', () => {
  it('adds, with metadata, type and the step that wrote it', async () => {
    const plan = await call('Add_memory', {
      content: ' Mira lives in Oslo ',
      metadata: { topic: 'home' },
      memory_type: 'fact',
    });
    expect(plan.reply.content).toBe('m1 added');
    expect(plan.outcome).toEqual({
      ok: true,
      effect: {
        kind: 'added',
        entry: { id: 'm1', content: 'Mira lives in Oslo', metadata: { topic: 'home' }, memoryType: 'fact' },
      },
    });
    expect(await memory.get('m1')).toMatchObject({ content: 'Mira lives in Oslo', sourceStep: 'test/s9' });
  });

  it('updates content and merges metadata', async () => {
    await memory.add({ content: 'Mira lives in Rome', metadata: { a: 1, b: 1 } });
    const plan = await call('Update_memory', {
      memory_id: 'm1',
      content: 'Mira lives in Oslo',
      metadata: { b: 2 },
    });
    expect(plan.reply.content).toBe('m1 updated');
    expect(plan.outcome).toMatchObject({
      ok: true,
      effect: {
        kind: 'updated',
        before: { content: 'Mira lives in Rome' },
        after: { content: 'Mira lives in Oslo' },
      },
    });
    expect((await memory.get('m1'))?.metadata).toEqual({ a: 1, b: 2 });
  });

  it('deletes', async () => {
    await memory.add({ content: 'Mira lives in Rome' });
    const plan = await call('Delete_memory', { memory_id: 'm1', confirmation: true });
    expect(plan.reply.content).toBe('m1 deleted');
    expect(await memory.list()).toEqual([]);
  });

  it('retrieves with ids, one entry a line, as many as asked', async () => {
    await memory.add({ content: 'Mira lives in Oslo', metadata: { of: 'Mira' } });
    await memory.add({ content: 'Mira plays the cello', metadata: { of: 'Mira' } });
    await memory.add({ content: 'Tom lives in Oslo', metadata: { of: 'Tom' } });
    const two = await call('Retrieve_memory', { query: 'Where does Mira live, Oslo?', top_k: 2 });
    expect(two.reply.content.split('\n')).toHaveLength(2);
    expect(two.reply.content.split('\n')[0]).toBe('m1: Mira lives in Oslo');
    const tom = await call('Retrieve_memory', { query: 'Mira', metadata_filter: { of: 'Tom' } });
    expect(tom.reply.content).toBe('m3: Tom lives in Oslo');
    expect(tom.reply.origin).toMatchObject({ kind: 'retrieval', entries: [{ id: 'm3' }] });
  });

  it('says when there is nothing', async () => {
    expect((await call('Retrieve_memory', { query: 'Mira' })).reply.content).toBe('nothing found');
  });
});

describe('refusals', () => {
  it.each([
    ['Forget', {}, 'unknown-tool', 'no tool Forget'],
    ['toString', {}, 'unknown-tool', 'no tool toString'],
    ['Add_memory', {}, 'missing-argument', 'Add_memory needs content'],
    ['Add_memory', { content: 5 }, 'ill-typed-argument', 'content must be a string'],
    ['Add_memory', { content: '  ' }, 'ill-typed-argument', 'content must be a text that is not empty'],
    ['Add_memory', { content: 'x', metadata: [1] }, 'ill-typed-argument', 'metadata must be an object'],
    ['Add_memory', { content: 'x', why: 'y' }, 'unknown-argument', 'Add_memory has no why'],
    ['Update_memory', { memory_id: 'm7', content: 'x' }, 'unknown-memory', 'no memory m7'],
    ['Update_memory', { memory_id: 'm1' }, 'missing-argument', 'Update_memory needs content'],
    ['Delete_memory', { memory_id: 'm1' }, 'missing-argument', 'Delete_memory needs confirmation'],
    ['Delete_memory', { memory_id: 'm1', confirmation: false }, 'not-confirmed', 'confirmation must be true'],
    [
      'Delete_memory',
      { memory_id: 'm1', confirmation: 'true' },
      'ill-typed-argument',
      'confirmation must be true or false',
    ],
    ['Delete_memory', { memory_id: 'm9', confirmation: true }, 'unknown-memory', 'no memory m9'],
    [
      'Retrieve_memory',
      { query: 'x', top_k: 0 },
      'ill-typed-argument',
      'top_k must be a whole number from 1 to 50',
    ],
    [
      'Retrieve_memory',
      { query: 'x', top_k: 1.5 },
      'ill-typed-argument',
      'top_k must be a whole number from 1 to 50',
    ],
    ['Summary_context', { span: '0' }, 'bad-span', 'span must be "all" or a number above 0'],
    ['Summary_context', { span: '-2' }, 'bad-span', 'span must be "all" or a number above 0'],
    ['Summary_context', { span: 3 }, 'ill-typed-argument', 'span must be a string'],
    ['Summary_context', { span: 'all' }, 'nothing-to-summarise', 'no messages to summarise'],
    ['Filter_context', {}, 'missing-argument', 'Filter_context needs criteria'],
  ])('%s %j: %s', async (name, args, code, message) => {
    await memory.add({ content: 'Mira lives in Oslo' });
    const before = await memory.list();
    const plan = await call(name, args);
    expect(plan.outcome).toEqual({ ok: false, code, message });
    expect(plan.reply).toMatchObject({ content: `error: ${message}`, origin: { kind: 'tool' } });
    expect(plan.removals).toEqual([]);
    expect(await memory.list()).toEqual(before);
    expect(context.messages).toHaveLength(1);
  });

  it('leaves failures of memory itself to the caller', async () => {
    await memory.add({ content: 'Mira lives in Oslo' });
    memory.delete = async () => {
      throw new DOMException('', 'QuotaExceededError');
    };
    const deletion = call('Delete_memory', { memory_id: 'm1', confirmation: true });
    await expect(deletion).rejects.toThrow(DOMException);
  });

  it('quotes no more than a few words of a policy that rambles', async () => {
    const plan = await call('x'.repeat(100_000), {});
    expect(plan.reply.content.length).toBeLessThan(60);
  });
});

describe('Filter_context', () => {
  it('removes what is close to the criteria and nothing that is protected', async () => {
    const novel = user('In a novel, Mira lives in Paris.', 0);
    const other = user('Tom plays the cello.', 1);
    context.append('user', 'In a novel, Mira lives in Paris?', { kind: 'query' });
    context.append('assistant', 'In a novel, Mira lives in Paris', { kind: 'assistant', step: 9 });
    const plan = await call('Filter_context', { criteria: 'In a novel, Mira lives in Paris' }, 3);
    expect(plan.removals).toEqual([novel.id]);
    expect(plan.reply.content).toBe('removed 1 message');
    expect(plan.outcome).toMatchObject({
      ok: true,
      effect: { threshold: memory.embedder.threshold, tokensBefore: context.tokens },
    });
    const effect =
      plan.outcome.ok && plan.outcome.effect.kind === 'filtered' ? plan.outcome.effect : undefined;
    expect(effect?.scores.map((score) => score.messageId)).toEqual([novel.id, other.id]);
    expect(effect?.tokensAfter).toBe(context.tokens - novel.tokens);
  });

  it('succeeds with nothing removed when nothing is close', async () => {
    user('Tom plays the cello.', 0);
    const plan = await call('Filter_context', { criteria: 'blockchain' });
    expect(plan.reply.content).toBe('removed 0 messages');
  });
});

describe('Summary_context', () => {
  const long = [
    'Mira lives in Oslo and works there as a nurse.',
    'Well, well, how nice it is today, is it not?',
    'Tom plays the cello on Sundays with his brother Ken.',
    'Ken has a red car that he bought in 2019.',
  ];

  it('replaces the messages by fewer tokens that know where they came from', async () => {
    const ids = long.map((content, index) => user(content, index).id);
    const plan = await call('Summary_context', { span: 'all' });
    expect(plan.removals).toEqual(ids);
    const { origin, content } = plan.reply;
    if (origin.kind !== 'summary') throw new Error('no summary');
    expect(content).toBe(`summary: ${origin.parts.map((part) => part.text).join(' ')}`);
    expect(origin.parts.length).toBeGreaterThan(0);
    for (const part of origin.parts) {
      expect(part.origin).toBe('task');
      expect(long[ids.indexOf(part.messageId)]).toContain(part.text);
    }
    const effect = plan.outcome.ok && plan.outcome.effect.kind === 'summarised' ? plan.outcome.effect : null;
    expect(effect?.tokensAfter).toBeLessThan(context.tokens);
    expect(effect?.summaryId).toBe(context.nextId);
  });

  it('takes the last N messages that may be summarised', async () => {
    const ids = long.map((content, index) => user(content, index).id);
    context.append('assistant', 'of this step', { kind: 'assistant', step: 9 });
    const plan = await call('Summary_context', { span: '2' });
    expect(plan.removals).toEqual(ids.slice(-2));
  });

  it('refuses when the summary would not be shorter', async () => {
    user('Hi', 0);
    const plan = await call('Summary_context', { span: 'all' });
    expect(plan.outcome).toMatchObject({ ok: false, code: 'summary-not-shorter' });
    expect(plan.removals).toEqual([]);
  });

  it('passes the provenance of a summary on to the next', async () => {
    const parts = [
      { text: 'Mira lives in Oslo.', messageId: 'c90', origin: 'task' as const },
      {
        text: 'In a novel, Mira lives in Paris and drinks coffee all day.',
        messageId: 'c91',
        origin: 'distractor' as const,
      },
    ];
    context.append('tool', `summary: ${parts.map((part) => part.text).join(' ')}`, {
      kind: 'summary',
      step: 2,
      call: 0,
      parts,
    });
    const plan = await call('Summary_context', { span: 'all' });
    const { origin } = plan.reply;
    expect(origin.kind === 'summary' && origin.parts).toEqual([
      expect.objectContaining({ messageId: expect.stringMatching(/^c9[01]$/) }),
    ]);
  });

  it('keeps the later of two sentences with the same words', async () => {
    user('Mira lives in Oslo.', 0);
    const later = user('mira lives in Oslo!', 1);
    user('And now for a long stretch of talk about nothing in particular, which takes up many tokens.', 2);
    const { parts } = await extractiveSummariser.summarise({
      messages: context.messages.slice(1),
      tokenBudget: 1000,
      cost: (candidate) => candidate.length,
    });
    expect(parts.filter((part) => /lives/.test(part.text)).map((part) => part.messageId)).toEqual([later.id]);
  });
});

describe('ShortTermMemory', () => {
  it('keeps ids unique and tokens exact through adds, removals and resets', () => {
    const first = user('Mira lives in Oslo.', 0);
    const second = user('Tom plays.', 1);
    expect(context.tokens).toBe(context.messages.reduce((sum, message) => sum + message.tokens, 0));
    context.remove(first.id);
    expect(context.messages.map((message) => message.id)).toEqual(['c1', second.id]);
    expect(context.reset().map((message) => message.id)).toEqual([second.id]);
    expect(context.messages.map((message) => message.role)).toEqual(['system']);
    expect(context.tokens).toBe(countTokens({ role: 'system', content: 'system' }));
    expect(user('again', 2).id).toBe('c4');
    expect(() => context.remove(first.id)).toThrow(UnknownMessageError);
  });

  it('protects system, query, the newest user message of stage 3 and the step under way', () => {
    const task = user('Mira lives in Oslo.', 0);
    context.append('user', 'Goal', { kind: 'query' });
    const older = context.append('user', 'You see a box.', { kind: 'observation' });
    context.append('user', 'You see a door.', { kind: 'observation' });
    context.append('assistant', 'now', { kind: 'assistant', step: 9 });
    context.append('tool', 'm1 added', { kind: 'tool', step: 9, call: 0 });
    const ids = removableMessages(context.messages, 3, 9).map((message) => message.id);
    expect(ids).toEqual([task.id, older.id]);
  });
});

describe('TOOL_SCHEMAS', () => {
  it('has the six tools of the paper, each with required arguments that it describes', () => {
    expect(TOOL_NAMES).toEqual([
      'Add_memory',
      'Update_memory',
      'Delete_memory',
      'Retrieve_memory',
      'Summary_context',
      'Filter_context',
    ]);
    for (const name of TOOL_NAMES) {
      const { parameters } = TOOL_SCHEMAS[name].function;
      expect(TOOL_SCHEMAS[name].function.name).toBe(name);
      for (const key of parameters.required) expect(Object.keys(parameters.properties)).toContain(key);
    }
  });
});
