/** The page of `npm run bench -- retrieval --encoder`: a sentence encoder runs in a browser only. */
import type { EncoderFiles } from '../memory/embedders/encoder/encoder-files';
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

/** A few megabytes of a file, in base64. */
export interface EncoderPiece {
  readonly file: string;
  /** The first byte. */
  readonly from: number;
}

declare global {
  interface Window {
    /** Given by the command, as are those below: bytes of a file of the encoder (null: there is none), and a piece of it. */
    encoderFile?: (file: string) => Promise<number | null>;
    encoderPiece?: (piece: EncoderPiece) => Promise<string>;
    retrievalLine?: (line: RetrievalLine) => Promise<void>;
    retrievalEnd?: (problem: string) => Promise<void>;
  }
}

/** Those that are asked for and no others: beside them lie weights of half a gigabyte. */
const FILES: EncoderFiles = {
  where: 'the folder of the encoder',
  async read(file) {
    const length = await window.encoderFile?.(file);
    if (length === undefined || length === null) return null;
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      // Base64 in pieces: no text can be as long as a file.
      const piece = atob((await window.encoderPiece?.({ file, from: at })) ?? '');
      if (piece === '') throw new Error(`${file} broke off after ${at} bytes.`);
      for (let i = 0; i < piece.length; i++) bytes[at + i] = piece.charCodeAt(i);
      at += piece.length;
    }
    return bytes;
  },
};

async function run({ name, device, seed, quick }: RetrievalRequest): Promise<void> {
  const languages = KNOWN_ENCODERS.find((encoder) => encoder.name === name)?.languages;
  const embedder = await TransformersEmbedder.open(FILES, { name, device, languages });
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
