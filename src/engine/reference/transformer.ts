/**
 * A whole decoder transformer in the order in which it thinks, and the way back: the text that shows how the
 * operations of this folder become a model that can be trained. One sequence, no cache, no batching, nothing
 * shared; `model/decoder.ts` and `model/decoder-training.ts` do the same for ragged batches on any device and
 * are tested against this.
 *
 *     x = E[ids]
 *     for each block:  x += o(attention(rope(q), rope(k), v)),  q, k, v = W norm(x)
 *                      x += down(silu(gate) * up),              gate, up = W norm(x)
 *     logits = norm(x) E^T,  log p = log softmax(logits / T)[next token]
 *
 * Every operation below writes its result and leaves one function that carries dL/dresult back to what it
 * read. Gradients *add up*: whatever is read twice is to blame twice. Called in reverse order, these functions
 * are backpropagation (Rumelhart, Hinton and Williams 1986).
 */
import type { Tensor } from '../backend';
import { type LoraConfig, type LoraModule, loraScaling, type ModelConfig } from '../model/model-config';
import { adapterName, linearName, linearShape } from '../model/parameters';
import { attention, attentionBackward } from './attention';
import { floats, ReferenceTensor } from './buffers';
import { tokenLogprobs, tokenLogprobsBackward } from './loss';
import { gatherRows, matmul, scatterAddRows, sumRows } from './matmul';
import { rmsNorm, rmsNormBackward, swiGlu, swiGluBackward } from './norm';
import { rope } from './rope';

/** A result `[rows, dim]`, and beside it the place where dL/dresult adds up. */
export interface Flow {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly rows: number;
  readonly dim: number;
}

/** A weight by its file name. */
export interface Parameter {
  readonly value: Tensor;
  /** Left out where the weight is frozen. */
  readonly gradient?: Tensor;
}

export type FindParameter = (name: string) => Parameter;

const zeros = (length: number, label: string): Tensor => ReferenceTensor.allocate('f32', length, label);

function integers(values: ArrayLike<number>, label: string): Tensor {
  const tensor = ReferenceTensor.allocate('i32', values.length, label);
  tensor.storage.data.set(values);
  return tensor;
}

function addTo(sum: Tensor, term: Tensor): void {
  const to = floats(sum);
  floats(term, to.length).forEach((value, i) => {
    to[i] += value;
  });
}

export class Transformer {
  /** How each operation is undone, in the order in which they were done. */
  private readonly waysBack: (() => void)[] = [];

  constructor(
    private readonly config: ModelConfig,
    private readonly find: FindParameter,
    private readonly lora: LoraConfig | null,
  ) {}

  /**
   * log p of each token but the first, given those before it, `[ids - 1]`; to be carried back from.
   * @param ids at least two, within the vocabulary
   */
  logprobs(ids: readonly number[], temperature = 1): Flow {
    const { layers, tieWordEmbeddings } = this.config;
    let x = this.embed(ids.slice(0, -1));
    for (let layer = 0; layer < layers; layer++) {
      x = this.add(
        x,
        this.selfAttention(layer, this.norm(x, `model.layers.${layer}.input_layernorm.weight`)),
      );
      x = this.add(x, this.mlp(layer, this.norm(x, `model.layers.${layer}.post_attention_layernorm.weight`)));
    }
    const head = tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
    const logits = this.product(this.norm(x, 'model.norm.weight'), this.config.vocabSize, head);
    return this.score(logits, ids.slice(1), temperature);
  }

  /** Carries the gradients of everything computed so far back to the parameters. Once. */
  backward(): void {
    for (const back of this.waysBack.splice(0).reverse()) back();
  }

  /** Attention of a block: what each token gathers from those before it. */
  private selfAttention(layer: number, x: Flow): Flow {
    const { heads, kvHeads, headDim, qkNorm } = this.config;
    const turned = (module: 'q_proj' | 'k_proj', count: number): Flow => {
      const projected = this.linear(layer, module, x);
      const name = `model.layers.${layer}.self_attn.${module[0]}_norm.weight`;
      return this.rotate(qkNorm ? this.norm(projected, name, headDim) : projected, count);
    };
    const q = turned('q_proj', heads);
    const k = turned('k_proj', kvHeads);
    return this.linear(layer, 'o_proj', this.attend(q, k, this.linear(layer, 'v_proj', x)));
  }

