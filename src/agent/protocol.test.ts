import { describe, expect, it } from 'vitest';
import { createRandom } from '../tasks/random';
import type { ParsedAction } from './events';
import { formatCompletion, MAX_CALLS, parseCompletion, UnwritableTextError } from './protocol';

const ADD = '[{"name":"Add_memory","arguments":{"content":"Mira lives in Oslo"}}]';
const ADD_CALL = { name: 'Add_memory', arguments: { content: 'Mira lives in Oslo' } };

function tolerances(action: ParsedAction): readonly string[] {
  return action.tolerances.map((tolerance) => tolerance.kind);
}

describe('parseCompletion', () => {
  it('reads a canonical tool call without a tolerance', () => {
    expect(parseCompletion(`<think>new fact</think><tool_call>${ADD}</tool_call>`)).toEqual({
      kind: 'tool-calls',
      think: 'new fact',
      calls: [ADD_CALL],
      tolerances: [],
    });
  });

  it('reads a canonical answer without a tolerance', () => {
    expect(parseCompletion('<think>clear</think>\n<answer> Oslo \n</answer>\n')).toEqual({
      kind: 'answer',
      think: 'clear',
      text: 'Oslo',
      tolerances: [],
    });
  });

  it('reads several calls in order', () => {
    const text =
      '<think></think><tool_call>[{"name":"A","arguments":{}},{"name":"B","arguments":{"x":[1]}}]</tool_call>';
    const action = parseCompletion(text);
    expect(action.kind === 'tool-calls' && action.calls.map((call) => call.name)).toEqual(['A', 'B']);
  });

  it.each([
    [`<think>x</think><tool_call>${ADD}`, ['missing-closing-tag']],
    [`<think>x<tool_call>${ADD}</tool_call>`, ['missing-closing-tag']],
    [`<tool_call>${ADD}</tool_call>`, ['missing-think']],
    [`reasoning</think><tool_call>${ADD}</tool_call>`, ['missing-think']],
    [`<think></think><tool_call>\n\`\`\`json\n${ADD}\n\`\`\`\n</tool_call>`, ['code-fence']],
    [`<think></think><tool_call>${ADD.slice(1, -1)}</tool_call>`, ['single-object']],
    [`Sure! <think></think><tool_call>${ADD}</tool_call>`, ['outer-text']],
    [`<think></think>so: <tool_call>${ADD}</tool_call>`, ['outer-text']],
    [`<think></think><tool_call>${ADD}</tool_call> done`, ['outer-text']],
    [`<think></think><tool_call>${ADD} done`, ['missing-closing-tag', 'outer-text']],
  ])('tolerates %j and says so', (text, expected) => {
    const action = parseCompletion(text);
    expect(action.kind === 'tool-calls' && action.calls).toEqual([ADD_CALL]);
    expect(tolerances(action)).toEqual(expected);
  });

  it('takes an answer that breaks off as it is', () => {
    const action = parseCompletion('<think>x</think><answer>Os');
    expect(action).toMatchObject({ kind: 'answer', text: 'Os' });
    expect(tolerances(action)).toEqual(['missing-closing-tag']);
  });

  it('takes the first of two actions', () => {
    const action = parseCompletion(`<think></think><answer>Oslo</answer><tool_call>${ADD}</tool_call>`);
    expect(action).toMatchObject({ kind: 'answer', text: 'Oslo' });
    expect(tolerances(action)).toEqual(['outer-text']);
  });

  it('takes nothing inside <think> for an action', () => {
    const named = `<think>I could call <tool_call>${ADD}</tool_call></think>`;
    expect(parseCompletion(named).kind).toBe('protocol-error');
    expect(parseCompletion(`${named}<answer>no</answer>`)).toMatchObject({ kind: 'answer', text: 'no' });
  });

  it('finds the end of the JSON, not a tag inside a string', () => {
    const content = 'a </tool_call> b <answer>';
    const action = parseCompletion(
      `<think></think><tool_call>[{"name":"Add_memory","arguments":{"content":"${content}"}}]</tool_call>`,
    );
    expect(action.kind === 'tool-calls' && action.calls[0].arguments.content).toBe(content);
    expect(tolerances(action)).toEqual([]);
  });

  it.each([
    [
      'Delete_memory',
      { memory_id: 'm1', confirmed: true },
      'Delete_memory',
      { memory_id: 'm1', confirmation: true },
    ],
    ['Summary_context', { span: 'full' }, 'Summary_context', { span: 'all' }],
    ['Clear_context', { criteria: 'art' }, 'Filter_context', { criteria: 'art' }],
  ])('resolves the alias in %s %j', (name, given, canonicalName, canonical) => {
    const action = parseCompletion(
      formatCompletion('', { kind: 'tool-calls', calls: [{ name, arguments: given }] }),
    );
    expect(action.kind === 'tool-calls' && action.calls).toEqual([
      { name: canonicalName, arguments: canonical },
    ]);
    expect(tolerances(action)).toEqual(['alias']);
  });

  it.each([
    ['', 'expected <tool_call> or <answer>', 0],
    ['<think>only thinking', 'expected <tool_call> or <answer>', 20],
    ['<think></think>Oslo', 'expected <tool_call> or <answer>', 15],
    ['<think></think><tool_call>Add_memory</tool_call>', 'expected a JSON list of calls', 26],
    ['<think></think><tool_call>[]</tool_call>', 'the list of calls is empty', 26],
    ['<think></think><tool_call>[{"name":"Add_', 'a string is not closed', 40],
    ['<think></think><tool_call>[{}] or </tool_call>', 'expected </tool_call> after the JSON', 31],
    ['<think></think><tool_call>["x"]</tool_call>', 'call 1 is not an object', 26],
    ['<think></think><tool_call>[{"arguments":{}}]</tool_call>', 'call 1 has no "name" string', 26],
    [
      '<think></think><tool_call>[{"name":"A","arguments":"x"}]</tool_call>',
      'call 1: "arguments" is not an object',
      26,
    ],
  ])('refuses %j with a reason and a position', (text, reason, at) => {
    expect(parseCompletion(text)).toMatchObject({ kind: 'protocol-error', reason, at });
  });

  it('refuses more calls than anybody means', () => {
    const calls = (count: number) => Array.from({ length: count }, () => ADD_CALL);
    const at = (count: number) =>
      parseCompletion(formatCompletion('', { kind: 'tool-calls', calls: calls(count) }));
    expect(at(MAX_CALLS).kind).toBe('tool-calls');
    expect(at(MAX_CALLS + 1).kind).toBe('protocol-error');
  });
});

