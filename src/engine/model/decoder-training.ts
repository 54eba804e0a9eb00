/**
 * The decoder transformer, training form: a forward pass that keeps what its gradients need, and
 * the backward pass.
 *
 * Two kinds of training share it. With an adapter the base is frozen: gradients flow through every
 * layer to the activations, but only A and B collect any. In full training every weight collects
 * its own. Rows nobody wants a hidden state of (prompts) leave before the output projection of the
 * last block; their gradient there is zero, and enters again below it.
 *
 * The gradient of the residual stream is one tensor, updated in place from the top block down:
 * a block adds to it what comes back through its two branches.
 *
 * With `recompute` a block keeps its input only; everything else lies in memory that all blocks share and
 * is computed again, by the same operations, before the block's backward pass. Memory for the tape then
 * is that of one block, for half more arithmetic under an adapter (a third in full training); gradients are the same. The last block has just
 * run when the way back begins and is not run twice.
 *
 * Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost" (arXiv 1604.06174).
 */
import type { LinearArgs, LinearBackwardArgs, Tensor } from '../backend';
import { EngineError } from '../errors';
import { type BaseMatrix, floatMatrix } from './base-matrix';
import { type ActiveAdapter, type DecoderContext, type HiddenStates, loraForward } from './decoder';
import type { DecoderWeights, LayerWeights, LoraWeights } from './decoder-weights';
import type { LoraModule } from './model-config';
import type { DeviceRows } from './packed-batch';
import { linearShape } from './parameters';
import { lookUp } from './row-table';

/** Where gradients add up. Exactly one of the two is present. */
export interface GradientTargets {
  readonly base?: DecoderWeights;
  readonly lora?: LoraWeights;
}

/** A training pass between its forward and its backward half. */
export interface TrainingPass extends HiddenStates {
  /** Adds the parameter gradients for dL/dhidden, `[rows, hidden]`. Call at most once. */
  backward(dHidden: Tensor): void;
}

export function trainingForward(
  context: DecoderContext,
  rows: DeviceRows,
  targets: GradientTargets,
  adapter?: ActiveAdapter,
): TrainingPass {
  const { backend, scratch, config, weights } = context;
  const { hiddenSize: dim, layers, rmsNormEps: eps } = config;
  let x = scratch.floats('t.0.x', rows.rows * dim);
  lookUp(context, weights.embedding, x, rows.ids, rows.rows);
  const blocks: TrainingBlock[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const block = new TrainingBlock(context, layer, rows, targets, adapter);
    x = block.forward(x);
    blocks.push(block);
  }
  const last = x;
  const count = rows.outputs?.rows ?? rows.rows;
  const hidden = scratch.floats('hidden', count * dim);
  const rstd = scratch.floats('t.rstd', count);
  backend.rmsNorm({ out: hidden, x: last, weight: weights.finalNorm, rstd, rows: count, dim, eps });

  const backward = (dHidden: Tensor): void => {
    let dx = scratch.floats('d.x.out', count * dim);
    backend.rmsNormBackward({
      dx,
      dWeight: targets.base?.finalNorm,
      dOut: dHidden,
      x: last,
      weight: weights.finalNorm,
      rstd,
      rows: count,
      dim,
    });
    for (let layer = layers - 1; layer >= 0; layer--) {
      if (context.recompute && layer < layers - 1) blocks[layer].again();
      dx = blocks[layer].backward(dx);
    }
    if (targets.base) {
      const out = targets.base.embedding;
      backend.scatterAddRows({
        out,
        x: dx,
        index: rows.ids,
        rows: rows.rows,
        outRows: config.vocabSize,
        dim,
      });
    }
  };
  return { hidden, rows: count, backward };
}

/** What the forward pass of a block leaves for its backward pass. */
interface Tape {
  readonly x: Tensor;
  readonly normed: Tensor;
  readonly normRstd: Tensor;
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly lse: Tensor;
  /** `[rows, heads, headDim]` */
  readonly attention: Tensor;
  /** The rows of `attention` that go on; the same tensor where all do. */
  readonly attended: Tensor;
  readonly middle: Tensor;
  readonly middleNormed: Tensor;
  readonly middleRstd: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly activated: Tensor;
}

