import { expect, test } from 'vitest';
import { readRecording } from '../recording';
import { answerOnly } from './answer-only';

test('its words say what the recorded runs show', async () => {
  const [paid, unpaid] = (await answerOnly.load()).map(readRecording);
  const gain = (name: 'task' | 'context' | 'memory' | 'storage_precision') =>
    [paid, unpaid].map(({ before, after }) => after[name] - before[name]) as [number, number];
  // Nearly as well, most of what it gains, far less.
  const [task, taskUnpaid] = gain('task');
  expect(taskUnpaid / task).toBeGreaterThan(0.9);
  const [memory, memoryUnpaid] = gain('memory');
  expect(memoryUnpaid / memory).toBeGreaterThan(0.6);
  expect(memoryUnpaid / memory).toBeLessThan(0.9);
  const [context, contextUnpaid] = gain('context');
  expect(contextUnpaid / context).toBeLessThan(0.5);
  const [precision, precisionUnpaid] = gain('storage_precision');
  expect(precision).toBeGreaterThan(0);
  expect(precisionUnpaid).toBeLessThan(0);
});
