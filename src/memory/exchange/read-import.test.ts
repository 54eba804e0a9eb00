import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../tasks/random';
import { ImportFileError } from './errors';
import { HOSTILE_TEXTS, randomJournal, randomTexts, withVectors } from './hostile.fixture';
import { writeJournal } from './journal-lines';
import { writeJsonLines } from './json-lines';
import { LIMITS } from './limits';
import { writeMemoryZip } from './memory-zip';
import { planImport } from './plan-import';
import { type ReadImport, readImport } from './read-import';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, asText = false) => readImport(bytes(text), { asText });
const contents = ({ lines }: ReadImport) => lines.map((line) => (line.ok ? line.entry.content : line.reason));
const HEADER = '{"format":"agemem-memory","version":1,"namespace":"a","entries":1,"vectors":null}';

describe('the format is told by the content', () => {
  test.each([
    ['jsonl', `${HEADER}\n{"content":"a"}\n`],
    ['jsonl', `\ufeff${HEADER}\r\n\r\n{"content":"a"}\r\n`],
    ['jsonl', '{"id":"m3","content":"a"}'],
    ['jsonl', '{"content":"a","memoryType":"fact"}'],
    ['mem0', '{"content":"a"}'],
    ['mem0', '{"id":"m3","content":"a","created_at":"2025-03-01"}'],
    ['mem0', '{"id":"3c90c3cc","content":"a"}'],
    ['mem0', '[{"memory":"a"}]'],
    ['mem0', '\n  {\n"results" : [ {"memory" : "a"} ] }'],
    ['mem0', '{"results":[{"memory":"a"}]}'],
    ['mem0', '{"memory":"a"}\n'],
    ['mem0', '["a"]'],
    ['plain text', 'a'],
    ['plain text', '  a  \r\n\r\n'],
    ['plain text', '\ufeffa'],
  ])('%s: %j', (format, text) => {
    const result = read(text);
    expect(result.format).toBe(format);
    expect(contents(result)).toEqual(['a']);
  });

  test('our lines without our header are ours, and so are their ids and times; what was taken for what is told', () => {
    const lines =
      '{"id":"m3","content":"a","created":5,"vector":{"of":"x"}}\n{"id":"m4","content":"b","role":"x"}';
    const ours = read(lines);
    expect(ours.notes).toEqual([expect.stringMatching(/no header.*taken for one/)]);
    expect(ours.lines).toMatchObject([
      { line: 1, ok: true, entry: { id: 'm3', created: 5, foreignId: null, metadata: {} } },
      { line: 2, ok: false, reason: expect.stringContaining('"role"') },
    ]);
    const theirs = read('{"id":"3c90c3cc","content":"a"}');
    expect(theirs.notes).toEqual([expect.stringContaining('as Mem0 gives them')]);
    expect(theirs.lines).toMatchObject([{ ok: true, entry: { id: null, foreignId: '3c90c3cc' } }]);
    expect(read('{"memory":"a"}').notes).toEqual([]);
  });

  test('text may begin with a bracket', () => {
    for (const text of ['[todo] buy milk', '{curly} thoughts', '(a)', '- [x] done']) {
      expect(read(text)).toMatchObject({ format: 'plain text' });
      expect(contents(read(text))).toEqual([text]);
    }
  });

  test('asText takes whatever it looks like as lines', () => {
    expect(contents(read('[{"memory":"a"}]\n\n{', true))).toEqual(['[{"memory":"a"}]', '{']);
  });

  test('one item a line, each judged alone', () => {
    const result = read('{"memory":"a"}\n{"memory":}\n{"text":"b"}');
    expect(contents(result)).toEqual(['a', 'It is not valid JSON.', 'b']);
    expect(result.lines.map(({ line }) => line)).toEqual([1, 2, 3]);
  });
});

test('the file that docs/memory-format.md shows is read', () => {
  const docs = readFileSync(new URL('../../../docs/memory-format.md', import.meta.url), 'utf8');
  const [header, entry] = [...docs.matchAll(/```json\n(.*?)```/gs)].map(([, block]) => block);
  expect(read(header + entry)).toMatchObject({
    format: 'jsonl',
    lines: [{ line: 2, ok: true, entry: { id: 'm1', metadata: { topic: 'drinks' } } }],
  });
  for (const limit of [LIMITS.lines, LIMITS.content, LIMITS.metadata, LIMITS.label, LIMITS.idNumber]) {
    expect(docs).toContain(limit.toLocaleString('en-US'));
  }
});

