/** What may be written under constraint: all of it is read as it is meant, and what is written by others is in it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seeded } from '../engine/model/test-text';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import { demonstrate } from '../policies/demonstrations';
import { randomTextOf, shortestEnd } from './grammar/random-text.fixture';
import { formatCompletion, MAX_CALLS, parseCompletion } from './protocol';
import { isStep, mayBegin, ProtocolOpeningError, protocolStart } from './protocol-automaton';
import { PROTOCOL_LANGUAGE } from './protocol-language';
import { checkCall, MAX_TOP_K, TOOL_NAMES } from './tool-schemas';

const SOAK = process.env.SOAK !== undefined;

/** What is wrong with a step, if anything: as the episode would see it. */
function faultOf(text: string): string | undefined {
  const action = parseCompletion(text);
  if (action.kind === 'protocol-error') return action.reason;
  if (action.tolerances.length > 0) return action.tolerances.map(({ kind }) => kind).join(', ');
  if (action.kind === 'answer') return undefined;
  const bad = action.calls.map(checkCall).find((checked) => !checked.ok);
  return bad?.ok === false ? bad.message : undefined;
}

const step = (name: string, given: object) =>
  `<think></think><tool_call>${JSON.stringify([{ name, arguments: given }])}</tool_call>`;

describe('what is accepted is well formed', () => {
  it('random texts of the language, and each of their beginnings may become one', () => {
    const random = seeded(1);
    const tools = new Set<string>();
    for (let round = 0; round < (SOAK ? 20_000 : 600); round++) {
      const text = randomTextOf(PROTOCOL_LANGUAGE.whole, random);
      expect([text, faultOf(text), isStep(text)]).toEqual([text, undefined, true]);
      const chars = [...text];
      expect(mayBegin(chars.slice(0, Math.floor(random() * chars.length)).join(''))).toBe(true);
      const action = parseCompletion(text);
      if (action.kind === 'tool-calls') for (const { name } of action.calls) tools.add(name);
    }
    expect([...tools].sort()).toEqual([...TOOL_NAMES].sort());
  });

  it('and whatever a change of some characters makes of them, if it is still accepted', () => {
    const random = seeded(2);
    const pieces = [
      ...' "\\{}[],:0159aem<>/\n\u3000',
      '</think>',
      '"name"',
      '\\u0020',
      'true',
      '51',
      '<answer>',
    ];
    let accepted = 0;
    let refused = 0;
    for (let round = 0; round < (SOAK ? 60_000 : 3000); round++) {
      const chars = [...randomTextOf(PROTOCOL_LANGUAGE.whole, random)];
      for (let edits = 1 + Math.floor(random() * 2); edits > 0; edits--) {
        const at = Math.floor(random() * (chars.length + 1));
        const piece = random() < 0.3 ? [] : [...pieces[Math.floor(random() * pieces.length)]];
        chars.splice(at, Math.floor(random() * 3), ...piece);
      }
      const text = chars.join('');
      if (!isStep(text)) {
        refused++;
        continue;
      }
      accepted++;
      expect([text, faultOf(text)]).toEqual([text, undefined]);
    }
    expect(Math.min(accepted, refused)).toBeGreaterThan(300);
  });

  it('random walks, byte by byte, come to an end from wherever they are', () => {
    const random = seeded(3);
    for (let round = 0; round < (SOAK ? 2000 : 150); round++) {
      let state = protocolStart();
      const bytes: number[] = [];
      for (let i = Math.floor(random() * 120); i > 0 && !state.canEnd; i--) {
        const ways = state.nextBytes();
        // Toward the tags, more often than chance would.
        const eager = ways.filter((byte) => '</think>tool_call"'.includes(String.fromCharCode(byte)));
        const among = eager.length > 0 && random() < 0.5 ? eager : ways;
        const byte = among[Math.floor(random() * among.length)];
        const next = state.next(byte);
        if (!next) throw new Error(`byte ${byte} was offered and refused`);
        bytes.push(byte);
        state = next;
      }
      const end = shortestEnd(state);
      if (!end) throw new Error(`a dead end: ${new TextDecoder().decode(Uint8Array.from(bytes))}`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from([...bytes, ...end]));
      expect([text, faultOf(text)]).toEqual([text, undefined]);
    }
  });
});

