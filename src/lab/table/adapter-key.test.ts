/** When the table is to ask anew: for another adapter, not for every step of a training. */
import { expect, test } from 'vitest';
import type { TrainingView } from '../state/lab-state';
import { adapterKey } from './adapter-key';

const key = (kind: 'running' | 'finished' | 'idle', nth: number, steps: number, trained = true) =>
  adapterKey({
    state: { kind },
    nth,
    trained,
    metrics: Array.from<TrainingView['metrics'][number]>({ length: steps }),
  });

test('another adapter has another key', () => {
  const keys = [
    key('idle', 0, 0, false),
    key('idle', 0, 0),
    key('finished', 1, 3),
    // Undone, gone on with, begun anew.
    key('finished', 1, 2),
    key('finished', 1, 5),
    key('finished', 2, 3),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('steps of a training that runs have one, which is that of no adapter at rest', () => {
  expect(key('running', 1, 1)).toBe(key('running', 1, 2));
  expect(key('running', 1, 2)).not.toBe(key('finished', 1, 2));
});
