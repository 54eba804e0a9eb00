import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IntegrityError } from '@mlc-ai/web-llm';
import { describe, expect, test } from 'vitest';
import { named } from './fake-engine.fixture';
import { plainError, WebLlmError, webLlmError } from './web-llm-errors';

const codeOf = (error: unknown) => webLlmError(error).code;

test.each([
  ['WebGPUNotAvailableError', 'web-llm-no-webgpu'],
  ['ShaderF16SupportError', 'web-llm-device-lacks'],
  ['FeatureSupportError', 'web-llm-device-lacks'],
  ['DeviceLostError', 'web-llm-device-lost'],
  ['BufferRefusedError', 'web-llm-out-of-memory'],
  ['ModelNotFoundError', 'web-llm-model-unknown'],
  ['MissingModelError', 'web-llm-library-unreadable'],
  ['UnsupportedTokenizerFilesError', 'web-llm-folder-layout'],
  ['WindowSizeConfigurationError', 'web-llm-folder-layout'],
  ['ContextWindowSizeExceededError', 'web-llm-window'],
  ['GrammarMatcherInitError', 'web-llm-grammar'],
  ['ModelNotLoadedError', 'web-llm-device-lost'],
  ['MessageOrderError', 'web-llm-request'],
  ['QuotaExceededError', 'web-llm-storage-full'],
  ['CompileError', 'web-llm-library-unreadable'],
  ['FileNotHereError', 'web-llm-file-missing'],
  ['ForeignRequestError', 'web-llm-foreign-request'],
])('%s is told as %s', (name, code) => {
  expect(codeOf(named(name, 'said something'))).toBe(code);
});

test('every name that is matched is one that WebLLM gives, or the platform, or this adapter', () => {
  const built = readFileSync(fileURLToPath(import.meta.resolve('@mlc-ai/web-llm')), 'utf8');
  const given = new Set([...built.matchAll(/this\.name = "(\w+)"/g)].map(([, name]) => name));
  for (const name of [
    'ShaderF16SupportError',
    'DeviceLostError',
    'MissingModelError',
    'FeatureSupportError',
  ]) {
    expect(given, name).toContain(name);
  }
  expect(given.size).toBeGreaterThan(40);
  // Whatever else it gives ends as an error with a code and a next step, in its own words.
  for (const name of given) {
    const error = webLlmError({ name, message: 'its own words' });
    expect(error.code, name).toMatch(/^web-llm-/);
    expect(error.whatToDo, name).toMatch(/\.$/);
    expect(error.message, name).toContain('its own words');
  }
});

describe('texts of what lies below', () => {
  test.each([
    ['WebAssembly.instantiate(): expected 4 bytes, fell off end', 'web-llm-library-unreadable'],
    ['expected magic word 00 61 73 6d, found 3c 21 44 4f @+0', 'web-llm-library-unreadable'],
    ['Import #0 "env": module is not an object or function', 'web-llm-library-unreadable'],
    ['Unable to find a compatible GPU. This issue might be', 'web-llm-no-webgpu'],
    ['Cannot initialize runtime because of requested maxBufferSize exceeds limit.', 'web-llm-device-lacks'],
    ['Device was lost. This can happen due to insufficient memory', 'web-llm-device-lost'],
    ['A valid external Instance reference no longer exists.', 'web-llm-device-lost'],
    ['Array buffer allocation failed', 'web-llm-out-of-memory'],
    ['Grammar matcher rejected the newly sampled token.', 'web-llm-grammar'],
    ['something nobody has seen', 'web-llm-runtime'],
  ])('%s', (message, code) => {
    const error = webLlmError(new Error(message));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

test('WebLLM’s own IntegrityError keeps its meaning across a worker’s boundary', () => {
  const plain = structuredClone(
    plainError(new IntegrityError('https://model.invalid/a.wasm', 'sha256-A', 'sha256-B')),
  );
  expect(codeOf(plain)).toBe('web-llm-library-changed');
});

test('an error without a message says what it is', () => {
  expect(webLlmError(new DOMException('', 'QuotaExceededError')).message).toBe(
    'The browser has no room left.',
  );
  expect(webLlmError('a text').message).toContain('a text');
});

test('one of ours stays what it is', () => {
  const error = new WebLlmError('window', 'too long');
  expect(webLlmError(error)).toBe(error);
});