  /** MLP of a block: what each token makes of it. */
  private mlp(layer: number, x: Flow): Flow {
    const gate = this.linear(layer, 'gate_proj', x);
    return this.linear(layer, 'down_proj', this.activate(gate, this.linear(layer, 'up_proj', x)));
  }

  private flow(rows: number, dim: number, label: string): Flow {
    return { value: zeros(rows * dim, label), gradient: zeros(rows * dim, `d ${label}`), rows, dim };
  }

  private embed(ids: readonly number[]): Flow {
    const { hiddenSize: dim, vocabSize } = this.config;
    const table = this.find('model.embed_tokens.weight');
    const out = this.flow(ids.length, dim, 'embedded');
    const move = { index: integers(ids, 'ids'), rows: ids.length, dim };
    gatherRows({ ...move, out: out.value, x: table.value });
    this.waysBack.push(() => {
      if (table.gradient)
        scatterAddRows({ ...move, out: table.gradient, x: out.gradient, outRows: vocabSize });
    });
    return out;
  }

  private add(x: Flow, y: Flow): Flow {
    const out = this.flow(x.rows, x.dim, 'sum');
    addTo(out.value, x.value);
    addTo(out.value, y.value);
    this.waysBack.push(() => {
      addTo(x.gradient, out.gradient);
      addTo(y.gradient, out.gradient);
    });
    return out;
  }

  /** @param width of what is normalised: the row, or each head of it */
  private norm(x: Flow, name: string, width = x.dim): Flow {
    const { value: weight, gradient: dWeight } = this.find(name);
    const out = this.flow(x.rows, x.dim, 'normed');
    const rows = (x.rows * x.dim) / width;
    const rstd = zeros(rows, 'rstd');
    const shared = { x: x.value, weight, rstd, rows, dim: width };
    rmsNorm({ ...shared, out: out.value, eps: this.config.rmsNormEps });
    this.waysBack.push(() => {
      rmsNormBackward({ ...shared, dx: x.gradient, dWeight, dOut: out.gradient, accumulate: true });
    });
    return out;
  }

  /** y = x W^T. */
  private product(x: Flow, outDim: number, name: string): Flow {
    const weight = this.find(name);
    const out = this.flow(x.rows, outDim, name);
    const [m, n, k] = [x.rows, outDim, x.dim];
    matmul({ out: out.value, a: x.value, b: weight.value, m, n, k, transposeB: true });
    this.waysBack.push(() => {
      // dx += dy W, dW += dy^T x
      matmul({ out: x.gradient, a: out.gradient, b: weight.value, m, n: k, k: n, accumulate: true });
      if (!weight.gradient) return;
      const dWeight = { out: weight.gradient, a: out.gradient, b: x.value };
      matmul({ ...dWeight, m: n, n: k, k: m, transposeA: true, accumulate: true });
    });
    return out;
  }

  /** y = x W^T + b + s (x A^T) B^T. */
  private linear(layer: number, module: LoraModule, x: Flow): Flow {
    const { outDim } = linearShape(this.config, module);
    const name = linearName(layer, module);
    const biased = this.config.attentionBias && ['q_proj', 'k_proj', 'v_proj'].includes(module);
    let y = this.product(x, outDim, `${name}.weight`);
    if (biased) y = this.shift(y, `${name}.bias`);
    const { lora } = this;
    if (!lora?.targetModules.includes(module)) return y;
    const low = this.product(x, lora.r, adapterName(layer, module, 'A'));
    const learned = this.product(low, outDim, adapterName(layer, module, 'B'));
    return this.add(y, this.scale(learned, loraScaling(lora)));
  }

  private shift(x: Flow, name: string): Flow {
    const bias = this.find(name);
    const out = this.flow(x.rows, x.dim, name);
    addTo(out.value, x.value);
    const [values, terms] = [floats(out.value), floats(bias.value)];
    for (let i = 0; i < values.length; i++) values[i] += terms[i % x.dim];
    this.waysBack.push(() => {
      addTo(x.gradient, out.gradient);
      if (bias.gradient) sumRows({ out: bias.gradient, x: out.gradient, rows: x.rows, dim: x.dim });
    });
    return out;
  }