class TrainingBlock {
  readonly #weights: LayerWeights<BaseMatrix>;
  readonly #gradients: LayerWeights | undefined;
  readonly #outputs: DeviceRows['outputs'];
  /** Rows of the second half: all, or in the last block the wanted ones. */
  readonly #count: number;
  #tape: Tape | undefined;

  constructor(
    private readonly context: DecoderContext,
    private readonly layer: number,
    private readonly rows: DeviceRows,
    private readonly targets: GradientTargets,
    private readonly adapter: ActiveAdapter | undefined,
  ) {
    this.#weights = context.weights.layers[layer];
    this.#gradients = targets.base?.layers[layer];
    this.#outputs = layer === context.config.layers - 1 ? rows.outputs : undefined;
    this.#count = this.#outputs?.rows ?? rows.rows;
  }

  forward(x: Tensor): Tensor {
    const { backend, config } = this.context;
    const { hiddenSize: dim, heads, kvHeads, headDim } = config;
    const { rows } = this.rows;
    const { normed, rstd: normRstd } = this.norm('normed', x, this.#weights.inputNorm, rows);
    const q = this.heads('q', 'q_proj', normed, heads, this.#weights.qNorm);
    const k = this.heads('k', 'k_proj', normed, kvHeads, this.#weights.kNorm);
    const v = this.project('v_proj', this.keep('v', rows * kvHeads * headDim), normed, rows);
    const attention = this.keep('attention', rows * heads * headDim);
    const lse = this.keep('lse', rows * heads);
    const shape = { ...this.attentionShape(), queryEnd: this.rows.tree };
    backend.attention({ out: attention, lse, q, k, v, ...shape });

    const attended = this.wanted('attended', attention, heads * headDim);
    const residual = this.wanted('residual', x, dim);
    const middle = this.keep('middle', this.#count * dim);
    this.project('o_proj', middle, attended, this.#count, { addend: residual });

    const second = this.norm('middle.normed', middle, this.#weights.postAttentionNorm, this.#count);
    const length = this.#count * config.intermediateSize;
    const gate = this.project('gate_proj', this.keep('gate', length), second.normed, this.#count);
    const activated = this.keep('activated', length);
    const gated = { gate, out: activated };
    const up = this.project('up_proj', this.keep('up', length), second.normed, this.#count, { gated });
    const out = this.context.scratch.floats(`t.${this.layer + 1}.x`, this.#count * dim);
    this.project('down_proj', out, activated, this.#count, { addend: middle });
    this.#tape = {
      x,
      normed,
      normRstd,
      q,
      k,
      v,
      lse,
      attention,
      attended,
      middle,
      middleNormed: second.normed,
      middleRstd: second.rstd,
      gate,
      up,
      activated,
    };
    return out;
  }

  /** Fills the shared memory with what this block's backward pass needs; its output is written as it was. */
  again(): void {
    this.forward(this.tape().x);
  }

  private tape(): Tape {
    if (this.#tape) return this.#tape;
    throw new EngineError('pass-order', 'The backward pass of a block needs its forward pass first.');
  }

  /** dL/dx of this block from dL/d(its output), which it may overwrite. */
  backward(dOut: Tensor): Tensor {
    const tape = this.tape();
    this.feedForwardBackward(tape, dOut);
    const { scratch, config } = this.context;
    const { rows } = this.rows;
    const attentionDim = config.heads * config.headDim;
    const dAttended = scratch.floats('d.attended', this.#count * attentionDim);
    this.projectBackward('o_proj', dOut, tape.attended, this.#count, dAttended);
    const dAttention = this.restored('d.attention', dAttended, attentionDim);
    const dx = this.restored('d.x', dOut, config.hiddenSize);
    const dNormed = this.attentionBackward(tape, dAttention);
    if (!dNormed) return dx;
    this.context.backend.rmsNormBackward({
      dx,
      dWeight: this.#gradients?.inputNorm,
      dOut: dNormed,
      x: tape.x,
      weight: this.#weights.inputNorm,
      rstd: tape.normRstd,
      rows,
      dim: config.hiddenSize,
      accumulate: true,
    });
    return dx;
  }

  /** dx += gradient through the feed-forward branch. */
  private feedForwardBackward(tape: Tape, dx: Tensor): void {
    const { backend, scratch, config } = this.context;
    const rows = this.#count;
    const length = rows * config.intermediateSize;
    const dActivated = scratch.floats('d.activated', length);
    this.projectBackward('down_proj', dx, tape.activated, rows, dActivated);
    const dGate = scratch.floats('d.gate', length);
    const dUp = scratch.floats('d.up', length);
    backend.swiGluBackward({ dGate, dUp, dOut: dActivated, gate: tape.gate, up: tape.up });
    const dNormed = scratch.floats('d.normed', rows * config.hiddenSize);
    this.projectBackward('gate_proj', dGate, tape.middleNormed, rows, dNormed);
    this.projectBackward('up_proj', dUp, tape.middleNormed, rows, dNormed, true);
    backend.rmsNormBackward({
      dx,
      dWeight: this.#gradients?.postAttentionNorm,
      dOut: dNormed,
      x: tape.middle,
      weight: this.#weights.postAttentionNorm,
      rstd: tape.middleRstd,
      rows,
      dim: config.hiddenSize,
      accumulate: true,
    });
  }

  /**
   * Through attention and its three projections.
   * @returns dL/d(normed input); nothing in the first block of a frozen base, where no one needs it
   */
  private attentionBackward(tape: Tape, dAttention: Tensor): Tensor | undefined {
    const { backend, scratch, config } = this.context;
    const { heads, kvHeads, headDim, hiddenSize } = config;
    const { rows, queryEnd } = this.rows;
    if (!queryEnd) throw new EngineError('pass-order', 'Training needs packed sequences, not a cache.');
    const dq = scratch.floats('d.q', rows * heads * headDim);
    const dk = scratch.floats('d.k', rows * kvHeads * headDim);
    const dv = scratch.floats('d.v', rows * kvHeads * headDim);
    backend.attentionBackward({
      dq,
      dk,
      dv,
      dOut: dAttention,
      out: tape.attention,
      lse: tape.lse,
      q: tape.q,
      k: tape.k,
      v: tape.v,
      delta: scratch.floats('d.delta', rows * heads),
      queryEnd,
      ...this.attentionShape(),
    });
    const dQuery = this.headsBackward('q', dq, heads, this.#weights.qNorm, this.#gradients?.qNorm);
    const dKey = this.headsBackward('k', dk, kvHeads, this.#weights.kNorm, this.#gradients?.kNorm);
    const needed = this.layer > 0 || this.targets.base !== undefined;
    const dNormed = needed ? scratch.floats('d.normed', rows * hiddenSize) : undefined;
    this.projectBackward('q_proj', dQuery, tape.normed, rows, dNormed);
    this.projectBackward('k_proj', dKey, tape.normed, rows, dNormed, true);
    this.projectBackward('v_proj', dv, tape.normed, rows, dNormed, true);
    return dNormed;
  }

  /** Projects to heads, normalises each head where the model does, and rotates. */
  private heads(
    label: 'q' | 'k',
    module: LoraModule,
    normed: Tensor,
    heads: number,
    norm: Tensor | undefined,
  ): Tensor {
    const { backend, config, rope } = this.context;
    const { headDim, rmsNormEps: eps } = config;
    const { rows, positions } = this.rows;
    const length = rows * heads * headDim;
    let out = this.project(module, this.keep(label, length), normed, rows);
    if (norm) {
      const raw = out;
      out = this.keep(`${label}.normed`, length);
      const rstd = this.keep(`${label}.rstd`, rows * heads);
      backend.rmsNorm({ out, x: raw, weight: norm, rstd, rows: rows * heads, dim: headDim, eps });
    }
    backend.rope({ x: out, ...rope, positions, rows, heads, headDim });
    return out;
  }

  /** Back through rotation (in place) and head norm. */
  private headsBackward(
    label: 'q' | 'k',
    dHeads: Tensor,
    heads: number,
    norm: Tensor | undefined,
    dNorm: Tensor | undefined,
  ): Tensor {
    const { backend, scratch, config, rope } = this.context;
    const { headDim } = config;
    const { rows, positions } = this.rows;
    backend.rope({ x: dHeads, ...rope, positions, rows, heads, headDim, inverse: true });
    if (!norm) return dHeads;
    const length = rows * heads * headDim;
    const dx = scratch.floats(`d.${label}.raw`, length);
    backend.rmsNormBackward({
      dx,
      dWeight: dNorm,
      dOut: dHeads,
      x: this.keep(label, length),
      weight: norm,
      rstd: this.keep(`${label}.rstd`, rows * heads),
      rows: rows * heads,
      dim: headDim,
    });
    return dx;
  }

  private attentionShape() {
    const { heads, kvHeads, headDim } = this.context.config;
    const { rows, keyStart, keyEnd } = this.rows;
    return { rows, heads, kvHeads, headDim, scale: 1 / Math.sqrt(headDim), keyStart, keyEnd };
  }

  /** Memory of this layer that lives until its backward pass; all layers' in turn when they are recomputed. */
  private keep(label: string, length: number): Tensor {
    const owner = this.context.recompute ? 'block' : this.layer;
    return this.context.scratch.floats(`t.${owner}.${label}`, length);
  }

  private norm(label: string, x: Tensor, weight: Tensor, rows: number): { normed: Tensor; rstd: Tensor } {
    const { backend, config } = this.context;
    const dim = config.hiddenSize;
    const normed = this.keep(label, rows * dim);
    const rstd = this.keep(`${label}.rstd`, rows);
    backend.rmsNorm({ out: normed, x, weight, rstd, rows, dim, eps: config.rmsNormEps });
    return { normed, rstd };
  }

  /** The rows of x that go on into the second half of the last block. */
  private wanted(label: string, x: Tensor, dim: number): Tensor {
    if (!this.#outputs) return x;
    const out = this.keep(label, this.#count * dim);
    this.context.backend.gatherRows({ out, x, index: this.#outputs.index, rows: this.#count, dim });
    return out;
  }

  /** The gradient of `wanted`: rows that did not go on have none. */
  private restored(label: string, dWanted: Tensor, dim: number): Tensor {
    if (!this.#outputs) return dWanted;
    const { backend, scratch } = this.context;
    const out = scratch.floats(label, this.rows.rows * dim);
    backend.fill(out, 0);
    backend.scatterRows({ out, x: dWanted, index: this.#outputs.index, rows: this.#count, dim });
    return out;
  }

  private project(
    module: LoraModule,
    out: Tensor,
    x: Tensor,
    rows: number,
    then: Pick<LinearArgs, 'addend' | 'gated'> = {},
  ): Tensor {
    const { backend, config } = this.context;
    const shape = linearShape(config, module);
    const { weight, bias } = this.#weights.linear[module];
    backend.linear({
      out,
      x,
      rows,
      weight: floatMatrix(this.context, weight, shape),
      bias,
      ...shape,
      ...then,
      lora: this.lora(module, rows),
    });
    return out;
  }

  private projectBackward(
    module: LoraModule,
    dOut: Tensor,
    x: Tensor,
    rows: number,
    dx: Tensor | undefined,
    accumulate = false,
  ): void {
    const { backend, config, scratch } = this.context;
    const lora = this.lora(module, rows);
    const gradients = this.targets.lora?.[this.layer][module];
    let loraArgs: LinearBackwardArgs['lora'];
    if (lora && gradients) {
      loraArgs = { ...lora, dA: gradients.a, dB: gradients.b, dLow: scratch.floats('d.low', rows * lora.r) };
    }
    const own = this.#gradients?.linear[module];
    const shape = linearShape(config, module);
    backend.linearBackward({
      dOut,
      x,
      rows,
      weight: floatMatrix(this.context, this.#weights.linear[module].weight, shape),
      dx,
      ...shape,
      accumulate,
      dWeight: own?.weight,
      dBias: own?.bias,
      lora: loraArgs,
    });
  }

  private lora(module: LoraModule, rows: number) {
    return loraForward(this.adapter, this.layer, module, (r) => this.keep(`low.${module}`, rows * r));
  }
}
