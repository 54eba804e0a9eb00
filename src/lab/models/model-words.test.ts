import { describe, expect, test } from 'vitest';
import { expectedBytes, hostsOf, leftWords, paceWords, parametersWords } from './model-words';
import { listOfModels } from './models-worker.fixture';

describe('how far a download is', () => {
  test('bytes, rate and time left; no rate before it is known', () => {
    expect(paceWords(41e6, 118e6, null)).toBe('41 MB of 118 MB');
    expect(paceWords(41e6, 118e6, 2.3e6)).toBe('41 MB of 118 MB · 2.3 MB a second · less than a minute left');
  });

  test('no time is promised where nothing comes', () => {
    expect(paceWords(41e6, 118e6, 0)).toBe('41 MB of 118 MB · 0 bytes a second');
    expect(leftWords(Number.POSITIVE_INFINITY)).toBe('');
  });

  test('time is rounded as an estimate is', () => {
    expect([30, 90, 600, 5_339, 5_400, 12_000].map(leftWords)).toEqual([
      'less than a minute left',
      'about 2 min left',
      'about 10 min left',
      'about 89 min left',
      'about 2 h left',
      'about 3 h left',
    ]);
  });
});

test('parameters are told as models are called by them', () => {
  expect([820_608, 134_515_008, 596_049_920, 4_022_468_096, 7_615_616_512].map(parametersWords)).toEqual([
    '0.8 million parameters',
    '135 million parameters',
    '596 million parameters',
    '4 billion parameters',
    '7.6 billion parameters',
  ]);
});

test('a download that was not asked about is expected by its weights', () => {
  const expected = (parameters: number | null, quantisation: string) =>
    expectedBytes({ parameters, quantisation });
  expect(expected(494_032_768, 'bf16')).toBe(990e6);
  expect(expected(7_615_616_512, 'q4f16_1')).toBe(4.3e9);
  expect(expected(134_515_008, 'q0f32')).toBe(540e6);
  expect(expected(134_515_008, 'int8')).toBe(150e6);
  expect(expected(null, 'bf16')).toBeNull();
  expect(expected(1e9, 'some other way')).toBeNull();
});

test('hosts of a provider are those of its models from the hub, each once', () => {
  const models = listOfModels();
  expect(hostsOf(models, 'engine')).toEqual(['huggingface.co', 'cas-bridge.xethub.hf.co']);
  expect(hostsOf(models, 'web-llm')).toContain('raw.githubusercontent.com');
  expect(hostsOf([...models, ...models], 'transformers')).toHaveLength(2);
  expect(hostsOf([], 'engine')).toEqual([]);
});
