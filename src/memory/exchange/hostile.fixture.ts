/** Texts and metadata that have broken stores before, and memories made of them by dice. */
import { createRandom, type Random } from '../../tasks/random';
import type { JournalOp, JournalRecord } from '../journal';
import type { EntryText, JsonValue, MemoryEntry, Metadata } from '../memory';

export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  '"}\n{"id":"m1","content":"another line"}',
  'quotes " and \\ and \\" and \\\\',
  '\0\x01\x1b[31m\x7f\x9b',
  'line\nline\r\nline\rline\u2028line\u2029line',
  '\ufeffwith a byte order mark',
  'exe\u202egpj.\u2066\u2069\u200f',
  '\u200b\u200d\u2060\u{e0041}',
  'lone \ud83d and \ude00 and both in the wrong order \ude00\ud83d',
  '😀 日本語 עברית ﷺ é',
  '__proto__',
  'constructor',
  '{"format":"agemem-memory","version":1}',
  '=HYPERLINK("http://example.com")',
  '../../etc/passwd',
  'NaN',
  `${'z̷'.repeat(50)}`,
];

function parsed(json: string): Metadata {
  return JSON.parse(json) as Metadata;
}

export const HOSTILE_METADATA: readonly Metadata[] = [
  {},
  parsed('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"x"}'),
  parsed('{"hasOwnProperty":1,"valueOf":null,"length":7,"then":"not a promise","":"empty key"}'),
  parsed('{"10":"ten","9":"nine","b":1,"a":2,"\\ud83d":"lone","\\u0000":"nul"}'),
  {
    huge: 1.7976931348623157e308,
    tiny: 5e-324,
    whole: 2 ** 53,
    long: 1e21,
    third: 1 / 3,
    shortest: 123456789012345680000,
  },
  parsed(`{"deep":${'['.repeat(63)}${']'.repeat(63)}}`),
  { mem0_id: 'not ours', list: [null, true, [], {}, ''], text: '</script>' },
];

const TIMES = [0, 1, 1_767_225_600_000, 1_767_225_600_001.5, -1, 8.64e15];

/** Entries with rising ids, drawn from what is above and from random code units. */
export function randomTexts(random: Random, count: number): EntryText[] {
  let id = 0;
  return Array.from({ length: count }, () => {
    id += 1 + random.int(3);
    return {
      id: `m${id}`,
      content: randomText(random),
      metadata: random.chance(0.5) ? random.pick(HOSTILE_METADATA) : randomMetadata(random),
      memoryType: random.pick(['', 'fact', 'preference', random.pick(HOSTILE_TEXTS)]),
      created: random.pick(TIMES),
      updated: random.pick(TIMES),
      sourceStep: random.pick(['', 'run3/k2/s4', random.pick(HOSTILE_TEXTS)]),
    };
  });
}

export function randomText(random: Random): string {
  if (random.chance(0.4)) return random.pick(HOSTILE_TEXTS);
  const units = Array.from({ length: random.int(30) }, () => random.int(random.pick([0x80, 0x800, 0x10000])));
  return String.fromCharCode(...units);
}

export function randomMetadata(random: Random): Metadata {
  return Object.fromEntries(
    Array.from({ length: random.int(4) }, () => [randomText(random), randomJson(random, 3)]),
  );
}

function randomJson(random: Random, depth: number): JsonValue {
  switch (random.int(depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick([0, -1, 0.1, 1e300, random.int(1_000_000), random.next()]);
    case 3:
    case 4:
      return randomText(random);
    case 5:
      return Array.from({ length: random.int(3) }, () => randomJson(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(3) }, () => [randomText(random), randomJson(random, depth - 1)]),
      );
  }
}

/** The same with unit vectors `[dimension]`, of nothing in particular. */
export function withVectors(
  random: Random,
  texts: readonly EntryText[],
  embedder: { readonly id: string; readonly dimension: number },
): readonly MemoryEntry[] {
  return texts.map((text) => {
    const values = Array.from({ length: embedder.dimension }, () => random.next() - 0.5);
    const norm = Math.hypot(...values);
    return {
      ...text,
      embedding: Float32Array.from(values, (value) => value / norm),
      embedderId: embedder.id,
    };
  });
}

/** A history that ends in exactly these entries: adds, updates, deletes and retrievals, in acts of several. */
export function randomJournal(
  seed: string | number,
  entries: readonly EntryText[],
): readonly JournalRecord[] {
  const random = createRandom(seed, 'journal');
  const ops: JournalOp[] = [];
  for (const entry of random.shuffle(entries)) {
    if (random.chance(0.5)) {
      const before = { ...entry, content: randomText(random), metadata: randomMetadata(random) };
      ops.push({ kind: 'add', after: before });
      if (random.chance(0.3)) {
        ops.push({ kind: 'delete', before }, { kind: 'add', after: entry });
      } else {
        ops.push({ kind: 'update', before, after: entry });
      }
    } else {
      ops.push({ kind: 'add', after: entry });
    }
    if (random.chance(0.3)) {
      const hits = [{ id: entry.id, score: random.next() * 2 - 1 }];
      ops.push({ kind: 'retrieve', query: randomText(random), topK: 1 + random.int(5), hits });
    }
  }
  let at = 1_767_225_600_000;
  let act = 1;
  return ops.map((op, i) => {
    if (random.chance(0.7)) {
      act = i + 1;
      at += random.int(3) * 500;
    }
    const why = randomText(random);
    const by = random.pick<JournalRecord['by']>([
      { kind: 'user' },
      { kind: 'lab' },
      {
        kind: 'policy',
        policy: randomText(random),
        adapter: '',
        run: 'run1',
        episode: 'e/1',
        step: random.int(9),
      },
    ]);
    const kind = random.pick(['import', 'copy', 'restore'] as const);
    return {
      seq: i + 1,
      at,
      by,
      why,
      act: kind === 'restore' ? { id: act, kind, of: 1 } : { id: act, kind },
      op,
    };
  });
}
