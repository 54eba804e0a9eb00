/**
 * `decode`: 32 rows, 64 prompt tokens, 32 new tokens, sampled at temperature 1, prefill included. The
 * prompts are random and share no prefix, so our sharing does not help. Compared before it counts: the
 * logits after every prompt, and the ids that `generate` takes greedily, since sampled ones must differ.
 */
import { EngineModel } from '../engine/model/engine-model';
import { folderAt } from '../engine/model/model-folder';
import type { Emit, Setting } from './benches';
import { race } from './figure';
import { forwardFlops } from './flops';
import { type BenchRequest, type OpenedModel, opened } from './run';

export interface DecodeTask {
  readonly prompts: readonly (readonly number[])[];
  readonly newTokens: number;
  readonly vocabSize: number;
}

export async function decode(
  { backend, engine, random, runs, quick, decode: way }: Setting,
  { config, weights }: OpenedModel,
  request: BenchRequest,
  emit: Emit,
): Promise<void> {
  const [rows, length, newTokens] = quick ? [8, 16, 8] : [32, 64, 32];
  const { vocabSize } = config;
  const prompts = Array.from({ length: rows }, () => [...random.integers(length, 0, vocabSize - 1)]);
  const task: DecodeTask = { prompts, newTokens, vocabSize };
  const model = await EngineModel.open({ backend: engine, config, weights, decode: way });
  const settings = {
    bench: 'decode',
    backend,
    device: engine.info.device,
    size: `${rows} rows, ${length} prompt, ${newTokens} new tokens`,
    flops:
      rows *
      (forwardFlops(config, null, length, 1) +
        forwardFlops(config, null, newTokens - 1, newTokens - 1, length)),
    tolerance: 1e-4,
    runs,
  };
  const peers = await opened(
    { bench: 'decode', engine: 'transformers.js', size: settings.size },
    request,
    settings.device,
    emit,
    async () => {
      if (request.runtime === 'node') return null;
      const { transformersDecode } = await import('./peers/transformers');
      return transformersDecode(
        folderAt(new URL('/policy', location.href)),
        task,
        backend,
        engine.info.threads,
      );
    },
  );
  const figures = await race(
    settings,
    {
      engine: 'agemem',
      async run() {
        await model.generate(
          prompts.map((promptIds, seed) => ({ promptIds, seed })),
          { temperature: 1, maxNewTokens: newTokens, stopIds: [] },
        );
      },
      async result() {
        const { logits } = await model.inspect(prompts);
        return Float32Array.from({ length: rows * vocabSize }, (_, i) => {
          const row = Math.floor(i / vocabSize);
          return logits[((row + 1) * length - 1) * vocabSize + (i % vocabSize)];
        });
      },
      async tokens() {
        const greedy = { temperature: 0, maxNewTokens: newTokens, stopIds: [] };
        const drawn = await model.generate(
          prompts.map((promptIds, seed) => ({ promptIds, seed })),
          greedy,
        );
        return drawn.flatMap(({ tokens }) => tokens.map(({ id }) => id));
      },
      counts: () => ({ ...engine.counts }),
      dispose: () => model.dispose(),
    },
    peers,
  );
  for (const figure of figures) {
    emit(figure.engine === 'agemem' ? { ...figure, decoding: model.decoding } : figure);
  }
}
