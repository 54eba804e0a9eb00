/** The drift gate on WebGPU in a real browser: the first recorded batches; all 50 under VITE_SOAK. */
import { expect, it } from 'vitest';
import recordingText from '../../../fixtures/drift/batches.jsonl?raw';
import referenceText from '../../../fixtures/drift/reference.json?raw';
import { EngineModel } from '../../engine/model/engine-model';
import { openModelFolder } from '../../engine/model/model-folder';
import { WebGpuBackend } from '../../engine/webgpu/webgpu-backend';
import { readRecording } from './recorded-batch';
import { drift, replay, type Trajectory } from './replay';

/** The bundled policy as the page finds it. */
async function readPolicy(name: string): Promise<Uint8Array> {
  const response = await fetch(`/policy/${name}`);
  if (!response.ok) throw new Error(`/policy/${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

it('stays within bounds', { timeout: 600_000 }, async () => {
  const { header, batches } = readRecording(recordingText);
  const { config, weights } = await openModelFolder(readPolicy);
  const model = await EngineModel.open({
    backend: await WebGpuBackend.create(),
    config,
    weights,
    adapter: header.lora,
    adapterSeed: header.adapterSeed,
    trainable: 'adapter',
  });
  const count = import.meta.env.VITE_SOAK === undefined ? 2 : 50;
  const run = await replay(model, batches.slice(0, count));
  model.dispose();
  const lines = drift(run, JSON.parse(referenceText) as Trajectory);
  expect(lines).toHaveLength(count === 2 ? 4 : 12);
  expect(lines.filter(({ pass }) => !pass)).toEqual([]);
});
