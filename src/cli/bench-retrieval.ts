/**
 * `npm run bench -- retrieval`: words, the n-gram embedder and the policy's hidden states in Node, and with `--encoder
 * DIR` a sentence encoder from that folder in headless Chromium. Prints a line for each embedder, index, mode and
 * memory. Of the policy also what other layers and poolings come to, with the exact scan on the smaller memories.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { embedderLines, lexicalLines, type RetrievalLine } from '../bench/retrieval';
import type { EncoderPiece, RetrievalRequest } from '../bench/retrieval-page';
import { baseFingerprint } from '../engine/model/base-fingerprint';
import { EngineModel } from '../engine/model/engine-model';
import { openModelFolder } from '../engine/model/model-folder';
import { calibrated } from '../memory/embedders/calibration';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { exactIndex } from '../memory/index/exact-index';
import { voyIndex } from '../memory/index/voy-index';
import type { Embedder } from '../memory/memory';
import {
  HiddenStateEmbedder,
  type HiddenStateModel,
  type HiddenStateOptions,
  hiddenStatesOf,
} from '../policies/hidden-state-embedder';
import { UsageError } from './arguments';
import { createBackend } from './backends';
import { directory } from './directory';
import { openHeadlessPage } from './headless-page';

export interface RetrievalOptions {
  readonly seed: number;
  readonly quick: boolean;
  /** Folder of a sentence encoder in the layout of transformers.js; `name` is what it is called. */
  readonly encoder?: { readonly folder: string; readonly name: string };
}

export async function benchRetrieval(
  { seed, quick, encoder }: RetrievalOptions,
  json: boolean,
): Promise<void> {
  if (encoder && !existsSync(join(encoder.folder, 'config.json'))) {
    throw new UsageError(
      `${encoder.folder} has no config.json: --encoder is the folder of a sentence encoder.`,
    );
  }
  const emit = (line: RetrievalLine) => {
    process.stdout.write(`${json ? JSON.stringify(line) : inWords(line)}\n`);
  };
  const setting = { seed, quick, runtime: 'node' } as const;
  const exact = { name: 'exact', make: exactIndex };
  const both = [exact, { name: 'voy', make: await voyIndex() }];
  await lexicalLines(setting, emit);
  await embedderLines(new NgramEmbedder(), both, setting, emit);
  await withPolicy(async (model, layers) => {
    await embedderLines(await hiddenStates(model), both, setting, emit);
    for (const options of variants(layers)) {
      const embedder = await hiddenStates(model, options);
      await embedderLines(embedder, [exact], { ...setting, quick: true }, (line) => {
        if (line.mode === 'dense') emit(line);
      });
    }
  });
  if (encoder) await withEncoder(encoder, { seed, quick }, emit);
}

/** The bundled policy on WebAssembly. */
async function withPolicy(work: (model: HiddenStateModel, layers: number) => Promise<void>): Promise<void> {
  const opened = await openModelFolder(directory('public/policy'));
  const backend = await createBackend('wasm');
  const { config, weights } = opened;
  const model = await EngineModel.open({ backend, config, weights });
  try {
    await work(hiddenStatesOf(model, opened.tokenizer, baseFingerprint(config, weights)), config.layers);
  } finally {
    model.dispose();
    backend.dispose();
  }
}

function hiddenStates(
  model: HiddenStateModel,
  options: Partial<HiddenStateOptions> = {},
): Promise<HiddenStateEmbedder> {
  const threshold = async (embedder: Embedder) => (await calibrated(embedder, ['en'])).threshold;
  return HiddenStateEmbedder.open(model, { threshold, ...options });
}

/** What the default is compared with: each layer, the last token, no weights, no whitening, neither. */
function variants(layers: number): readonly Partial<HiddenStateOptions>[] {
  const none = Number.POSITIVE_INFINITY;
  return [
    ...Array.from({ length: layers }, (_, layer) => ({ layer: `layers.${layer}.output` })),
    { layer: 'hidden' },
    { layer: `layers.${layers - 1}.output`, pooling: 'last' },
    { rarity: none },
    { shrinkage: none },
    { rarity: none, shrinkage: none },
  ];
}

/** Bytes of a piece of a file on its way to the page. */
const PIECE = 1 << 22;

/** The same lines of a sentence encoder, in a page. The folder may be a clone of the hub's, all weights in it. */
export async function withEncoder(
  { folder, name }: { readonly folder: string; readonly name: string },
  setting: Pick<RetrievalOptions, 'seed' | 'quick'>,
  emit: (line: RetrievalLine) => void,
): Promise<void> {
  const request: RetrievalRequest = { ...setting, name, device: 'wasm' };
  // Weights may lie beside the other files, as where a folder was picked on the page.
  const find = (file: string) =>
    [file, file.replace(/^onnx\//, '')].map((path) => join(folder, path)).find((path) => existsSync(path));
  await new Promise<void>((resolve, reject) => {
    const opening = openHeadlessPage({
      module: '/src/bench/retrieval-page.ts',
      search: { request: JSON.stringify(request) },
      expose: {
        encoderFile: (file: string) => {
          const path = find(file);
          return path === undefined ? null : statSync(path).size;
        },
        encoderPiece: ({ file, from }: EncoderPiece) => pieceOf(find(file) ?? file, from),
        retrievalLine: emit,
        retrievalEnd: (problem: string) => settle(problem),
      },
      onError: (message) => settle(message),
    });
    const settle = (problem: string) => {
      opening
        .then((page) => page.close())
        .then(() => (problem === '' ? resolve() : reject(new Error(problem))), reject);
    };
    opening.catch(reject);
  });
}

function pieceOf(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(PIECE);
    return bytes.subarray(0, readSync(file, bytes, 0, PIECE, from)).toString('base64');
  } finally {
    closeSync(file);
  }
}

function inWords(line: RetrievalLine): string {
  const { embedder, index, mode, split, n, recall_at_1, recall_at_5, mrr, median_ms } = line;
  const what = `${mode.padEnd(7)} ${index.padEnd(5)} ${(embedder ?? 'words').padEnd(52)} ${`${split} ${n}`.padEnd(15)}`;
  const figures = [recall_at_1, recall_at_5, mrr].map((value) => value.toFixed(3));
  return `${what} recall@1 ${figures[0]}  recall@5 ${figures[1]}  MRR ${figures[2]}  ${median_ms.toFixed(2)} ms`;
}
