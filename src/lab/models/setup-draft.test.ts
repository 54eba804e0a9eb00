import { expect, test } from 'vitest';
import { QWEN, RecordedModels } from './models-worker.fixture';
import { changes, opensAnew, tokenRanges } from './setup-draft';

const { active } = new RecordedModels().shelf;

test('only what differs is a change; what was put back is none', () => {
  expect(changes(active.setup, {})).toBeNull();
  expect(changes(active.setup, { temperature: 1, prompt: 'short', thinking: null })).toBeNull();
  expect(changes(active.setup, { temperature: 0.7, prompt: 'short' })).toEqual({ temperature: 0.7 });
  expect(changes({ ...active.setup, thinking: true }, { thinking: false })).toEqual({ thinking: false });
});

test('weights kept otherwise are read anew, the rest is not', () => {
  expect(opensAnew({ base: 'int8' })).toBe(true);
  expect(opensAnew({ temperature: 0.7, topP: 0.9, constrained: true })).toBe(false);
});

test('tokens fit the model, and a completion fits the context that is chosen', async () => {
  const { shelf } = await new RecordedModels().open(QWEN);
  expect(tokenRanges(shelf.active, {}).contextTokens).toMatchObject({ min: 128, max: 8192 });
  expect(tokenRanges(shelf.active, {}).maxNewTokens.max).toBe(shelf.active.setup.contextTokens - 1);
  expect(tokenRanges(shelf.active, { contextTokens: 300 }).maxNewTokens).toMatchObject({ min: 1, max: 299 });
  const tiny = { ...shelf.active, choices: { ...shelf.active.choices, maxContextTokens: 64 } };
  expect(tokenRanges(tiny, {}).contextTokens).toMatchObject({ min: 64, max: 64 });
});
