/** Embeds a namespace anew, slowly, and tells how far it is; the test ends it in the middle. */
import { LabDatabase } from '../../storage/database';
import type { Embedder } from '../memory';
import { IdbRows } from '../rows/idb-rows';
import { NgramEmbedder } from './ngram-embedder';
import { reembed } from './reembedding';

const fresh = new NgramEmbedder({ dimension: 64, id: 'fresh' });
const slow: Embedder = {
  id: fresh.id,
  dimension: fresh.dimension,
  threshold: fresh.threshold,
  embed: async (texts) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return fresh.embed(texts);
  },
};

self.onmessage = async ({
  data,
}: MessageEvent<{ readonly database: string; readonly namespace: string }>) => {
  const rows = new IdbRows(await LabDatabase.open({ name: data.database }));
  await reembed(rows, data.namespace, slow, { slice: 10, onProgress: (done) => self.postMessage(done) });
  self.postMessage('complete');
};
