/** The page of `npm run bench -- retrieval --encoder`: a sentence encoder runs in a browser only. */
import { pickedFiles } from '../memory/embedders/encoder/encoder-files';
import { KNOWN_ENCODERS } from '../memory/embedders/encoder/known-encoders';
import { TransformersEmbedder } from '../memory/embedders/encoder/transformers-embedder';
import { exactIndex } from '../memory/index/exact-index';
import { voyIndex } from '../memory/index/voy-index';
import { embedderLines, type RetrievalLine } from './retrieval';

export interface RetrievalRequest {
  readonly name: string;
  readonly device: 'wasm' | 'webgpu';
  readonly seed: number;
  readonly quick: boolean;
}

declare global {
  interface Window {
    /** Given by the command, as are those below: names of the encoder's files, and one of them in base64. */
    encoderNames?: () => Promise<readonly string[]>;
    encoderFile?: (name: string) => Promise<string>;
    retrievalLine?: (line: RetrievalLine) => Promise<void>;
    retrievalEnd?: (problem: string) => Promise<void>;
  }
}

async function run({ name, device, seed, quick }: RetrievalRequest): Promise<void> {
  const files = new Map<string, Blob>();
  for (const file of (await window.encoderNames?.()) ?? []) {
    const text = atob((await window.encoderFile?.(file)) ?? '');
    files.set(file, new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]));
  }
  const languages = KNOWN_ENCODERS.find((encoder) => encoder.name === name)?.languages;
  const embedder = await TransformersEmbedder.open(pickedFiles(files), { name, device, languages });
  const indices = [
    { name: 'exact', make: exactIndex },
    { name: 'voy', make: await voyIndex() },
  ];
  const lines: (Promise<void> | undefined)[] = [];
  await embedderLines(embedder, indices, { seed, quick, runtime: 'browser' }, (line) => {
    lines.push(window.retrievalLine?.(line));
  });
  await Promise.all(lines);
}

const request = JSON.parse(new URLSearchParams(location.search).get('request') ?? '') as RetrievalRequest;
const problem = await run(request).then(
  () => '',
  (error: unknown) => String(error),
);
await window.retrievalEnd?.(problem);
