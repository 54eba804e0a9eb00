/** What is spoken of the list: beginnings, quarters and ends, each once. */
import { expect, test } from 'vitest';
import type { ModelShelf, ModelState } from '../../worker/models-protocol';
import { QWEN, RecordedModels } from './models-worker.fixture';
import { tidings } from './tidings';

const with_ = (state: ModelState): ModelShelf => {
  const line = new RecordedModels();
  line.become(QWEN, state);
  return line.shelf;
};
const at = (storedBytes: number, totalBytes = 1000) =>
  with_({ kind: 'downloading', storedBytes, totalBytes, bytesPerSecond: 10, file: 'model.safetensors' });
const ABSENT = with_({ kind: 'absent' });
const KEPT = with_({ kind: 'kept', storedBytes: 1000 });
const paused = (storedBytes: number, broke = false) =>
  with_({
    kind: 'partial',
    storedBytes,
    totalBytes: 1000,
    trouble: broke ? { code: 'network', message: 'It broke.', whatToDo: 'Go on.' } : null,
  });

test('a download is spoken of by quarters, however often it is told', () => {
  const told: string[] = [];
  for (let came = 0; came < 1000; came++) {
    const words = tidings(at(came), at(came + 1));
    if (words !== null) told.push(words);
  }
  expect(told).toEqual([
    'Qwen3 0.6B: 25% downloaded.',
    'Qwen3 0.6B: 50% downloaded.',
    'Qwen3 0.6B: 75% downloaded.',
  ]);
});

test('beginnings and ends have their words', () => {
  expect(tidings(ABSENT, at(0))).toBe('Qwen3 0.6B is being downloaded.');
  expect(tidings(at(400), paused(400))).toBe('Qwen3 0.6B is paused at 400 bytes.');
  expect(tidings(at(400), paused(400, true))).toBe('The download of Qwen3 0.6B stopped. What came is kept.');
  expect(tidings(at(999), KEPT)).toBe('Qwen3 0.6B is kept, and usable without a network.');
  expect(tidings(KEPT, ABSENT)).toBe('The files of Qwen3 0.6B are deleted from this browser.');
  expect(tidings(paused(400), ABSENT)).toBe('The files of Qwen3 0.6B are deleted from this browser.');
});

test('what stays is not spoken of, and neither is the first list nor a total that is not known', () => {
  for (const shelf of [ABSENT, KEPT, at(300), paused(300)]) {
    expect(tidings(shelf, structuredClone(shelf))).toBeNull();
    expect(tidings(null, shelf)).toBeNull();
  }
  expect(tidings(at(0, 0), at(600, 0))).toBeNull();
});

test('who acts, comes and goes is said', async () => {
  const line = new RecordedModels();
  const before = line.shelf;
  await line.open(QWEN);
  expect(tidings(before, line.shelf)).toBe('Qwen3 0.6B acts now.');
  const grown = line.shelf;
  await line.call('addHubModel', { name: 'some/model', provider: 'engine' });
  expect(tidings(grown, line.shelf)).toBe('some/model is in the list.');
  expect(tidings(line.shelf, grown)).toBe('some/model is no longer in the list.');
});
