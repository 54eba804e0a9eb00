/**
 * A forward pass that can be looked into. It computes what `decoder.ts` computes, operation by operation and
 * without fusing, and reads back the tensors that are asked for; `capture.test.ts` holds it to the same numbers.
 *
 * It is a pass of its own on purpose: the passes that train and generate know nothing of it, so a capture nobody
 * asks for costs nothing, and they may fuse and reuse memory as they like. Attention probabilities are never a
 * tensor of the device: they are recomputed here from q, k and the log-sum-exp, for the rows asked for only.
 */
import type { FloatArray, Tensor } from '../backend';
import { type BaseMatrix, floatMatrix } from '../model/base-matrix';
import { type ActiveAdapter, type DecoderContext, loraForward } from '../model/decoder';
import type { LayerWeights } from '../model/decoder-weights';
import { logitsOf } from '../model/head';
import type { LoraModule } from '../model/model-config';
import { type PackedRows, uploadRows } from '../model/packed-batch';
import { linearShape } from '../model/parameters';
import { lookUp } from '../model/row-table';

/** A captured tensor on the host, row-major; a number has shape []. */
export interface CapturedTensor {
  readonly shape: readonly number[];
  readonly data: FloatArray;
}

/**
 * Receives the tensors asked for in computing order. True ends the pass.
 */
export type CaptureVisitor = (name: string, tensor: CapturedTensor) => boolean;

/** @param rows packed rows whose attention probabilities are wanted; default all */
export async function capturePass(
  context: DecoderContext,
  packed: PackedRows,
  adapter: ActiveAdapter | undefined,
  wanted: ReadonlySet<string>,
  rows: readonly number[] | undefined,
  visit: CaptureVisitor,
): Promise<void> {
  await new CapturePass(context, packed, adapter, wanted, rows ?? [...packed.ids.keys()], visit).run();
}

class CapturePass {
  #left: number;
  #ended = false;
  readonly #rows: number;

  constructor(
    private readonly context: DecoderContext,
    private readonly packed: PackedRows,
    private readonly adapter: ActiveAdapter | undefined,
    private readonly wanted: ReadonlySet<string>,
    private readonly probabilityRows: readonly number[],
    private readonly visit: CaptureVisitor,
  ) {
    this.#left = wanted.size;
    this.#rows = packed.ids.length;
  }

