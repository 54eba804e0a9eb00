import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelFileError, NonFiniteError } from '../errors';
import type { NamedTensor } from './model-config';
import { namedFloats, readSafetensors, toFloats, toIntegers } from './safetensors';
import { writeSafetensors } from './safetensors-writer';
import { seeded } from './test-text';

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url)));

/** A file with this header text and so many data bytes. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function failure(bytes: Uint8Array): ModelFileError {
  try {
    readSafetensors(bytes, 'model.safetensors');
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error('The file was accepted.');
}

describe('reading the conformance file', () => {
  const read = readSafetensors(fixture('formats/dtypes.safetensors'));
  const expected = JSON.parse(new TextDecoder().decode(fixture('formats/dtypes.json'))) as {
    float32_bits: Record<string, string[]>;
    values: { i64: string[]; i32: number[]; u8: number[]; bool: boolean[]; scalar: number };
    shapes: Record<string, number[]>;
    metadata: Record<string, string>;
  };
  const tensor = (name: string) => read.tensors.get(name)!;

  it('has the shapes and the metadata', () => {
    expect(Object.fromEntries([...read.tensors].map(([name, t]) => [name, t.shape]))).toEqual(
      expected.shapes,
    );
    expect(Object.fromEntries(read.metadata)).toEqual(expected.metadata);
  });

  it.each(['f16', 'bf16'])('has the exact bits of %s', (name) => {
    const floats = toFloats(tensor(name));
    const bits = [...new Uint32Array(floats.buffer, floats.byteOffset, floats.length)];
    expect(bits.map((b) => b.toString(16).padStart(8, '0'))).toEqual(expected.float32_bits[name]);
  });

  it('has the integers, booleans and the scalar', () => {
    expect(toIntegers(tensor('i64')).map(String)).toEqual(expected.values.i64);
    expect(toIntegers(tensor('i32'))).toEqual(expected.values.i32);
    expect(toIntegers(tensor('u8'))).toEqual(expected.values.u8);
    expect(toIntegers(tensor('bool'))).toEqual(expected.values.bool.map(Number));
    expect([...toFloats(tensor('scalar'))]).toEqual([expected.values.scalar]);
    expect(toFloats(tensor('empty'))).toHaveLength(0);
    expect([...toFloats(tensor('i32'))]).toEqual(expected.values.i32.map(Math.fround));
  });

  it('reads from an odd offset of a larger buffer', () => {
    const bytes = fixture('formats/dtypes.safetensors');
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    const again = readSafetensors(larger.subarray(3));
    for (const [name, t] of read.tensors) expect(toFloats(again.tensors.get(name)!)).toEqual(toFloats(t));
  });

  it('will not call integers weights or floats integers', () => {
    expect(() => namedFloats(read)).toThrow(/Tensor "i64" is I64/);
    expect(() => toIntegers(tensor('f32'))).toThrow(/Tensor "f32" is F32/);
  });
});

describe('a malformed file is a ModelFileError that says what and where', () => {
  const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });
  const cases: [string, Uint8Array, string, RegExp][] = [
    ['empty', new Uint8Array(), 'safetensors-truncated', /has 0 bytes/],
    ['shorter than the length', new Uint8Array(7), 'safetensors-truncated', /7 bytes/],
    ['header longer than the file', file('{}').subarray(0, 9), 'safetensors-truncated', /header of 2 bytes/],
    ['huge header', new Uint8Array(16).fill(255), 'safetensors-header-too-large', /18446744073709551615/],
    ['HTML', new TextEncoder().encode('<!doctype html><p>404'), 'safetensors-header-too-large', /not a safe/],
    ['no JSON', file('{"a":'), 'safetensors-header', /not valid JSON/],
    ['no UTF-8', file('{"\u00e9":1}').fill(0xff, 10, 11), 'safetensors-header', /not valid JSON/],
    ['empty header', file(''), 'safetensors-header', /not valid JSON/],
    ['a list', file('[]'), 'safetensors-header', /not a JSON object/],
    ['leading space', file(' {}'), 'safetensors-header', /not a JSON object/],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), 'safetensors-metadata', /strings/],
    ['an entry that is a number', file({ w: 3 }), 'safetensors-entry', /tensor "w"/],
    ['unknown dtype', file({ w: { ...f32(0, 4), dtype: 'F8_E4M3' } }, 4), 'safetensors-dtype', /"F8_E4M3"/],
    [
      'dtype from the prototype',
      file({ w: { ...f32(0, 4), dtype: 'toString' } }, 4),
      'safetensors-dtype',
      /"w"/,
    ],
    ['negative dimension', file({ w: { ...f32(0, 4), shape: [-1] } }, 4), 'safetensors-shape', /\[-1\]/],
    ['fractional dimension', file({ w: { ...f32(0, 4), shape: [0.5, 2] } }, 4), 'safetensors-shape', /0\.5/],
    ['no offsets', file({ w: { dtype: 'F32', shape: [1] } }, 4), 'safetensors-offsets', /undefined/],
    [
      'three offsets',
      file({ w: { ...f32(0, 4), data_offsets: [0, 4, 8] } }, 4),
      'safetensors-offsets',
      /\[0,4,8\]/,
    ],
    [
      'reversed offsets',
      file({ w: { ...f32(0, 4), data_offsets: [4, 0] } }, 4),
      'safetensors-size',
      /hold -4/,
    ],
    [
      'wrong byte count',
      file({ w: f32(0, 8, [3]) }, 8),
      'safetensors-size',
      /F32 \[3\], which takes 12 bytes/,
    ],
    ['overflowing shape', file({ w: f32(0, 8, [2 ** 40, 2 ** 40]) }, 8), 'safetensors-size', /"w"/],
    [
      'truncated data',
      file({ w: f32(0, 8) }, 7),
      'safetensors-truncated',
      /"w" needs data up to byte 8.* only 7/,
    ],
    [
      'overlap',
      file({ a: f32(0, 8), b: f32(4, 12) }, 12),
      'safetensors-overlap',
      /"b" starts at byte 4.*"a"/,
    ],
    ['empty tensor inside another', file({ a: f32(0, 8), b: f32(4, 4) }, 8), 'safetensors-overlap', /"b"/],
    ['hole', file({ a: f32(0, 4), b: f32(8, 12) }, 12), 'safetensors-hole', /"b" starts at byte 8.*4 bytes/],
    ['hole at the start', file({ a: f32(4, 8) }, 8), 'safetensors-hole', /the header/],
    ['bytes after the end', file({ a: f32(0, 4) }, 6), 'safetensors-hole', /2 bytes belong to no tensor/],
    [
      'duplicate name',
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      'safetensors-duplicate',
      /"a" twice/,
    ],
    [
      'duplicate field',
      file('{"a":{"dtype":"U8","shape":[],"shape":[1],"data_offsets":[0,1]}}', 1),
      'safetensors-duplicate',
      /"shape"/,
    ],
  ];
  it.each(cases)('%s', (_, bytes, code, words) => {
    const error = failure(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.message).toContain('model.safetensors');
  });

  it('any single truncation of a real file', () => {
    const bytes = fixture('formats/dtypes.safetensors');
    for (let length = 0; length < bytes.length; length++) failure(bytes.subarray(0, length));
  });

  it('random corruption gives a file or a ModelFileError, nothing else', () => {
    const original = fixture('formats/dtypes.safetensors');
    const random = seeded(1);
    const rounds = process.env.SOAK ? 200_000 : 5_000;
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      let bytes = original.slice();
      for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
        const at = Math.floor(random() * 660);
        bytes[at] =
          random() < 0.5 ? Math.floor(random() * 256) : '0123456789[]{},:"'.charCodeAt(random() * 17);
      }
      if (random() < 0.2) bytes = bytes.slice(0, Math.floor(random() * bytes.length));
      try {
        for (const t of readSafetensors(bytes).tensors.values()) toFloats(t);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFileError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(rounds / 2);
  });
});

describe('writing', () => {
  const tensors = new Map<string, NamedTensor>([
    ['b', { shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY) }],
    ['__proto__', { shape: [], data: Float32Array.of(3.25) }],
    ['1', { shape: [0, 4], data: new Float32Array(0) }],
    ['é"\\', { shape: [3], data: Float32Array.of(1e-8, 0.1, 65504) }],
  ]);

  it('is read back bit by bit as F32', () => {
    const bytes = writeSafetensors(tensors, { metadata: { format: 'pt', note: 'ü' } });
    const back = readSafetensors(bytes);
    expect(new Map(namedFloats(back))).toEqual(new Map([...tensors].sort(([a], [b]) => (a < b ? -1 : 1))));
    expect(Object.fromEntries(back.metadata)).toEqual({ format: 'pt', note: 'ü' });
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    expect(
      writeSafetensors(new Map([...tensors].reverse()), { metadata: { format: 'pt', note: 'ü' } }),
    ).toEqual(bytes);
  });

  it('puts wider elements first, as other implementations do', () => {
    const bytes = writeSafetensors(tensors, { dtype: (name) => (name === 'b' ? 'F32' : 'F16') });
    const order = [...readSafetensors(bytes).tensors.values()].map((t) => `${t.name} ${t.dtype}`);
    expect(order).toEqual(['b F32', '1 F16', '__proto__ F16', 'é"\\ F16']);
  });

  it.each(['F16', 'BF16'] as const)(
    'is stable in %s: what was narrowed once narrows to the same bytes',
    (dtype) => {
      const once = writeSafetensors(tensors, { dtype });
      expect(writeSafetensors(namedFloats(readSafetensors(once)), { dtype })).toEqual(once);
    },
  );

  it.each(['F16', 'BF16'] as const)('rounds as the reference did in the %s fixture', (dtype) => {
    const full = namedFloats(readSafetensors(fixture('models/llama/model.safetensors')));
    const stored = readSafetensors(fixture(`models/llama-${dtype.toLowerCase()}/model.safetensors`));
    const ours = readSafetensors(writeSafetensors(full, { dtype }));
    expect([...stored.tensors.keys()].sort()).toEqual([...ours.tensors.keys()].sort());
    for (const [name, tensor] of stored.tensors) expect(ours.tensors.get(name)!.bytes).toEqual(tensor.bytes);
  });

  it('refuses what would not be read back', () => {
    const one = (name: string, shape: number[], ...values: number[]) =>
      new Map([[name, { shape, data: Float32Array.from(values) }]]);
    expect(() => writeSafetensors(one('__metadata__', [1], 1))).toThrow(ModelFileError);
    expect(() => writeSafetensors(one('w', [2], 1))).toThrow(/"w" has shape \[2\].*1 values/);
    expect(() => writeSafetensors(one('w', [2], 1, 70000), { dtype: 'F16' })).toThrow(NonFiniteError);
    expect(() => writeSafetensors(one('w', [2], 1, 70000), { dtype: 'F16' })).toThrow(
      /"w": element 1 is 70000/,
    );
  });
});
