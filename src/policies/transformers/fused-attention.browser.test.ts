/**
 * Attention as the hub's exports have it, fused, through the real ONNX Runtime: prompts come out the same whole, in
 * pieces, and gone on from a beginning that was kept, and on a GPU as on the CPU, whatever its kernels make of long passes.
 */
import { expect, test } from 'vitest';
import { blobSource } from '../../engine/model/weight-source';
import { FUSED, fusedModel } from './fused-attention.fixture';
import type { OnnxDevice } from './onnx-files';
import { TransformersRuntime } from './transformers-runtime';

const IDS = Array.from({ length: 90 }, (_, i) => (i * 37 + 5) % FUSED.vocabulary);
/** Of logits of about 4. */
const TOLERANCE = 2e-5;

function open(device: OnnxDevice): Promise<TransformersRuntime> {
  const files = new Map([...fusedModel()].map(([name, bytes]) => [name, new Blob([bytes.slice()])]));
  return TransformersRuntime.open(
    {
      name: 'a fused model',
      files: blobSource(files, 'a folder'),
      sizes: new Map([...files].map(([name, { size }]) => [name, size])),
      weights: { device, dtype: 'fp32', file: 'onnx/model.onnx', dataFiles: [] },
      positions: FUSED.positions,
    },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
}

/** Reads as a completion does. */
async function inPieces(runtime: TransformersRuntime, from: number, to: number): Promise<Float32Array> {
  const most = runtime.tokensOfAPass(FUSED.vocabulary);
  let logits = new Float32Array();
  for (let at = from; at < to; at += most) {
    const after = at > from ? 'last' : from > 0 ? 'kept' : 'nothing';
    logits = Float32Array.from(await runtime.read(IDS.slice(at, Math.min(at + most, to)), after));
  }
  return logits;
}

const largest = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

test('whole, in pieces and from what was kept, on both devices', async () => {
  const cpu = await open('wasm');
  const whole = await cpu.read(IDS, 'nothing');
  expect(Math.max(...whole)).toBeGreaterThan(1);
  const gpu = await open('webgpu');
  expect([cpu.onGpu, gpu.onGpu]).toEqual([false, true]);
  expect(cpu.longPasses).toBe(true);
  for (const runtime of [cpu, gpu]) {
    expect(largest(await inPieces(runtime, 0, IDS.length), whole)).toBeLessThan(TOLERANCE);
    const beginning = IDS.slice(0, 50);
    await inPieces(runtime, 0, beginning.length);
    await runtime.keep(beginning);
    const rest = await inPieces(runtime, beginning.length, IDS.length);
    expect(largest(rest, whole)).toBeLessThan(TOLERANCE);
    // What was kept is as it was, after others have gone on from it and after all else was given back.
    runtime.forget();
    expect(await inPieces(runtime, beginning.length, IDS.length)).toEqual(rest);
    const other = await inPieces(runtime, 0, IDS.length);
    expect(largest(other, whole)).toBeLessThan(TOLERANCE);
    console.log(
      `transformers.js, fused attention on ${runtime.onGpu ? 'webgpu' : 'wasm'}: within ${largest(other, whole).toExponential(1)}, ` +
        `${runtime.longPasses ? 'long passes are right' : 'long passes are wrong and not used'}`,
    );
    runtime.close();
  }
});
