import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { ImportFileError } from './errors';
import { readMemoryZip, writeMemoryZip } from './memory-zip';
import { readZip, writeZip } from './zip-file';

const text = (value: string) => new TextEncoder().encode(value);
const FILES = {
  'a.txt': text('hello '.repeat(50)),
  'b.bin': Uint8Array.of(0, 255, 7),
  empty: new Uint8Array(),
};

/** Offsets of the directory's records, of which a test may bend one. */
function directory(zip: Uint8Array): { readonly view: DataView; readonly records: readonly number[] } {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const records: number[] = [];
  for (let at = 0; at + 46 <= zip.length; at++) if (view.getUint32(at, true) === 0x02014b50) records.push(at);
  return { view, records };
}

function refusal(zip: Uint8Array): string {
  try {
    readZip(zip);
  } catch (error) {
    if (error instanceof ImportFileError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'it was read';
}

describe('a zip', () => {
  test('comes back, and is the same bytes whenever it is made', () => {
    const zip = writeZip(FILES);
    expect(readZip(zip)).toEqual(new Map(Object.entries(FILES)));
    expect(writeZip(FILES)).toEqual(zip);
    // 1 January 1980, 00:00, in MS-DOS form: no clock was asked.
    expect([zip[10], zip[11], zip[12], zip[13]]).toEqual([0, 0, 0x21, 0]);
  });

  test('of something that packs like a bomb is stored, so that it can be read', () => {
    const files = { 'a.txt': new Uint8Array(12_000_000) };
    const zip = writeZip(files);
    expect(zip.length).toBeGreaterThan(12_000_000);
    const read = readZip(zip).get('a.txt');
    expect(read).toHaveLength(12_000_000);
    expect(read?.every((byte) => byte === 0)).toBe(true);
  });

  test('with a comment at its end is read', () => {
    const zip = writeZip(FILES);
    const commented = new Uint8Array([...zip, 1, 2, 3]);
    new DataView(commented.buffer).setUint16(zip.length - 2, 3, true);
    expect(readZip(commented).size).toBe(3);
  });
});

describe('refused with words', () => {
  test('a bomb by its ratio, without unpacking it', () => {
    const zip = zipSync({ 'a.txt': new Uint8Array(50_000_000) });
    expect(zip.length).toBeLessThan(100_000);
    expect(refusal(zip)).toMatch(/^zip-ratio: .*unpacks to 1,0\d\d times its size/);
  });

  test('a bomb that lies about its size, at the declared size', () => {
    const zip = zipSync({ 'a.txt': new Uint8Array(50_000_000) });
    const { view, records } = directory(zip);
    view.setUint32(records[0] + 24, 1000, true);
    expect(refusal(zip)).toMatch(/^zip-size: "a.txt" in the zip unpacks to more than the 1,000 bytes/);
  });

  test('a file that declares more than the limit', () => {
    const zip = writeZip(FILES);
    const { view, records } = directory(zip);
    view.setUint32(records[0] + 24, 300 * 1024 * 1024, true);
    expect(refusal(zip)).toMatch(/^zip-size: "a.txt" in the zip unpacks to 300 MB; 256 MB are the limit/);
  });

  test('files that together are more than the limit', () => {
    const zip = writeZip(FILES);
    const { view, records } = directory(zip);
    for (const record of records) view.setUint32(record + 24, 200 * 1024 * 1024, true);
    expect(refusal(zip)).toMatch(/^zip-size: What is in the zip unpacks to 600 MB; 512 MB/);
  });

  test('files that share their bytes', () => {
    const zip = writeZip({ a: text('x'.repeat(100)), b: text('y'.repeat(100)) });
    const { view, records } = directory(zip);
    view.setUint32(records[1] + 42, view.getUint32(records[0] + 42, true), true);
    expect(refusal(zip)).toMatch(/^zip-overlap:/);
  });

  test('many files', () => {
    const files = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, text('x')]));
    expect(refusal(zipSync(files))).toMatch(/^zip-files: The zip holds 5,000 files/);
  });

  test.each(['folder/a.txt', '/etc/passwd', '../a.txt', '..\\a.txt', 'C:a.txt', '..', 'nul\0'])(
    'the name %j',
    (name) => {
      expect(refusal(zipSync({ [name]: text('x') }))).toMatch(/^zip-path:/);
    },
  );

  test('the same name twice', () => {
    const zip = zipSync({ 'a.txt': text('1'), 'b.txt': text('2') });
    const { records } = directory(zip);
    zip[records[1] + 46] = 'a'.charCodeAt(0);
    expect(refusal(zip)).toMatch(/^zip-duplicate: The zip holds "a.txt" twice/);
  });

  test('encryption and unknown methods', () => {
    for (const [offset, value] of [
      [8, 1],
      [10, 12],
    ]) {
      const zip = writeZip(FILES);
      const { view, records } = directory(zip);
      view.setUint16(records[0] + offset, value, true);
      expect(refusal(zip)).toMatch(/^zip-method:/);
    }
  });

  test('a wrong checksum', () => {
    const zip = writeZip(FILES);
    const { view, records } = directory(zip);
    view.setUint32(records[0] + 16, 1, true);
    expect(refusal(zip)).toMatch(/^zip-damaged:/);
  });

  test('every truncation', () => {
    const zip = writeZip(FILES);
    for (let length = 0; length < zip.length; length++)
      expect(refusal(zip.slice(0, length))).toMatch(/^zip-damaged:/);
  });

  test('or read: flipped bits and random bytes, never anything else', () => {
    const random = createRandom('zip');
    const zip = writeZip(FILES);
    for (let round = 0; round < (process.env.SOAK ? 50_000 : 3_000); round++) {
      const bent = zip.slice();
      for (let flips = 1 + random.int(4); flips > 0; flips--)
        bent[random.int(bent.length)] ^= 1 << random.int(8);
      refusal(bent);
    }
  });
});

describe('the zip of a memory', () => {
  const memory = { entries: text('{"header":1}\n'), journal: text('') };

  test('comes back', () => {
    expect(readMemoryZip(writeMemoryZip(memory))).toEqual(memory);
  });

  test.each([
    ['other files', writeZip({ 'memories.json': text('[]') }), 'This is no zip of a memory'],
    ['a stranger', writeZip({ ...filesOf(memory), 'run.exe': text('MZ') }), 'and nothing else'],
    [
      'edited entries',
      writeZip({ ...filesOf(memory), 'entries.jsonl': text('{}\n') }),
      'not those its manifest.json',
    ],
    ['a manifest of nothing', writeZip({ ...filesOf(memory), 'manifest.json': text('[]') }), 'not those its'],
    [
      'a newer version',
      writeZip({ ...filesOf(memory), 'manifest.json': text('{"version":2}') }),
      'version 2 of the format',
    ],
  ])('with %s is refused with words', (_, zip, words) => {
    expect(() => readMemoryZip(zip)).toThrow(ImportFileError);
    expect(() => readMemoryZip(zip)).toThrow(words);
  });
});

function filesOf(memory: Parameters<typeof writeMemoryZip>[0]): Record<string, Uint8Array> {
  return Object.fromEntries(readZip(writeMemoryZip(memory)));
}