describe('what is written is accepted', () => {
  it('by the scripted demonstrator', async () => {
    const embedder = new NgramEmbedder();
    let steps = 0;
    for await (const episode of demonstrate({
      openMemory: (namespace) => createTransientMemory({ namespace, embedder, now: () => 0 }),
      episodes: 30,
    })) {
      for (const { completion } of episode.steps) {
        expect([completion, isStep(completion)]).toEqual([completion, true]);
        steps++;
      }
    }
    expect(steps).toBeGreaterThan(150);
  });

  it('by the bundled policy in the recorded runs, where it is well formed', () => {
    const recorded = new URL('../../public/recorded/before-after.json', import.meta.url);
    const { runs } = JSON.parse(readFileSync(recorded, 'utf8')) as {
      runs: { log: { type: string; text?: string }[] }[];
    };
    const texts = runs.flatMap(({ log }) =>
      log.flatMap(({ type, text }) => (type === 'completion' && text !== undefined ? [text] : [])),
    );
    for (const text of texts) expect([text, isStep(text)]).toEqual([text, faultOf(text) === undefined]);
    expect(texts.length).toBeGreaterThan(10);
  });

  it('by models with habits of their own', () => {
    const call =
      '{"name": "Add_memory", "arguments": {"content": "Mira \\"M\\" lives\\nin \\u5965slo", "memory_type": ""}}';
    const search =
      '{"name": "Retrieve_memory", "arguments": {"top_k": 50, "metadata_filter": {"year": -1.5, "b": null}, "query": "Mira"}}';
    for (const text of [
      `<think>\nIt is < 3 </thin> words.\n</think>\n\n<tool_call>\n[${call}, ${search}]\n</tool_call>`,
      '<think></think><answer></answer>',
      '<think>奥斯陆 👩‍👩‍👧</think>\n<answer>a < b </answe</answer>',
      step('Summary_context', { span: '12' }),
    ]) {
      expect([text, isStep(text), faultOf(text)]).toEqual([text, true, undefined]);
    }
  });
});

describe('what is refused', () => {
  it.each([
    ['an unknown tool', step('Add_memorys', { content: 'x' })],
    ['a missing argument', step('Update_memory', { memory_id: 'm1' })],
    ['an unknown argument', step('Add_memory', { content: 'x', tag: 'y' })],
    [
      'an argument given twice',
      '<think></think><tool_call>[{"name":"Filter_context","arguments":{"criteria":"a","criteria":"b"}}]</tool_call>',
    ],
    ['an empty text', step('Add_memory', { content: '' })],
    ['a blank text', step('Add_memory', { content: '\u3000' })],
    ['another type', step('Retrieve_memory', { query: 'x', top_k: '3' })],
    ['a number out of range', step('Retrieve_memory', { query: 'x', top_k: MAX_TOP_K + 1 })],
    ['no confirmation', step('Delete_memory', { memory_id: 'm1', confirmation: false })],
    ['a bad span', step('Summary_context', { span: '0' })],
    ['no call', '<think></think><tool_call>[]</tool_call>'],
    ['one object in place of a list', '<think></think><tool_call>{"name":"Filter_context"'],
    ['an action without thoughts', '<answer>x</answer>'],
    ['two actions', '<think></think><answer>x</answer><answer>y</answer>'],
    ['words around', '<think></think>So: <answer>x</answer>'],
    ['lines without end', '<think></think>\n\n\n'],
  ])('%s', (_, text) => {
    expect(isStep(text)).toBe(false);
    expect(mayBegin(text)).toBe(false);
  });

  it('more calls than a step may have', () => {
    const calls = (count: number) =>
      formatCompletion('', {
        kind: 'tool-calls',
        calls: Array.from({ length: count }, () => ({
          name: 'Filter_context',
          arguments: { criteria: 'x' },
        })),
      });
    expect(isStep(calls(MAX_CALLS))).toBe(true);
    expect(mayBegin(calls(MAX_CALLS + 1))).toBe(false);
  });
});

describe('what must come next', () => {
  it('is known where there is no choice', () => {
    expect(protocolStart().forced()).toBe('<think>');
    expect(protocolStart('<think></think><t').forced()).toBe('ool_call>');
    expect(protocolStart('<think></think><tool_call>[{"name": "Del').forced()).toBe('ete_memory",');
    expect(protocolStart('<think></think><answer>x</answer>').forced()).toBe('');
  });
});

describe('the opening that a chat template writes', () => {
  it('is read before the first token', () => {
    expect(protocolStart('<think>\n').afterText('so</think><answer>x</answer>')?.canEnd).toBe(true);
    expect(protocolStart('<think>\n\n</think>\n\n').afterText('<answer>x</answer>')?.canEnd).toBe(true);
    expect(protocolStart('<think>\n\n</think>\n\n').afterText('<think>')).toBeUndefined();
    expect(() => protocolStart('Sure: ')).toThrow(ProtocolOpeningError);
  });
});
