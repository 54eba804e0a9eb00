/** The counts on paper, against counts by hand and against each other. */
import { expect, test } from 'vitest';
import { LORA_MODULES, type LoraConfig, type ModelConfig } from '../engine/model/model-config';
import { forwardFlops, loraStepFlops, matmulFlops, rowFlops } from './flops';

const CONFIG: ModelConfig = {
  architecture: 'qwen3',
  vocabSize: 10,
  hiddenSize: 8,
  intermediateSize: 12,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 3,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: false,
  qkNorm: true,
  maxPositions: 64,
};
const LORA: LoraConfig = { r: 2, alpha: 4, rslora: false, targetModules: LORA_MODULES };

/** q 8x12, k and v 8x6, o 12x8, gate and up 8x12, down 12x8. */
const BLOCK = 96 + 2 * 48 + 96 + 2 * 96 + 96;
/** r (in + out) of each: q 20, k and v 14, o 20, gate, up and down 20. */
const ADAPTER = 2 * (20 + 14 + 14 + 20 + 3 * 20);

test('a product multiplies and adds once for each of its m n k', () => {
  expect(matmulFlops(2, 3, 5)).toBe(60);
});

test('a forward pass of three tokens by hand: blocks, attention over 1 + 2 + 3 keys, one row of logits', () => {
  const attention = 4 * 4 * 3 * 6;
  expect(forwardFlops(CONFIG, null, 3, 1)).toBe(2 * (3 * 2 * BLOCK + attention) + 2 * 8 * 10);
  expect(forwardFlops(CONFIG, LORA, 3, 0)).toBe(2 * (3 * 2 * (BLOCK + ADAPTER) + attention));
});

test('a step by hand: linear layers twice, adapter three times, attention 3.5 times, head twice', () => {
  const attention = 3.5 * 4 * 4 * 3 * 6;
  expect(loraStepFlops(CONFIG, LORA, 3, 2)).toBe(
    2 * (3 * (4 * BLOCK + 6 * ADAPTER) + attention) + 4 * 2 * 8 * 10,
  );
});

test('tokens with a cache cost what they would have cost in one pass', () => {
  for (const [length, more] of [
    [1, 1],
    [5, 9],
    [17, 3],
  ]) {
    const apart = forwardFlops(CONFIG, LORA, length, 0) + forwardFlops(CONFIG, LORA, more, more, length);
    expect(apart).toBe(forwardFlops(CONFIG, LORA, length + more, more));
  }
});

test('rows at positions 0 to n - 1 are a sequence; a shared prefix counts once', () => {
  const chain = rowFlops(
    CONFIG,
    LORA,
    Int32Array.from({ length: 7 }, (_, i) => i),
  );
  expect(chain.forward).toBe(forwardFlops(CONFIG, LORA, 7, 0));
  expect(chain.step).toBe(loraStepFlops(CONFIG, LORA, 7, 0));
  const forked = rowFlops(CONFIG, LORA, Int32Array.of(0, 1, 2, 3, 4, 2, 3, 4));
  const alone = rowFlops(CONFIG, LORA, Int32Array.of(0, 1, 2, 3, 4));
  const prefix = rowFlops(CONFIG, LORA, Int32Array.of(0, 1));
  expect(forked.forward).toBe(2 * alone.forward - prefix.forward);
});
