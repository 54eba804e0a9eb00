/** The bundled policy straight from its address to a device: the model that is opened whole, decoding as fast. */
import { expect, it } from 'vitest';
import { WebGpuBackend } from '../webgpu/webgpu-backend';
import { EngineModel } from './engine-model';
import { folderAt, openFolder, openModelFolder } from './model-folder';

it('streams to WebGPU and draws the same tokens, many a dispatch', { timeout: 120_000 }, async () => {
  const backend = await WebGpuBackend.create();
  const read = folderAt(new URL('/policy', location.href));
  const { config, chat, source } = await openFolder(read);
  const { weights } = await openModelFolder(read);
  const seen: number[] = [];
  const models = [
    await EngineModel.open({ backend, config, weights }),
    await EngineModel.stream({
      backend,
      config,
      source,
      pieceBytes: 100_000,
      onProgress: ({ loadedBytes, totalBytes }) => seen.push(loadedBytes / totalBytes),
    }),
  ];
  expect(seen.at(-1)).toBe(1);
  const promptIds = chat.encodeChat([{ role: 'user', content: 'I live in Lisbon now.' }], {
    addGenerationPrompt: true,
  });
  const drawn = [];
  for (const model of models) {
    const options = { temperature: 0, maxNewTokens: 12, stopIds: [] };
    const [{ tokens }] = await model.generate([{ promptIds, seed: 1 }], options);
    drawn.push({ decoding: model.decoding, ids: tokens.map(({ id }) => id) });
    model.dispose();
  }
  backend.dispose();
  expect(drawn[0].decoding).toMatch(/many tokens a dispatch/);
  expect(drawn[1]).toEqual(drawn[0]);
});
