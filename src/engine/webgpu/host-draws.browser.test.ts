/** Tokens that the host draws, from logits of a WebGPU device: those that the reference draws. */
import { expect, test } from 'vitest';
import type { Backend } from '../backend';
import type { GenerateOptions } from '../language-model';
import { EngineModel } from '../model/engine-model';
import { checkRising, RISING_STOP, risingConstraint } from '../model/rising-constraint.fixture';
import { randomSequences, randomWeights, TINY } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { WebGpuBackend } from './webgpu-backend';

const open = (backend: Backend) =>
  EngineModel.open({ backend, config: TINY, weights: randomWeights(TINY, 1) });

test('a nucleus and a constraint draw as on the reference; without them the fast way is taken as before', async () => {
  const backend = await WebGpuBackend.create();
  const [model, oracle] = [await open(backend), await open(new ReferenceBackend())];
  const requests = randomSequences(TINY, 2, [1, 7, 4, 12, 7]).map((promptIds, seed) => ({ promptIds, seed }));
  const sampling: GenerateOptions = { temperature: 0.8, maxNewTokens: 9, stopIds: [RISING_STOP] };
  for (const options of [
    { ...sampling, topP: 0.7 },
    { ...sampling, constraint: risingConstraint },
    { ...sampling, constraint: risingConstraint, topP: 0.5, temperature: 0 },
  ]) {
    const [own, expected] = [
      await model.generate(requests, options),
      await oracle.generate(requests, options),
    ];
    expected.forEach(({ tokens, finish }, r) => {
      expect(own[r].finish).toBe(finish);
      expect(own[r].tokens.map(({ id }) => id)).toEqual(tokens.map(({ id }) => id));
      if (options.constraint) {
        checkRising(
          own[r].tokens.map(({ id }) => id),
          finish,
        );
      }
      tokens.forEach(({ logprob, entropy }, i) => {
        expect(own[r].tokens[i].logprob).toBeCloseTo(logprob, 4);
        expect(own[r].tokens[i].entropy).toBeCloseTo(entropy, 4);
      });
    });
  }
  const before = backend.counts.readbacks;
  const plain = await model.generate(requests, sampling);
  const readbacks = backend.counts.readbacks - before;
  expect(await model.generate(requests, { ...sampling, topP: 1 })).toEqual(plain);
  expect(backend.counts.readbacks - before).toBe(2 * readbacks);
  backend.dispose();
});
