import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../tasks/random';
import { PYTHON, runPython, withPython } from './python.fixture';
import { writeYaml, type Yaml } from './yaml';
import { readYaml } from './yaml-reader.fixture';

const EDGES = {
  plain: 'all-linear',
  words: [
    'yes',
    'No',
    'on',
    'null',
    'True',
    '~',
    'y',
    '.inf',
    '1e5',
    '0x1f',
    '012',
    '1_000',
    '=',
    '<<',
    '2026-01-01',
  ],
  text: 'a: b # c\n\t"d" \\ {e} [f] \u2028 \ufeff \u0085 🦉',
  environment: `\${oc.env:MODEL,Qwen/Qwen2.5-7B-Instruct}`,
  empty: { list: [], map: {}, text: '' },
  numbers: [0, -1, 0.1, 1e-7, 3e-3, 1e21, 1.5e-9, -2.5e22],
  truth: [true, false, null],
  nested: [{ name: 'a', of: [{ b: 1 }, { c: [1, 2] }] }, { name: 'd' }],
  'a key: with a colon': 1,
} as const satisfies { readonly [key: string]: Yaml };

const LETTERS = [
  'a',
  'Z',
  '0',
  '.',
  '-',
  ':',
  ' ',
  '#',
  '"',
  '\\',
  '\n',
  'é',
  '李',
  '🦉',
  '{',
  '!',
  '&',
  '*',
  '%',
  '@',
];

function anyText(random: Random): string {
  return Array.from({ length: random.int(8) }, () => random.pick(LETTERS)).join('');
}

function anyValue(random: Random, depth: number): Yaml {
  const kind = random.int(depth > 0 ? 6 : 4);
  if (kind === 0) return anyText(random);
  if (kind === 1) return (random.next() - 0.5) * 10 ** (random.int(40) - 20);
  if (kind === 2) return random.int(2) === 0;
  if (kind === 3) return random.int(1000);
  const items = Array.from({ length: random.int(4) }, () => anyValue(random, depth - 1));
  return kind === 4 ? noLists(items) : mapOf(random, items);
}

/** Lists in lists are not written: no configuration has any. */
const noLists = (items: readonly Yaml[]) => items.filter((item) => !Array.isArray(item) || item.length === 0);
const mapOf = (random: Random, items: readonly Yaml[]) =>
  Object.fromEntries(items.map((item, i) => [`${anyText(random)}${i}k`, item]));

const random = createRandom('yaml');
const MANY = Array.from({ length: 300 }, () => mapOf(random, [anyValue(random, 3), anyValue(random, 3)]));

describe('writeYaml', () => {
  it('reads back, whatever the values', () => {
    for (const value of [EDGES, ...MANY]) expect(readYaml(writeYaml(value, ['a remark', '']))).toEqual(value);
  });

  it('writes what one looks for in a configuration', () => {
    expect(
      writeYaml({ a: { b: 'all-linear', lr: 1e-7, path: null }, list: [{ x: 1, z: 'on' }] }, ['c']),
    ).toBe('# c\na:\n  b: all-linear\n  lr: 1.0e-7\n  path: null\nlist:\n  - x: 1\n    z: "on"\n');
  });

  it('refuses numbers that are none', () => {
    expect(() => writeYaml({ a: Number.NaN })).toThrow(RangeError);
  });

  it.skipIf(!PYTHON)(withPython('is read alike by PyYAML, where that is installed'), (context) => {
    const program = [
      'import json, sys',
      'try:',
      '    import yaml',
      'except ImportError:',
      '    print("null"); sys.exit()',
      'print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))',
    ].join('\n');
    const values = [EDGES, ...MANY];
    const read = runPython(
      program,
      values.map((value) => writeYaml(value)),
      tmpdir(),
    );
    if (read === null) context.skip('PyYAML is not installed');
    expect(read).toEqual(values);
  });
});