describe('formatCompletion', () => {
  it('writes compact JSON and no spaces between tags', () => {
    expect(formatCompletion('new fact', { kind: 'tool-calls', calls: [ADD_CALL] })).toBe(
      `<think>new fact</think><tool_call>${ADD}</tool_call>`,
    );
    expect(formatCompletion('', { kind: 'answer', text: 'Oslo' })).toBe(
      '<think></think><answer>Oslo</answer>',
    );
  });

  it('is read back as it was meant, for any text', () => {
    const random = createRandom('round-trip');
    const pieces = [
      'a',
      'Ø',
      '"',
      '\\',
      '\n',
      '<',
      '<think>',
      '<answer>',
      '<tool_call>',
      '😀',
      '\ud800',
      ' x',
    ];
    const text = () => Array.from({ length: random.int(8) }, () => random.pick(pieces)).join('');
    for (let round = 0; round < 2_000; round++) {
      const think = text();
      const calls = [{ name: 'Add_memory', arguments: { content: `${text()}</tool_call>${text()}` } }];
      expect(parseCompletion(formatCompletion(think, { kind: 'tool-calls', calls }))).toEqual({
        kind: 'tool-calls',
        think: think.trim(),
        calls,
        tolerances: [],
      });
      const answer = text();
      expect(parseCompletion(formatCompletion(think, { kind: 'answer', text: answer }))).toEqual({
        kind: 'answer',
        think: think.trim(),
        text: answer.trim(),
        tolerances: [],
      });
    }
  });

  it('refuses a text that would end its own tag', () => {
    expect(() => formatCompletion('a</think>b', { kind: 'answer', text: '' })).toThrow(UnwritableTextError);
    expect(() => formatCompletion('', { kind: 'answer', text: '</answer>' })).toThrow(UnwritableTextError);
  });
});

describe('parseCompletion on rubbish', () => {
  const pieces = [
    '<think>',
    '</think>',
    '<tool_call>',
    '</tool_call>',
    '<answer>',
    '</answer>',
    '```json',
    '```',
    ADD,
    '[',
    ']',
    '{',
    '}',
    '"',
    '\\',
    ',',
    ':',
    '"name"',
    '"arguments"',
    ' ',
    '\n',
    'Mira',
    '\u0000',
    '😀',
    '\udc00',
  ];

  it('returns one of three kinds, the same each time, with offsets inside the text', () => {
    const random = createRandom('rubbish');
    const kinds = new Set<string>();
    const count = process.env.SOAK ? 200_000 : 10_000;
    for (let round = 0; round < count; round++) {
      const text = Array.from({ length: random.int(14) }, () => random.pick(pieces)).join('');
      const action = parseCompletion(text);
      expect(parseCompletion(text)).toEqual(action);
      kinds.add(action.kind);
      const offsets = action.tolerances.map((tolerance) => tolerance.at);
      if (action.kind === 'protocol-error') offsets.push(action.at);
      for (const at of offsets) expect(at >= 0 && at <= text.length, JSON.stringify(text)).toBe(true);
    }
    expect([...kinds].sort()).toEqual(['answer', 'protocol-error', 'tool-calls']);
  });

  it.each(pieces.map((piece) => [piece]))('survives 100,000 characters of %j', (piece) => {
    const filler = piece.repeat(Math.ceil(100_000 / piece.length));
    for (const text of [
      filler,
      `<think>${filler}`,
      `<think></think><tool_call>${filler}`,
      `<think></think><tool_call>[${filler}`,
      `<think></think><tool_call>[{"name":"${filler}`,
      `<think></think><answer>${filler}`,
    ]) {
      expect(['answer', 'protocol-error', 'tool-calls']).toContain(parseCompletion(text).kind);
    }
  });
});
