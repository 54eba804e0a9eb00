/** Opens encoders on behalf of the page. */

import { hubFiles, siteFiles } from '../../src/memory/embedders/encoder/encoder-files';
import { forgetEncoder, keptEncoders } from '../../src/memory/embedders/encoder/encoder-store';
import { openEncoder } from '../../src/memory/embedders/encoder/open-encoder';
import type { TransformersEmbedder } from '../../src/memory/embedders/encoder/transformers-embedder';
import { MemoryError } from '../../src/memory/errors';
import type { Answer, Ask } from './protocol';

let embedder: TransformersEmbedder | undefined;

async function answer(ask: Ask): Promise<Answer> {
  const told: string[] = [];
  const progress: Record<string, readonly [number, number | null]> = {};
  try {
    switch (ask.kind) {
      case 'open': {
        const control = new AbortController();
        if (ask.cancelAfter !== undefined) setTimeout(() => control.abort(), ask.cancelAfter);
        const hub = () => hubFiles(ask.name, ({ address }) => told.push(address));
        const source = ask.hub
          ? hub()
          : ask.folder === null
            ? null
            : siteFiles(new URL(`../${ask.folder}`, location.href));
        const opened = await openEncoder(source, {
          name: ask.name,
          device: ask.device,
          languages: ['en'],
          signal: control.signal,
          onProgress: (file, done, total) => {
            progress[file] = [done, total];
          },
        });
        embedder = opened.embedder;
        return { told, progress, from: opened.from, kept: opened.kept, id: embedder.id };
      }
      case 'embed': {
        const vectors = (await embedder?.embed(ask.texts)) ?? [];
        return { told, progress, vectors: vectors.map((vector) => [...vector]) };
      }
      case 'close':
        embedder?.dispose();
        return { told, progress };
      case 'kept':
        return { told, progress, kept: await keptEncoders() };
      case 'forget':
        await forgetEncoder(ask.name);
        return { told, progress };
    }
  } catch (error) {
    const code = error instanceof MemoryError ? error.code : 'unnamed';
    return { told, progress, error: { code, message: String(error) } };
  }
}

self.onmessage = async ({ data }: MessageEvent<{ readonly id: number; readonly ask: Ask }>) => {
  self.postMessage({ id: data.id, answer: await answer(data.ask) });
};
