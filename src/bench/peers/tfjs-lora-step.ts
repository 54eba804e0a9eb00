/**
 * The LoRA step in TensorFlow.js: the qwen3 decoder written in its operations, gradients of the adapter by
 * its own tape (`variableGrads`, which walks only what lies between the adapter and the loss), length
 * buckets, AdamW. It has no compiler; each operation is a kernel of its WebGPU or WebAssembly back end.
 */
import * as tf from '@tensorflow/tfjs';
import { type LoraModule, loraScaling, type ModelConfig } from '../../engine/model/model-config';
import { adapterName, linearName } from '../../engine/model/parameters';
import type { Contestant } from '../figure';
import { ADAMW, flatChange, LORA, type LoraStepTask } from '../lora-step';
import { lengthBuckets } from './length-buckets';

type Named = Record<string, tf.Tensor>;

/** A batch of one padded length, with what depends on the length only. */
interface Bucket {
  readonly rows: number;
  readonly length: number;
  readonly ids: tf.Tensor1D;
  /** One-hot of the next token times its weight, `[rows * length, vocab]`: made once, not in every run. */
  readonly chosen: tf.Tensor2D;
  /** 0 where a query may look and -1e9 elsewhere, for all query heads of one key head: `[group * length, length]`. */
  readonly mask: tf.Tensor2D;
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
}

function buckets({ sequences, tokens, model }: LoraStepTask): Bucket[] {
  const { heads, kvHeads, headDim, ropeTheta, vocabSize } = model.config;
  const half = headDim / 2;
  return lengthBuckets(sequences, tokens).map(({ rows, length, ids, targets, weights }) => {
    const table = (f: (x: number) => number) =>
      tf.tensor4d(
        Float32Array.from({ length: length * half }, (_, i) =>
          f(Math.floor(i / half) * ropeTheta ** (-(i % half) / half)),
        ),
        [1, length, 1, half],
      );
    const mask = Float32Array.from({ length: (heads / kvHeads) * length * length }, (_, i) =>
      i % length > Math.floor(i / length) % length ? -1e9 : 0,
    );
    return {
      rows,
      length,
      ids: tf.tensor1d(ids, 'int32'),
      chosen: tf.tidy(() =>
        tf.mul(tf.oneHot(tf.tensor1d(targets, 'int32'), vocabSize), tf.tensor2d(weights, [rows * length, 1])),
      ) as tf.Tensor2D,
      mask: tf.tensor2d(mask, [(heads / kvHeads) * length, length]),
      cos: table(Math.cos),
      sin: table(Math.sin),
    };
  });
}

function norm(x: tf.Tensor, weight: tf.Tensor, eps: number): tf.Tensor {
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), eps))), weight);
}

/** x `[rows, length, heads, headDim]`, halves rotated against each other. */
function rotate(x: tf.Tensor, { cos, sin }: Bucket): tf.Tensor {
  const [first, second] = tf.split(x, 2, -1);
  return tf.concat(
    [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))],
    -1,
  );
}

