import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import type { EntryText } from '../memory';
import { compareMemories } from './comparison';

const entry = (id: string, content: string, metadata: EntryText['metadata'] = {}): EntryText => ({
  id,
  content,
  metadata,
  memoryType: '',
  created: 1,
  updated: Number(id.slice(1)),
  sourceStep: '',
});
const ids = (entries: readonly EntryText[]) => entries.map(({ id }) => id).join(' ');

describe('comparison', () => {
  test('a memory and its copy after both went on', () => {
    const left = [entry('m1', 'a'), entry('m2', 'b'), entry('m3', 'c'), entry('m5', 'new here')];
    const right = [entry('m1', 'a'), entry('m2', 'b changed'), entry('m4', 'new there')];
    const { onlyLeft, onlyRight, same, changed } = compareMemories(left, right);
    expect([ids(onlyLeft), ids(onlyRight), same]).toEqual(['m3 m5', 'm4', 1]);
    expect(changed).toEqual([{ left: left[1], right: right[1] }]);
  });

  test('equal content under other ids is the same, each entry once', () => {
    const left = [entry('m1', 'x'), entry('m2', 'x'), entry('m3', 'y')];
    const right = [entry('m1', 'y'), entry('m7', 'x')];
    const { onlyLeft, onlyRight, same, changed } = compareMemories(left, right);
    expect([ids(onlyLeft), ids(onlyRight), same, changed]).toEqual(['m2', '', 2, []]);
  });

  test('metadata count, the order of their keys does not, times do not', () => {
    const left = [entry('m1', 'x', { a: 1, b: 2 }), { ...entry('m2', 'y', { a: 1 }), updated: 9 }];
    const right = [entry('m1', 'x', { b: 2, a: 1 }), entry('m2', 'y', { a: 2 })];
    const { same, changed } = compareMemories(left, right);
    expect([same, changed.length]).toEqual([1, 1]);
  });

  test('every entry is told exactly once, and the other way round it is the mirror image', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createRandom('compare', seed);
      const side = () =>
        Array.from({ length: random.int(12) }, (_, i) => entry(`m${i + 1}`, `text ${random.int(6)}`));
      const [left, right] = [side(), side()];
      const { onlyLeft, onlyRight, same, changed } = compareMemories(left, right);
      expect(onlyLeft.length + same + changed.length).toBe(left.length);
      expect(onlyRight.length + same + changed.length).toBe(right.length);
      const mirrored = compareMemories(right, left);
      expect(mirrored.same).toBe(same);
      expect(mirrored.changed.length).toBe(changed.length);
      expect(compareMemories(left, left)).toEqual({
        onlyLeft: [],
        onlyRight: [],
        same: left.length,
        changed: [],
      });
    }
  });
});
