import { expect, test } from 'vitest';
import { BackupError } from '../errors';
import type { EntryText } from '../memory';
import { decodeBackup, encodeBackup, headOf, readHead, type SavedNamespace } from './backup-file';

const entry = (id: string, content: string, metadata: EntryText['metadata'] = {}): EntryText => ({
  id,
  content,
  metadata,
  memoryType: 'fact',
  created: 1,
  updated: 2,
  sourceStep: '',
});

function saved(name: string, contents: readonly string[]): SavedNamespace {
  const entries = contents.map((content, i) => entry(`m${i + 1}`, content));
  return {
    record: {
      name,
      incarnation: 'a',
      embedderId: 'ngram',
      dimension: 512,
      nextId: contents.length + 1,
      revision: contents.length,
      count: contents.length,
      sum: 5,
      journal: contents.length,
      lastAt: 9,
      ageing: { expireAfter: null, halfLife: 1000 },
      created: 1,
    },
    entries,
    journal: entries.map((after, i) => ({
      seq: i + 1,
      at: 9,
      by: { kind: 'user' },
      why: 'because\nof',
      act: { id: i + 1, kind: 'add' },
      op: { kind: 'add', after },
    })),
  };
}

const HOSTILE = [
  '<script>alert(1)</script>',
  'line\nbreak\r\n {"end":3,"crc":"0"}\n',
  '\u0000\u001b\u2028\u202e',
  'lone \ud800 surrogate',
  '{"namespace":{}}',
  'x'.repeat(600_000),
];

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test('comes back as it was saved, whatever the texts are', () => {
  const odd = {
    ...saved('user/odd', ['x']),
    entries: [
      entry('m1', 'x', JSON.parse('{"__proto__": {"a": 1}, "constructor": null, "": [1e308, -0.5]}')),
    ],
  };
  const all = [saved('user/default', HOSTILE), saved('empty', []), odd];
  const parts = encodeBackup(1234, all);
  expect(parts.length).toBeGreaterThan(2);
  const back = decodeBackup(join(parts));
  expect(back).toEqual(all);
  expect(Object.getOwnPropertyNames(back[2].entries[0].metadata)).toContain('__proto__');
});

test('the first line alone says what is in it', () => {
  const all = [saved('user/default', HOSTILE), saved('empty', [])];
  const bytes = join(encodeBackup(1234, all));
  expect(readHead(bytes.subarray(0, 1000))).toEqual(headOf(1234, all));
  expect(headOf(1234, all).namespaces[0]).toEqual({
    name: 'user/default',
    incarnation: 'a',
    revision: 6,
    journal: 6,
    count: 6,
  });
  expect(readHead(bytes.subarray(0, 20))).toBeUndefined();
  expect(readHead(new TextEncoder().encode('{}\n'))).toBeUndefined();
  expect(readHead(new TextEncoder().encode('rubbish\n'))).toBeUndefined();
});

test('cut short anywhere, or with a byte changed anywhere, it is refused as a whole', () => {
  const bytes = join(encodeBackup(1234, [saved('user/default', ['one', 'two'])]));
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeBackup(bytes.slice(0, length))).toThrow(BackupError);
  }
  for (let i = 0; i < bytes.length; i++) {
    expect(() => decodeBackup(bytes.with(i, bytes[i] ^ 0x04))).toThrow(BackupError);
  }
  expect(() => decodeBackup(new Uint8Array(0))).toThrow(/end is missing/);
});