/** The loss of one bucket: sum of weight * log p(next token). */
function lossOf(config: ModelConfig, base: Named, adapter: Named, bucket: Bucket): tf.Scalar {
  const { heads, kvHeads, headDim, hiddenSize, rmsNormEps, layers } = config;
  const { rows, length, ids, chosen, mask } = bucket;
  const linear = (x: tf.Tensor, layer: number, module: LoraModule): tf.Tensor => {
    const plain = tf.matMul(x, base[`${linearName(layer, module)}.weight`], false, true);
    const low = tf.matMul(x, adapter[adapterName(layer, module, 'A')], false, true);
    const high = tf.matMul(low, adapter[adapterName(layer, module, 'B')], false, true);
    return tf.add(plain, tf.mul(high, loraScaling(LORA)));
  };
  // Query heads that share a key head are rows of one product, so no key is copied.
  const grouped = [rows, kvHeads, (heads / kvHeads) * length, headDim];
  let x: tf.Tensor = tf.gather(base['model.embed_tokens.weight'], ids);
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    const normed = norm(x, base[`${at}.input_layernorm.weight`], rmsNormEps);
    const turned = (module: LoraModule, count: number, name: string): tf.Tensor => {
      const raw = tf.reshape(linear(normed, layer, module), [rows, length, count, headDim]);
      const own = rotate(norm(raw, base[`${at}.self_attn.${name}.weight`], rmsNormEps), bucket);
      return tf.transpose(own, [0, 2, 1, 3]);
    };
    const q = tf.reshape(turned('q_proj', heads, 'q_norm'), grouped);
    const k = turned('k_proj', kvHeads, 'k_norm');
    const values = tf.reshape(linear(normed, layer, 'v_proj'), [rows, length, kvHeads, headDim]);
    const v = tf.transpose(values, [0, 2, 1, 3]);
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headDim));
    const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), v);
    const attended = tf.transpose(tf.reshape(mixed, [rows, heads, length, headDim]), [0, 2, 1, 3]);
    x = tf.add(x, linear(tf.reshape(attended, [rows * length, heads * headDim]), layer, 'o_proj'));
    const middle = norm(x, base[`${at}.post_attention_layernorm.weight`], rmsNormEps);
    const gate = linear(middle, layer, 'gate_proj');
    const lifted = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linear(middle, layer, 'up_proj'));
    x = tf.add(x, linear(lifted, layer, 'down_proj'));
  }
  const hidden = tf.reshape(norm(x, base['model.norm.weight'], rmsNormEps), [rows * length, hiddenSize]);
  const logits = tf.matMul(
    hidden as tf.Tensor2D,
    base['model.embed_tokens.weight'] as tf.Tensor2D,
    false,
    true,
  );
  return tf.sum(tf.mul(tf.logSoftmax(logits), chosen)) as tf.Scalar;
}

/** The back end must be open (`openTfjs`). */
export function tfjsLoraStep(task: LoraStepTask): Contestant {
  const { config, weights } = task.model;
  const base: Named = {};
  for (const [name, { shape, data }] of weights) base[name] = tf.tensor(Float32Array.from(data), [...shape]);
  const adapter: Record<string, tf.Variable> = {};
  for (const [name, { shape, data }] of task.adapter) {
    adapter[name] = tf.variable(tf.tensor(Float32Array.from(data), [...shape]), true, name);
  }
  const batches = buckets(task);
  let last: Named = {};
  const step = (): Named => {
    const total: Named = {};
    for (const bucket of batches) {
      const { grads } = tf.variableGrads(() => lossOf(config, base, adapter, bucket), Object.values(adapter));
      for (const [name, own] of Object.entries(grads))
        total[name] = total[name] ? tf.add(total[name], own) : own;
    }
    // From zero moments, as ours: m / (1 - beta1) is the gradient, v / (1 - beta2) its square.
    for (const [name, gradient] of Object.entries(total)) {
      total[name] = tf.sub(
        adapter[name],
        tf.mul(tf.div(gradient, tf.add(tf.abs(gradient), ADAMW.eps)), ADAMW.lr),
      );
    }
    return total;
  };
  return {
    engine: 'tfjs',
    async run() {
      tf.dispose(last);
      last = tf.tidy(step);
      // Its only way to wait is to read; the queue is in order, so the smallest of the last is enough.
      const corner = tf.tidy(() => tf.max(last[Object.keys(last)[0]]));
      await corner.data();
      corner.dispose();
    },
    async result() {
      const after = new Map<string, { shape: readonly number[]; data: Float32Array }>();
      for (const [name, tensor] of Object.entries(last)) {
        after.set(name, { shape: tensor.shape, data: (await tensor.data()) as Float32Array });
      }
      return flatChange(after, task.adapter);
    },
    dispose() {
      tf.dispose([base, adapter, last]);
      for (const { ids, chosen, mask, cos, sin } of batches) tf.dispose([ids, chosen, mask, cos, sin]);
    },
  };
}
