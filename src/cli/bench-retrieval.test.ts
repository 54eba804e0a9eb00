/** The command's part about a sentence encoder, whole: from a folder as a clone of the hub's lies there to its lines. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RetrievalLine } from '../bench/retrieval';
import { KNOWN_ENCODERS } from '../memory/embedders/encoder/known-encoders';
import { tinyEncoder } from '../memory/embedders/encoder/tiny-encoder.fixture';
import { withEncoder } from './bench-retrieval';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'encoder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

test('a folder laid out as the hub’s gives a line for each index, mode and split; what it does not need is not read', async () => {
  for (const [file, bytes] of tinyEncoder()) {
    put(file === 'onnx/model.onnx' ? 'onnx/model_quantized.onnx' : file, bytes);
  }
  put('onnx/model.onnx', 'version https://git-lfs.github.com/spec/v1');
  put('.gitattributes', '*.onnx filter=lfs');
  put('README.md', 'library_name: transformers.js');
  put('vocab.txt', '[PAD]');
  const [{ name }] = KNOWN_ENCODERS;
  const lines: RetrievalLine[] = [];
  await withEncoder({ folder, name }, { seed: 1, quick: true }, (line) => lines.push(line));
  const kinds = lines.map(({ index, mode, split }) => `${index} ${mode} ${split}`);
  expect(new Set(kinds).size).toBe(lines.length);
  expect(new Set(lines.map(({ index }) => index))).toEqual(new Set(['exact', 'voy']));
  expect(new Set(lines.map(({ mode }) => mode))).toEqual(new Set(['dense', 'hybrid']));
  for (const { bench, embedder, recall_at_1, recall_at_5, mrr } of lines) {
    expect(bench).toBe('retrieval');
    expect(embedder).toMatch(/^transformers-Xenova\/all-MiniLM-L6-v2-q8-[0-9a-f]{8}$/);
    expect(recall_at_5).toBeGreaterThanOrEqual(recall_at_1);
    expect(mrr).toBeGreaterThan(0);
  }
});

test('what is missing is told by name', async () => {
  put('config.json', '{"hidden_size": 24}');
  const run = withEncoder({ folder, name: 'a' }, { seed: 1, quick: true }, () => undefined);
  await expect(run).rejects.toThrow(/tokenizer\.json/);
});
