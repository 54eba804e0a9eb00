/**
 * The files of a model at the hub as a `WeightSource`: what the model store reads from. Lengths and hashes are those of
 * the list that was read once; nothing is asked twice.
 */
import { ModelFileError } from '../engine/errors';
import { checkLength, type WeightSource } from '../engine/model/weight-source';
import { checkedBlob, isGitBlob } from './git-blob';
import type { Hub } from './hub';
import { goodAnswer, pageInstead } from './hub-answers';
import type { ModelEntry, ModelFile } from './model-entry';
import { type SteadyOptions, steadyStream } from './steady-stream';

export type HubEntry = Pick<ModelEntry, 'name' | 'revision'> & { readonly files: readonly ModelFile[] };

/** @param entry with its files and the commit they are of */
export function hubSource(
  hub: Hub,
  entry: HubEntry,
  options: Omit<SteadyOptions, 'signal'> = {},
): WeightSource {
  const { name, revision } = entry;
  const files = new Map(entry.files.map((file) => [file.path, file]));
  // Not the hub's address: what is stored is of this commit, whoever served it.
  const where = `${name} at ${revision?.slice(0, 12) ?? 'its newest state'}`;

  const stream = (path: string, start: number, end: number, signal?: AbortSignal) => {
    const file = files.get(path);
    if (!file) throw new ModelFileError('file-missing', `${path} was not found at ${where}.`);
    const what = `${path} of ${name}`;
    const ask = async (from: number, own: AbortSignal) => {
      const range = from === 0 && end === file.bytes ? undefined : `bytes=${from}-${end - 1}`;
      const question = { why: what, signal: own, ...(range !== undefined && { range }) };
      const response = await goodAnswer(
        await hub.askFile(name, revision ?? 'main', file, question),
        name,
        what,
      );
      // A page in the place of weights; a chat template or a card may well be HTML-like, so it goes by the type.
      if (response.headers.get('content-type')?.startsWith('text/html')) {
        await response.body?.cancel();
        throw pageInstead(what, response.url);
      }
      return response;
    };
    const bytes = () => steadyStream(ask, { start, end, size: file.bytes, what }, { ...options, signal });
    const whole = start === 0 && end === file.bytes;
    return whole && isGitBlob(file) ? checkedBlob(bytes, file, what) : bytes();
  };

  return {
    where,
    size: async (path) => files.get(path)?.bytes ?? null,
    revision: async (path) => files.get(path)?.tag ?? null,
    stream,
    async read(path, start, end, signal) {
      const bytes = new Uint8Array(end - start);
      let at = 0;
      for await (const chunk of stream(path, start, end, signal)) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return checkLength(bytes.subarray(0, at), path, start, end, where);
    },
  };
}
