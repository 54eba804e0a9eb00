import { expect, test } from 'vitest';
import { FolderInMemory } from '../../storage/folder.fixture';
import { decodeSentinel, encodeSentinel, readSentinel, type Witness, writeSentinel } from './sentinel';

const witness = (revision: number): Witness => ({
  name: 'user/“日本” \ud800',
  incarnation: 'a1',
  revision,
  count: 3,
  sum: 4_000_000_000,
  journal: 9,
  nextId: 7,
  embedderId: 'ngram',
  dimension: 512,
  leaving: false,
});

test('comes back as it was written, the newest of the two files', async () => {
  const folder = new FolderInMemory();
  expect(await readSentinel(folder)).toEqual({ state: 'none yet', number: 0, witnesses: [] });
  for (let revision = 1; revision <= 5; revision++) await writeSentinel(folder, [witness(revision)]);
  expect(await readSentinel(folder)).toEqual({ state: 'kept', number: 5, witnesses: [witness(5)] });
  expect([...folder.files.keys()].sort()).toEqual(['sentinel-a', 'sentinel-b']);
});

test('a write torn at any byte leaves the one before it', async () => {
  const folder = new FolderInMemory();
  for (let revision = 1; revision <= 4; revision++) await writeSentinel(folder, [witness(revision)]);
  const before = new Map(folder.files);
  await writeSentinel(folder, [witness(5)]);
  const [name, whole] = [...folder.files].find(([file, bytes]) => bytes !== before.get(file))!;
  for (let length = 0; length < whole.length; length++) {
    folder.files.set(name, whole.slice(0, length));
    expect((await readSentinel(folder)).witnesses).toEqual([witness(4)]);
    // What is written next goes over the torn file, not over the good one.
    const torn = new FolderInMemory();
    for (const [file, bytes] of folder.files) torn.files.set(file, bytes);
    await writeSentinel(torn, [witness(6)]);
    torn.files.delete(name);
    expect((await readSentinel(torn)).witnesses).toEqual([witness(4)]);
  }
});

test('a flipped bit anywhere is noticed', () => {
  const bytes = encodeSentinel(3, [witness(1)]);
  expect(decodeSentinel(bytes)?.number).toBe(3);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7)));
    expect(decodeSentinel(damaged)).toBeUndefined();
  }
});

test('with both files damaged it says so and claims nothing', async () => {
  const folder = new FolderInMemory();
  await writeSentinel(folder, [witness(1)]);
  await writeSentinel(folder, [witness(2)]);
  for (const [name, bytes] of folder.files) folder.files.set(name, bytes.slice(1));
  expect(await readSentinel(folder)).toEqual({ state: 'damaged', number: 0, witnesses: [] });
  await writeSentinel(folder, [witness(3)]);
  expect(await readSentinel(folder)).toEqual({ state: 'kept', number: 1, witnesses: [witness(3)] });
});

test('a version of later makers is not taken for this one', () => {
  const text = new TextDecoder().decode(encodeSentinel(1, []));
  expect(text).toContain('"version":1');
  expect(
    decodeSentinel(new TextEncoder().encode(text.replace('"version":1', '"version":2'))),
  ).toBeUndefined();
});
