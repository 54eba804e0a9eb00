import { expect, test } from 'vitest';
import { SnapshotError } from '../errors';
import { newRecord } from '../rows/records';
import { ExactIndex } from './exact-index';
import { decodeSaved, encodeSavedHead } from './saved-index';
import { axis } from './unit-vectors.fixture';

const spec = { embedderId: 'test', dimension: 3 };
const record = newRecord('user/défaut', 'abc', { embedder: { id: 'test', dimension: 3 }, created: 5 });

function saved(letter = 'm'): { readonly index: ExactIndex; readonly bytes: Uint8Array } {
  const index = new ExactIndex(spec);
  for (let i = 0; i < 4; i++) index.upsert(`${letter}${i}`, axis(i % 3, 3));
  const snapshot = index.snapshot();
  return { index, bytes: Uint8Array.of(...encodeSavedHead(record, snapshot), ...snapshot) };
}

test('comes back with its state', () => {
  const { index, bytes } = saved();
  const found = decodeSaved(bytes);
  expect(found.record).toEqual(record);
  const restored = new ExactIndex(spec);
  restored.restore(found.snapshot);
  expect(restored.search(axis(1, 3), 9)).toEqual(index.search(axis(1, 3), 9));
});

/** What a start does with it. */
const restore = (bytes: Uint8Array) => new ExactIndex(spec).restore(decodeSaved(bytes).snapshot);

test('every flipped bit, every truncation and anything behind it is noticed', () => {
  const { bytes } = saved();
  expect(() => restore(bytes)).not.toThrow();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    expect(() => restore(damaged)).toThrow(SnapshotError);
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(() => restore(bytes.slice(0, length))).toThrow(SnapshotError);
  }
  expect(() => restore(Uint8Array.of(...bytes, 0))).toThrow(SnapshotError);
});

test('the head of one file and the snapshot of another, each whole, are no index', () => {
  const [one, other] = [saved('m').bytes, saved('n').bytes];
  const { snapshot } = decodeSaved(other);
  const mixed = Uint8Array.of(...one.subarray(0, one.length - snapshot.length), ...snapshot);
  expect(() => decodeSaved(mixed)).toThrow(SnapshotError);
});
