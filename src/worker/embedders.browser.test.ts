/** Sentence encoders of a lab: chosen from a folder, kept, opened by the id that a memory was written with. */
import { afterEach, expect, test } from 'vitest';
import { forgetEncoder } from '../memory/embedders/encoder/encoder-store';
import { revisionOf } from '../memory/embedders/encoder/known-encoders';
import { asBlobs, TINY_DIMENSION, tinyEncoder } from '../memory/embedders/encoder/tiny-encoder.fixture';
import { LabEmbedders } from './embedders';

const NAME = 'someone/tiny';
const told: string[] = [];
const progress: string[] = [];

function lab(): LabEmbedders {
  return new LabEmbedders({
    policy: () => null,
    site: null,
    tellForeign: ({ address }) => {
      told.push(address);
      throw new Error('not in a test');
    },
    onProgress: (embedder, file) => progress.push(`${embedder} ${file}`),
  });
}

afterEach(() => forgetEncoder(NAME));

test('one from a folder is ready from then on, in the next lab too, without asking anybody', async () => {
  const first = lab();
  const embedder = await first.openFolder(NAME, asBlobs(tinyEncoder()));
  expect(progress).toContain(`transformers-${NAME} onnx/model.onnx`);
  const facts = (await first.facts()).at(-1);
  expect(facts).toMatchObject({
    id: embedder.id,
    title: NAME,
    dimension: TINY_DIMENSION,
    theta: embedder.threshold,
    state: 'ready',
    reason: '',
  });
  expect(await first.open(embedder.id)).toBe(embedder);
  expect(await first.open(`transformers-${NAME}`)).toBe(embedder);
  const vectors = await embedder.embed(['Mira lives in Oslo.']);
  await first.dispose();
  await expect(embedder.embed(['a'])).rejects.toThrow(/it was closed/);

  const next = lab();
  expect((await next.facts()).at(-1)).toMatchObject({
    id: embedder.id,
    state: 'ready',
    theta: embedder.threshold,
  });
  const again = await next.open(embedder.id);
  expect(again.threshold).toBe(embedder.threshold);
  expect(await again.embed(['Mira lives in Oslo.'])).toEqual(vectors);
  await next.dispose();
  expect(told).toEqual([]);
});

test('other weights under the same name are another embedder, and it is said', async () => {
  const old = await lab().openFolder(NAME, asBlobs(tinyEncoder(7)));
  const labs = lab();
  const changed = await labs.openFolder(NAME, asBlobs(tinyEncoder(8)));
  expect(changed.id).not.toBe(old.id);
  await expect(lab().open(old.id)).rejects.toThrow(/make another one/);
  await labs.dispose();
});

test('the hub is asked when the user has chosen it and not before, and whoever hears of it may refuse', async () => {
  const labs = lab();
  const id = 'transformers-Xenova/all-MiniLM-L6-v2';
  await expect(labs.open(id)).rejects.toThrow(/not in this browser/);
  expect(told).toEqual([]);
  await expect(labs.open(id, { mayAsk: true })).rejects.toThrow('not in a test');
  expect(told).toEqual([
    `https://huggingface.co/Xenova/all-MiniLM-L6-v2/resolve/${revisionOf('Xenova/all-MiniLM-L6-v2')}/config.json`,
  ]);
});
