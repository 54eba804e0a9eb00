/** The measured error of a packed base on the bundled policy: there, small, and refused where it would mean nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import type { Backend } from '../engine/backend';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { UsageError } from './arguments';
import { baseError } from './base-error';

const SAMPLES = 'fixtures/drift/batches.jsonl';
let backend: Backend;
beforeAll(async () => {
  await ensureWasm();
  backend = await WasmBackend.create({ threads: 2 });
});
afterAll(() => backend.dispose());

it('int8 is off a little, f16 not at all, since the policy is stored in f16', async () => {
  const int8 = await baseError(backend, 'public/policy', 'int8', SAMPLES, 3);
  expect(int8.tokens).toBeGreaterThan(50);
  expect(int8.mean_logprob_difference).toBeGreaterThan(0);
  expect(int8.mean_logprob_difference).toBeLessThan(0.005);
  expect(int8.logits_relative_error).toBeGreaterThan(0);
  expect(int8.logits_relative_error).toBeLessThan(0.02);
  expect(int8.same_likeliest).toBeGreaterThan(0.97);
  const f16 = await baseError(backend, 'public/policy', 'f16', SAMPLES, 3);
  expect(f16.largest_logprob_difference).toBe(0);
});

it('asks for a recording of the same policy', async () => {
  await expect(baseError(backend, 'public/other', 'int8', SAMPLES, 1)).rejects.toThrow(UsageError);
});
