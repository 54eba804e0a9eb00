/** A vocabulary in parts on WebGPU, because a buffer is small: the numbers of one piece. */
import { expect, it } from 'vitest';
import { relativeError } from '../backend-parity';
import { EngineModel } from '../model/engine-model';
import { randomSequences, randomWeights, TINY, TINY_ADAPTER } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from './webgpu-backend';

const CONFIG = { ...TINY, hiddenSize: 32, headDim: 8, vocabSize: 1000 };
/** The embedding is 128 kB; logits of a few rows and everything else are less than half of that. */
const MOST = 64 * 1024;

it('look-up, logits and gradients', async () => {
  const figures = async (bufferBytes?: number) => {
    const backend =
      bufferBytes === undefined ? new ReferenceBackend() : await WebGpuBackend.create({ bufferBytes });
    const model = await EngineModel.open({
      backend,
      config: CONFIG,
      weights: randomWeights(CONFIG, 6, 0.1),
      adapter: TINY_ADAPTER,
      decode: 'plain',
    });
    const [ids] = randomSequences(CONFIG, 2, [12]);
    ids.splice(0, 3, 0, 999, 512);
    const { logits } = await model.inspect([ids]);
    const samples = [{ promptIds: ids.slice(0, 4), completionIds: ids.slice(4) }];
    await model.accumulate(samples, { temperature: 0.9 }, (scores) =>
      scores.map(({ logprobs }) => ({ dLogprobs: Float64Array.from(logprobs, (_, t) => Math.cos(t)) })),
    );
    const gradients = [...(await model.gradients())].flatMap(([, { data }]) => [...data]);
    const { info } = backend;
    backend.dispose();
    return { logits, gradients, info };
  };
  const got = await figures(MOST);
  expect(got.info.bufferBytes).toBe(MOST);
  const want = await figures();
  expect(relativeError(got.logits, want.logits)).toBeLessThan(1e-5);
  expect(relativeError(got.gradients, want.gradients)).toBeLessThan(1e-4);
});
