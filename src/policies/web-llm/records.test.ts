/** The records against the installed package, whose list is the only statement of what fits what. */
import { modelLibURLPrefix, modelVersion, prebuiltAppConfig } from '@mlc-ai/web-llm';
import { describe, expect, test } from 'vitest';
import { LIBRARY_FOLDER, LIBRARY_VERSION, recordOf, singlePrecisionOf, WEB_LLM_RECORDS } from './records';

const listed = (id: string) => prebuiltAppConfig.model_list.find((model) => model.model_id === id);

test('libraries are those of the installed version', () => {
  expect(LIBRARY_VERSION).toBe(modelVersion);
  expect(LIBRARY_FOLDER).toBe(modelLibURLPrefix);
});

describe.each(WEB_LLM_RECORDS)('$id', (record) => {
  test('is what WebLLM lists under this id', () => {
    const model = listed(record.id);
    expect(model?.model).toBe(`https://huggingface.co/${record.repository}`);
    expect(model?.model_lib).toBe(record.library.address);
    expect(model?.vram_required_MB).toBe(record.memoryMegabytes);
    expect(model?.low_resource_required).toBe(record.forSmallDevices);
    expect(model?.overrides?.context_window_size).toBe(record.contextTokens);
  });

  test('asks for every feature that WebLLM asks for', () => {
    expect(record.features).toEqual(
      expect.arrayContaining([...(listed(record.id)?.required_features ?? [])]),
    );
  });

  test('is pinned by whole hashes where it is pinned', () => {
    if (record.revision !== null) expect(record.revision).toMatch(/^[0-9a-f]{40}$/);
    if (record.library.integrity !== null)
      expect(record.library.integrity).toMatch(/^sha256-[A-Za-z0-9+/]{43}=$/);
  });
});

test('each is found by id and repository, and has a build for devices without shader-f16', () => {
  expect(new Set(WEB_LLM_RECORDS.map((record) => record.id)).size).toBe(WEB_LLM_RECORDS.length);
  for (const record of WEB_LLM_RECORDS) {
    expect(recordOf(record.id)).toBe(record);
    expect(recordOf(record.repository)).toBe(record);
    expect(singlePrecisionOf(record)?.features).toEqual([]);
  }
  expect(recordOf('mlc-ai/nobody')).toBeUndefined();
});
