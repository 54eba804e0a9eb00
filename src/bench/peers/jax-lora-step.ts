/**
 * The LoRA step in jax-js: the qwen3 decoder written in its numpy, its own `jit(valueAndGrad(...))`, one
 * compiled shape for each length bucket, gradients of the buckets added, AdamW compiled too.
 *
 * jax-js counts references: an array is given away with each use unless `.ref` is taken.
 */
import { blockUntilReady, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import {
  type LoraModule,
  loraScaling,
  type ModelConfig,
  type NamedTensors,
} from '../../engine/model/model-config';
import { adapterName, linearName } from '../../engine/model/parameters';
import type { BenchBackend, Contestant } from '../figure';
import { ADAMW, flatChange, LORA, type LoraStepTask } from '../lora-step';
import { type JaxArray, jaxArray } from './jax';
import { lengthBuckets } from './length-buckets';

type Named = Record<string, JaxArray>;

/** A batch of one padded length. */
interface Bucket {
  readonly ids: JaxArray;
  readonly targets: JaxArray;
  readonly weights: JaxArray;
}

function upload(tensors: NamedTensors, device: BenchBackend): Named {
  return Object.fromEntries(
    [...tensors].map(([name, { shape, data }]) => [name, jaxArray(Float32Array.from(data), shape, device)]),
  );
}

function buckets({ sequences, tokens }: LoraStepTask, device: BenchBackend): Bucket[] {
  return lengthBuckets(sequences, tokens).map(({ rows, length, ids, targets, weights }) => {
    const shape = [rows, length];
    const whole = (data: Int32Array<ArrayBuffer>) => np.array(data, { shape, dtype: np.int32, device });
    return { ids: whole(ids), targets: whole(targets), weights: jaxArray(weights, shape, device) };
  });
}

/** The loss of one bucket: sum of weight * log p(next token). */
function lossOf(config: ModelConfig, base: Named, rope: { cos: JaxArray; sin: JaxArray }) {
  const { heads, kvHeads, headDim, hiddenSize, rmsNormEps } = config;
  const scaling = loraScaling(LORA);
  const norm = (x: JaxArray, weight: JaxArray): JaxArray => {
    const mean = np.mean(np.square(x.ref), -1, { keepdims: true });
    return x.mul(np.reciprocal(np.sqrt(mean.add(rmsNormEps)))).mul(weight);
  };
  return (adapter: Named, ids: JaxArray, targets: JaxArray, weights: JaxArray): JaxArray => {
    const [batch, length] = ids.shape;
    const weight = (name: string): JaxArray => base[name].ref;
    const linear = (x: JaxArray, layer: number, module: LoraModule): JaxArray => {
      const a = adapter[adapterName(layer, module, 'A')].ref;
      const b = adapter[adapterName(layer, module, 'B')].ref;
      const plain = np.matmul(x.ref, np.transpose(weight(`${linearName(layer, module)}.weight`)));
      const low = np.matmul(x, np.transpose(a));
      return plain.add(np.matmul(low, np.transpose(b)).mul(scaling));
    };
    const rotate = (x: JaxArray): JaxArray => {
      // [B, T, heads, headDim]; tables [T, 1, headDim / 2].
      const cos = rope.cos.ref.slice([0, length]);
      const sin = rope.sin.ref.slice([0, length]);
      const [first, second] = np.split(x, 2, -1);
      const low = first.ref.mul(cos.ref).sub(second.ref.mul(sin.ref));
      const high = second.mul(cos).add(first.mul(sin));
      return np.concatenate([low, high], -1);
    };
    let x = np.take(weight('model.embed_tokens.weight'), ids, 0);
    for (let layer = 0; layer < config.layers; layer++) {
      const at = `model.layers.${layer}`;
      const normed = norm(x.ref, weight(`${at}.input_layernorm.weight`));
      const head = (module: LoraModule, count: number, name: string): JaxArray => {
        const raw = linear(normed.ref, layer, module).reshape([batch, length, count, headDim]);
        return rotate(norm(raw, weight(`${at}.self_attn.${name}.weight`)));
      };
      const q = head('q_proj', heads, 'q_norm');
      const k = head('k_proj', kvHeads, 'k_norm');
      const v = linear(normed, layer, 'v_proj').reshape([batch, length, kvHeads, headDim]);
      const attended = nn.dotProductAttention(q, k, v, { isCausal: true });
      x = x.add(linear(attended.reshape([batch, length, heads * headDim]), layer, 'o_proj'));
      const middle = norm(x.ref, weight(`${at}.post_attention_layernorm.weight`));
      const gate = nn.silu(linear(middle.ref, layer, 'gate_proj'));
      x = x.add(linear(gate.mul(linear(middle, layer, 'up_proj')), layer, 'down_proj'));
    }
    const hidden = norm(x, weight('model.norm.weight')).reshape([batch * length, hiddenSize]);
    const logits = np.matmul(hidden, np.transpose(weight('model.embed_tokens.weight')));
    const logprobs = nn.logSoftmax(logits, -1);
    const chosen = nn.oneHot(targets.reshape([batch * length]), config.vocabSize);
    const picked = np.sum(logprobs.mul(chosen), -1);
    return np.sum(picked.mul(weights.reshape([batch * length])));
  };
}

function ropeTables(config: ModelConfig, length: number, device: BenchBackend) {
  const half = config.headDim / 2;
  const table = (f: (x: number) => number) =>
    jaxArray(
      Float32Array.from({ length: length * half }, (_, i) =>
        f(Math.floor(i / half) * config.ropeTheta ** (-(i % half) / half)),
      ),
      [length, 1, half],
      device,
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

export async function jaxLoraStep(task: LoraStepTask, device: BenchBackend): Promise<Contestant> {
  const { config, weights } = task.model;
  const base = upload(weights, device);
  const initial = upload(task.adapter, device);
  const batches = buckets(task, device);
  const rope = ropeTables(config, 192, device);
  const names = Object.keys(initial);
  const gradient = jit(valueAndGrad(lossOf(config, base, rope)));
  const add = jit((a: Named, b: Named) => Object.fromEntries(names.map((n) => [n, a[n].add(b[n])])));
  // From zero moments, as ours: m / (1 - beta1) is the gradient, v / (1 - beta2) its square.
  const update = jit((p: Named, g: Named) => {
    const after = names.map((name) => {
      const m = g[name].ref.mul(1 - ADAMW.beta1);
      const v = np.square(g[name]).mul(1 - ADAMW.beta2);
      const root = np
        .sqrt(v)
        .mul(1 / Math.sqrt(1 - ADAMW.beta2))
        .add(ADAMW.eps);
      return [name, p[name].sub(m.mul(ADAMW.lr / (1 - ADAMW.beta1)).div(root))];
    });
    return Object.fromEntries(after) as Named;
  });
  let last: Named | undefined;
  return {
    engine: 'jax-js',
    async run() {
      let total: Named | undefined;
      for (const { ids, targets, weights: w } of batches) {
        const [loss, own] = gradient(tree.ref(initial), ids.ref, targets.ref, w.ref);
        loss.dispose();
        total = total ? add(total, own as Named) : (own as Named);
      }
      if (last) tree.dispose(last);
      last = total && update(tree.ref(initial), total);
      if (last) await blockUntilReady(last);
    },
    async result() {
      const after: [string, { shape: readonly number[]; data: Float32Array }][] = [];
      for (const name of names) {
        const data = last ? ((await last[name].ref.data()) as Float32Array) : new Float32Array();
        after.push([name, { shape: [data.length], data }]);
      }
      return flatChange(new Map(after), task.adapter);
    },
  };
}
