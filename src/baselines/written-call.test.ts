import { expect, test } from 'vitest';
import type { JsonValue } from '../memory/memory';
import { createRandom } from '../tasks/random';
import { byModel, saying } from './baselines.fixture';
import { type ReplySchema, readReply } from './reply-schema';
import { put, type WrittenCall } from './written-call';

const SCHEMA: ReplySchema = {
  type: 'object',
  properties: { facts: { type: 'array', items: { type: 'string' } } },
};
const CALL: WrittenCall<{ readonly facts: readonly string[] }> = {
  purpose: 'extract facts',
  role: 'Pick out facts.',
  input: 'Mira lives in Rome.',
  schema: SCHEMA,
  rule: () => ({ facts: ['by rule'] }),
};

test('a reply to the letter is used as it is, thinking before it apart', async () => {
  const { policy, asked } = saying('<think>hm</think> {"facts":["Mira lives in Rome"]}');
  const { reply, record } = await put(CALL, byModel(policy));
  expect(reply).toEqual({ facts: ['Mira lives in Rome'] });
  expect(record).toMatchObject({ by: 'model', calls: 1, failures: [] });
  expect(asked[0][0].content).toContain('"facts"');
});

test('garbage is told once, then the rule replies; both tries are counted and kept', async () => {
  const { policy, asked } = saying('Sure! Here you are.', '{"facts":[7]}');
  const { reply, record } = await put(CALL, byModel(policy));
  expect(reply).toEqual({ facts: ['by rule'] });
  expect(record.by).toBe('rule');
  expect(record.calls).toBe(2);
  expect(record.failures).toEqual([
    { reason: expect.stringMatching(/^no JSON: /), text: 'Sure! Here you are.' },
    { reason: 'facts[0] is no string', text: '{"facts":[7]}' },
  ]);
  expect(asked[1].at(-1)?.content).toContain('no JSON');
  // Counted by hand: replies of four and of one word.
  expect(record.replyTokens).toBe(5);
});

test('a second reply that fits is taken, and the first failure stays on record', async () => {
  const { policy } = saying('{}', '{"facts":[]}');
  const { record } = await put(CALL, byModel(policy));
  expect(record).toMatchObject({ by: 'model', calls: 2, failures: [{ reason: 'the reply lacks "facts"' }] });
});

test('a prompt longer than the window is not put at all', async () => {
  const { policy, asked } = saying('{"facts":[]}');
  const { record } = await put(CALL, { kind: 'policy', policy, window: 20, seed: 1 });
  expect(asked).toEqual([]);
  expect(record).toMatchObject({ by: 'rule', calls: 0, promptTokens: 0 });
  expect(record.failures[0].reason).toMatch(/of 20 tokens$/);
});

test.each([
  ['', 'the reply is empty'],
  ['{"facts":[]} ok', 'there is text after the JSON'],
  ['{"facts":[],"more":1}', 'the reply has "more", which was not asked for'],
  ['{"facts":"x"}', 'facts is no list'],
  ['[]', 'the reply is no object'],
])('%j is refused: %s', (text, reason) => {
  expect(readReply(text, SCHEMA)).toEqual({ ok: false, reason });
});

test('texts of every kind are read or refused, and never thrown at', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '"facts"',
    ':',
    ',',
    '"a"',
    'null',
    '1e9',
    '<think>',
    '</think>',
    '\\',
    ' ',
  ];
  for (let seed = 0; seed < 3000; seed++) {
    const random = createRandom('reply', seed);
    const text = Array.from({ length: random.int(10) }, () => random.pick(pieces)).join('');
    const read = readReply(text, SCHEMA);
    if (read.ok) expect(Array.isArray((read.value as { facts: JsonValue }).facts)).toBe(true);
  }
});