describe('refused as a whole, with words', () => {
  test.each([
    ['nothing', '', 'There is nothing to remember'],
    ['white space', ' \n\t\r\n', 'There is nothing to remember'],
    ['a list of nothing', '[]', 'There is nothing to remember'],
    ['JSON cut short', '[{"memory":"a"},', 'import it as plain text'],
    ['our header cut short', HEADER.slice(0, 50), 'is damaged'],
    ['a zip cut short', 'PK\u0003\u0004 and so on', 'The zip is damaged'],
  ])('%s', (_, text, words) => {
    expect(() => read(text)).toThrow(ImportFileError);
    expect(() => read(text)).toThrow(words);
  });

  test('a file over the limit, and one of too many lines', () => {
    expect(() => readImport(new Uint8Array(LIMITS.fileBytes + 1), { asText: false })).toThrow(
      '256 MB are the limit',
    );
    expect(() => readImport(bytes('\n'.repeat(LIMITS.lines + 1)), { asText: false })).toThrow(
      '1,000,000 lines',
    );
  });

  test('a zip whose entries were left out of its history', () => {
    const entries = bytes(`${HEADER}\n{"content":"a"}\n`);
    const zip = writeMemoryZip({ entries, journal: new Uint8Array() });
    expect(() => readImport(zip, { asText: false })).toThrow('Line 2 of the entries in the zip');
    const empty = writeMemoryZip({ entries: bytes('hello\n'), journal: new Uint8Array() });
    expect(() => readImport(empty, { asText: false })).toThrow('no header');
  });
});

test('lines that are not UTF-8 are rejected and spoil no others', () => {
  const file = Uint8Array.of(...bytes('a\n'), 0xff, 0xfe, 0x0a, 0xed, 0xa0, 0x80, 0x0a, ...bytes('b'));
  const result = readImport(file, { asText: false });
  expect(result.lines.map(({ ok }) => ok)).toEqual([true, false, false, true]);
  expect(contents(result)[1]).toContain('Save the file as UTF-8');
});

test('two files put together are read, byte order marks and all', () => {
  const file = `\ufeff${HEADER}\r\n\ufeff{"content":"a"}\n\n\ufeff{"content":"\ufeffb"}`;
  expect(contents(read(file))).toEqual(['a', '\ufeffb']);
});

test('a header that counts otherwise is told', () => {
  expect(read(`${HEADER}\n{"content":"a"}`).notes).toEqual([]);
  expect(read(HEADER).notes[0]).toContain('speaks of 1 entries, but 0 lines follow');
});

test('plain text keeps hostile text as it is', () => {
  for (const text of HOSTILE_TEXTS) {
    if (/[\n\r]/.test(text) || text.trim() === '' || /\p{Cs}/u.test(text)) continue;
    expect(contents(read(text, true))).toEqual([text.trim()]);
  }
});

describe('whatever the bytes, lines or an ImportFileError', () => {
  const rounds = process.env.SOAK ? 40_000 : 4_000;

  /** Reads and plans, as a preview does; says what went wrong otherwise. */
  function survive(file: Uint8Array, random: Random): string {
    try {
      const { lines, journal } = readImport(file, { asText: random.chance(0.1) });
      const plan = planImport({ entries: randomTexts(random, 3), nextId: 10 }, lines, 1_000);
      expect(plan).toHaveLength(lines.length);
      return journal === null ? 'read' : 'read with journal';
    } catch (error) {
      if (error instanceof ImportFileError && error.message.length > 20) return error.code;
      throw error;
    }
  }

  test('random bytes', () => {
    const random = createRandom('bytes');
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const start = random.pick(['', '{', '[{"', 'PK\u0003\u0004', HEADER, `${HEADER}\n`]);
      const tail = Uint8Array.from({ length: random.int(60) }, () => random.int(256));
      seen.add(survive(Uint8Array.of(...bytes(start), ...tail), random));
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  test('whole files with a few bytes changed, cut, doubled or swapped', () => {
    const random = createRandom('mutants');
    const seen = new Set<string>();
    const files = sampleFiles();
    for (let round = 0; round < rounds; round++) {
      seen.add(survive(mutated(random.pick(files), random), random));
    }
    expect(seen.has('read')).toBe(true);
    expect(seen.size).toBeGreaterThan(5);
  });

  function sampleFiles(): readonly Uint8Array[] {
    const random = createRandom('samples');
    const embedder = { id: 'dice', dimension: 3 };
    const texts = randomTexts(random, 4);
    const entries = withVectors(random, texts, embedder);
    const facts = { embedder: 'dice', dimension: 3, theta: 0.5 };
    const lines = (vectors: typeof facts | null) =>
      bytes([...writeJsonLines({ namespace: 'a', entries: 4, vectors }, entries)].join(''));
    const journal = bytes([...writeJournal(randomJournal('samples', texts))].join(''));
    const mem0 = JSON.stringify({
      results: [{ id: 'x', memory: 'a "b"', metadata: { c: [1] }, user_id: null }, 'd'],
    });
    return [lines(null), lines(facts), writeMemoryZip({ entries: lines(null), journal }), bytes(mem0)];
  }

  function mutated(file: Uint8Array, random: Random): Uint8Array {
    let bent: Uint8Array = file.slice();
    for (let times = random.int(5); times > 0; times--) {
      const at = random.int(bent.length);
      const to = at + random.int(Math.min(20, bent.length - at) + 1);
      switch (random.int(4)) {
        case 0:
          if (at < bent.length)
            bent[at] = random.pick([0, 10, 34, 44, 58, 91, 92, 123, 125, random.int(256)]);
          break;
        case 1:
          bent = Uint8Array.of(...bent.subarray(0, at), ...bent.subarray(to));
          break;
        case 2:
          bent = Uint8Array.of(...bent.subarray(0, to), ...bent.subarray(at));
          break;
        default:
          bent = bent.slice(0, random.chance(0.1) ? at : bent.length);
      }
    }
    return bent;
  }
});