  async run(): Promise<void> {
    const { config, weights } = this.context;
    const { hiddenSize: dim } = config;
    const ids = uploadRows(this.context.scratch, this.packed).ids;
    const x = this.tensor('x', this.#rows * dim);
    lookUp(this.context, weights.embedding, x, ids, this.#rows);
    await this.offer('embedding', x, [dim]);
    for (let layer = 0; layer < config.layers && !this.#ended; layer++) await this.block(layer, x);
    if (this.#ended) return;
    const hidden = this.norm(x, weights.finalNorm);
    await this.offer('hidden', hidden, [dim]);
    if (!this.#ended && this.wanted.has('logits')) {
      await this.offer('logits', logitsOf(this.context, hidden, this.#rows), [config.vocabSize]);
    }
  }

  private async block(layer: number, x: Tensor): Promise<void> {
    const { backend, config, weights } = this.context;
    const { hiddenSize: dim, heads, kvHeads, headDim } = config;
    const own = weights.layers[layer];
    const name = (what: string) => `layers.${layer}.${what}`;
    const normed = this.norm(x, own.inputNorm);
    await this.offer(name('input_norm'), normed, [dim]);
    const linear = (module: LoraModule, input: Tensor) => this.linear(layer, own, module, input);
    const q = this.rotated(await linear('q_proj', normed), heads, own.qNorm, 'q');
    const k = this.rotated(await linear('k_proj', normed), kvHeads, own.kNorm, 'k');
    const v = await linear('v_proj', normed);
    await this.offer(name('attention.query'), q, [heads, headDim]);
    await this.offer(name('attention.key'), k, [kvHeads, headDim]);
    const attended = await this.attention(layer, q, k, v);
    backend.addScaled(x, await linear('o_proj', attended), 1);
    await this.offer(name('middle'), x, [dim]);
    const second = this.norm(x, own.postAttentionNorm);
    await this.offer(name('post_attention_norm'), second, [dim]);
    const gate = await linear('gate_proj', second);
    const up = await linear('up_proj', second);
    const activated = this.tensor('activated', this.#rows * config.intermediateSize);
    backend.swiGlu({ out: activated, gate, up });
    await this.offer(name('mlp.activated'), activated, [config.intermediateSize]);
    backend.addScaled(x, await linear('down_proj', activated), 1);
    await this.offer(name('output'), x, [dim]);
  }

  private async attention(layer: number, q: Tensor, k: Tensor, v: Tensor): Promise<Tensor> {
    const { backend, config } = this.context;
    const { heads, kvHeads, headDim } = config;
    // Other passes may have used the scratch memory of the row indices while this one waited.
    const { keyStart, keyEnd } = uploadRows(this.context.scratch, this.packed);
    const out = this.tensor('attention', this.#rows * heads * headDim);
    const lse = this.tensor('lse', this.#rows * heads);
    const scale = 1 / Math.sqrt(headDim);
    const shape = { rows: this.#rows, heads, kvHeads, headDim, scale, keyStart, keyEnd };
    backend.attention({ out, lse, q, k, v, ...shape });
    const prefix = `layers.${layer}.attention`;
    await this.offer(`${prefix}.log_sum_exp`, lse, [heads]);
    if (this.wanted.has(`${prefix}.probabilities`) && !this.#ended) {
      const [hostQ, hostK, hostLse] = await Promise.all(
        [q, k, lse].map((tensor) => backend.readFloats(tensor)),
      );
      this.give(`${prefix}.probabilities`, this.probabilities(hostQ, hostK, hostLse, scale));
    }
    await this.offer(`${prefix}.output`, out, [heads, headDim]);
    return out;
  }

  /** `[asked rows, heads, keys]`: entry j is the j-th token of the row's own sequence, 0 beyond the row itself. */
  private probabilities(q: FloatArray, k: FloatArray, lse: FloatArray, scale: number): CapturedTensor {
    const { heads, kvHeads, headDim } = this.context.config;
    const { keyStart, keyEnd } = this.packed;
    const keys = Math.max(0, ...this.probabilityRows.map((row) => keyEnd[row] - keyStart[row]));
    const data = new Float64Array(this.probabilityRows.length * heads * keys);
    this.probabilityRows.forEach((row, i) => {
      for (let h = 0; h < heads; h++) {
        const query = (row * heads + h) * headDim;
        const kvHead = Math.floor((h * kvHeads) / heads);
        for (let j = keyStart[row]; j < keyEnd[row]; j++) {
          let score = 0;
          for (let d = 0; d < headDim; d++) score += q[query + d] * k[(j * kvHeads + kvHead) * headDim + d];
          data[(i * heads + h) * keys + j - keyStart[row]] = Math.exp(scale * score - lse[row * heads + h]);
        }
      }
    });
    return { shape: [this.probabilityRows.length, heads, keys], data };
  }

  /** x W^T + b, and with an adapter s (x A^T) B^T on its own where it is asked for. */
  private async linear(
    layer: number,
    own: LayerWeights<BaseMatrix>,
    module: LoraModule,
    x: Tensor,
  ): Promise<Tensor> {
    const { backend, config } = this.context;
    const shape = linearShape(config, module);
    const { inDim, outDim } = shape;
    const low = (r: number) => this.tensor(`${module}.low`, this.#rows * r);
    const lora = loraForward(this.adapter, layer, module, low);
    const name = `layers.${layer}.${module}`;
    if (lora && this.wanted.has(`${name}.lora_delta`) && !this.#ended) {
      const { a, b, r, scaling, low: product } = lora;
      const delta = this.tensor(`${module}.delta`, this.#rows * outDim);
      backend.matmul({ out: product, a: x, b: a, m: this.#rows, n: r, k: inDim, transposeB: true });
      backend.matmul({
        out: delta,
        a: product,
        b,
        m: this.#rows,
        n: outDim,
        k: r,
        transposeB: true,
        alpha: scaling,
      });
      await this.offer(`${name}.lora_delta`, delta, [outDim]);
    }
    const out = this.tensor(module, this.#rows * outDim);
    const { weight, bias } = own.linear[module];
    const matrix = floatMatrix(this.context, weight, shape);
    backend.linear({ out, x, rows: this.#rows, weight: matrix, bias, ...shape, lora });
    await this.offer(`${name}.output`, out, [outDim]);
    return out;
  }

  private rotated(x: Tensor, heads: number, norm: Tensor | undefined, label: string): Tensor {
    const { backend, config, rope } = this.context;
    const { headDim: dim, rmsNormEps: eps } = config;
    const out = this.tensor(`${label}.rotated`, this.#rows * heads * dim);
    const rows = this.#rows * heads;
    if (norm) {
      backend.rmsNorm({ out, x, weight: norm, rstd: this.tensor('head.rstd', rows), rows, dim, eps });
    } else {
      backend.copy(out, x);
    }
    const { positions } = uploadRows(this.context.scratch, this.packed);
    backend.rope({ x: out, ...rope, positions, rows: this.#rows, heads, headDim: dim });
    return out;
  }

  private norm(x: Tensor, weight: Tensor): Tensor {
    const { backend, config } = this.context;
    const out = this.tensor('normed', this.#rows * config.hiddenSize);
    const rstd = this.tensor('rstd', this.#rows);
    const { hiddenSize: dim, rmsNormEps: eps } = config;
    backend.rmsNorm({ out, x, weight, rstd, rows: this.#rows, dim, eps });
    return out;
  }

  private tensor(label: string, length: number): Tensor {
    return this.context.scratch.floats(`capture.${label}`, length);
  }

  private async offer(name: string, tensor: Tensor, rest: readonly number[]): Promise<void> {
    if (this.#ended || !this.wanted.has(name)) return;
    this.give(name, { shape: [this.#rows, ...rest], data: await this.context.backend.readFloats(tensor) });
  }

  private give(name: string, tensor: CapturedTensor): void {
    this.#left--;
    if (this.visit(name, tensor) || this.#left === 0) this.#ended = true;
  }
}