  private scale(x: Flow, factor: number): Flow {
    const out = this.flow(x.rows, x.dim, 'scaled');
    const scaleInto = (to: Tensor, from: Tensor): void => {
      const sum = floats(to);
      floats(from).forEach((value, i) => {
        sum[i] += factor * value;
      });
    };
    scaleInto(out.value, x.value);
    this.waysBack.push(() => scaleInto(x.gradient, out.gradient));
    return out;
  }

  /** Turns the heads of token t by its position t. */
  private rotate(x: Flow, heads: number): Flow {
    const { headDim, ropeTheta } = this.config;
    const half = headDim / 2;
    const angles = Array.from(
      { length: x.rows * half },
      (_, at) => Math.floor(at / half) * ropeTheta ** (-(2 * (at % half)) / headDim),
    );
    const [cos, sin] = [zeros(angles.length, 'cos'), zeros(angles.length, 'sin')];
    floats(cos).set(angles.map(Math.cos));
    floats(sin).set(angles.map(Math.sin));
    const positions = integers(
      Array.from({ length: x.rows }, (_, t) => t),
      'positions',
    );
    const turn = { cos, sin, positions, rows: x.rows, heads, headDim };
    const out = this.flow(x.rows, x.dim, 'turned');
    addTo(out.value, x.value);
    rope({ ...turn, x: out.value });
    this.waysBack.push(() => {
      rope({ ...turn, x: out.gradient, inverse: true });
      addTo(x.gradient, out.gradient);
    });
    return out;
  }

  /** a = softmax(q k^T / sqrt(d)) v: token t sees the tokens 0 .. t. */
  private attend(q: Flow, k: Flow, v: Flow): Flow {
    const { heads, kvHeads, headDim } = this.config;
    const { rows } = q;
    const places = Array.from({ length: rows }, (_, t) => t);
    const out = this.flow(rows, q.dim, 'attention');
    const shared = {
      ...{ rows, heads, kvHeads, headDim, scale: 1 / Math.sqrt(headDim) },
      ...{ q: q.value, k: k.value, v: v.value, out: out.value, lse: zeros(rows * heads, 'lse') },
      keyStart: integers(new Int32Array(rows), 'first key'),
      keyEnd: integers(
        places.map((t) => t + 1),
        'end of keys',
      ),
    };
    attention(shared);
    this.waysBack.push(() => {
      const [dq, dk, dv] = [q, k, v].map(({ rows: count, dim }) => zeros(count * dim, 'to q, k or v'));
      const queryEnd = integers(
        places.map(() => rows),
        'end of queries',
      );
      const delta = zeros(rows * heads, 'delta');
      attentionBackward({ ...shared, dq, dk, dv, dOut: out.gradient, queryEnd, delta });
      addTo(q.gradient, dq);
      addTo(k.gradient, dk);
      addTo(v.gradient, dv);
    });
    return out;
  }

  /** silu(gate) * up. */
  private activate(gate: Flow, up: Flow): Flow {
    const out = this.flow(gate.rows, gate.dim, 'gated');
    const read = { gate: gate.value, up: up.value };
    swiGlu({ ...read, out: out.value });
    this.waysBack.push(() => {
      const [dGate, dUp] = [zeros(gate.rows * gate.dim, 'to gate'), zeros(up.rows * up.dim, 'to up')];
      swiGluBackward({ ...read, dGate, dUp, dOut: out.gradient });
      addTo(gate.gradient, dGate);
      addTo(up.gradient, dUp);
    });
    return out;
  }

  /** log softmax(logits / T)[target] of every row. */
  private score(logits: Flow, targets: readonly number[], temperature: number): Flow {
    const { rows, dim: vocab } = logits;
    const out = this.flow(rows, 1, 'logprobs');
    const [entropy, lse] = [zeros(rows, 'entropy'), zeros(rows, 'lse')];
    const shared = { entropy, lse, targets: integers(targets, 'targets'), rows, vocab, temperature };
    tokenLogprobs({ ...shared, logprob: out.value, logits: logits.value });
    this.waysBack.push(() => {
      const dLogits = zeros(rows * vocab, 'dlogits');
      addTo(dLogits, logits.value);
      tokenLogprobsBackward({ ...shared, logits: dLogits, dLogprob: out.gradient });
      addTo(logits.gradient, dLogits);
    });
    return out;
  }
}
