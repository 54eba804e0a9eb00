/**
 * The decoder as an ONNX graph, in the layout that transformers.js (and Optimum) expect of a causal
 * language model with a KV cache:
 *
 *     input_ids, position_ids                   int64 [batch, sequence]
 *     attention_mask                            int64 [batch, past + sequence], 1 = a token, 0 = padding
 *     past_key_values.N.key / .value            float [batch, kvHeads, past, headDim], keys rotated
 *     num_logits_to_keep                        int64 []: logits of the last n tokens, 0 = of all
 *     -> logits                                 float [batch, kept, vocab]
 *        present.N.key / .value                 the cache with this pass appended
 *
 * Only operators of ONNX's own set are used, opset 17, so that any runtime takes the file. The shapes are those
 * that ONNX Runtime's optimiser turns into its fused operators (RMSNorm, QuickGelu, scaled products).
 * Grouped queries are a reshape, not a copy of the keys: the g query heads that share a key head are
 * g * sequence rows of one product.
 *
 * Limits: float32; positions up to the configuration's, because cos and sin are tables made in float64.
 *
 * Sources: transformers `modeling_llama.py`; transformers.js `decoder_forward`; onnx.ai, "Operators".
 */
import type { LoraModule, ModelConfig, NamedTensors } from '../model/model-config';
import { baseParameters, checkTensors, linearName, linearShape } from '../model/parameters';
import { ropeAngles } from '../model/rope-tables';
import { OnnxGraph } from './graph';

const OPSET = 17;
/** Added to the score of a key that may not be seen; finite, so that a row of padding alone is no NaN. */
const UNSEEN = -3.0e38;
const INT64_MAX = (1n << 63n) - 1n;

/** Names of values that every layer reads. */
interface Shared {
  /** float `[batch, 1, sequence, total]`: 0 where a key is seen. */
  readonly bias: string;
  /** float `[batch, 1, sequence, headDim / 2]` */
  readonly cos: string;
  readonly sin: string;
}

/**
 * The bytes of `model.onnx`.
 * @param weights base weights by Hugging Face name (merge an adapter first: `mergeAdapter`)
 * @throws ModelFileError, NonFiniteError for weights that are not this model's
 * @throws UnsupportedModelError for a model of 2 GiB or more
 */
export function writeOnnxModel(
  config: ModelConfig,
  weights: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  checkTensors(baseParameters(config), weights, 'base weights');
  const writer = new CausalLmGraph(config, weights);
  writer.build();
  return writer.graph.encode({ name: config.architecture, opset: OPSET, metadata });
}

class CausalLmGraph {
  readonly graph = new OnnxGraph();
  readonly #smalls = new Set<string>();

  constructor(
    private readonly config: ModelConfig,
    private readonly weights: NamedTensors,
  ) {}

  build(): void {
    const { graph, config } = this;
    graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
    graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
    graph.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
    const past = ['batch_size', config.kvHeads, 'past_sequence_length', config.headDim];
    for (let layer = 0; layer < config.layers; layer++) {
      graph.input(`past_key_values.${layer}.key`, 'float', past);
      graph.input(`past_key_values.${layer}.value`, 'float', past);
    }
    graph.input('num_logits_to_keep', 'int64', []);

    const shared = this.shared();
    const embedding = this.weight('model.embed_tokens.weight');
    let x = graph.node('Gather', [embedding, 'input_ids'], 'embedded', { axis: 0 });
    for (let layer = 0; layer < config.layers; layer++) x = this.block(layer, x, shared);
    this.logits(x, embedding);

    const present = ['batch_size', config.kvHeads, 'total_sequence_length', config.headDim];
    graph.output('logits', 'float', ['batch_size', 'kept_sequence_length', config.vocabSize]);
    for (let layer = 0; layer < config.layers; layer++) {
      graph.output(`present.${layer}.key`, 'float', present);
      graph.output(`present.${layer}.value`, 'float', present);
    }
  }

  /** Which keys each query sees, and the angles of its position. */
  private shared(): Shared {
    const { graph, config } = this;
    graph.constant('axis.0', [0]);
    graph.constant('axis.1', [1]);
    graph.constant('axis.1.2', [1, 2]);
    graph.constant('zero', [0], []);
    graph.constant('one', [1], []);
    const length = (name: string) => {
      const shape = graph.node('Shape', [name], `${name}.shape`);
      return graph.node('Gather', [shape, 'one'], `${name}.length`, { axis: 0 });
    };
    const total = length('attention_mask');
    const start = graph.node('Sub', [total, length('input_ids')], 'mask.start');
    const keys = graph.node('Range', ['zero', total, 'one'], 'mask.keys');
    const queries = graph.node('Range', [start, total, 'one'], 'mask.queries');
    const rows = graph.node('Unsqueeze', [queries, 'axis.1'], 'mask.rows');
    const causal = graph.node('LessOrEqual', [keys, rows], 'mask.causal');
    const token = graph.node('Cast', ['attention_mask'], 'mask.token', { to: 9 });
    const tokens = graph.node('Unsqueeze', [token, 'axis.1.2'], 'mask.tokens');
    const seen = graph.node('And', [causal, tokens], 'mask.seen');
    graph.constant('mask.0', Float32Array.of(0), []);
    graph.constant('mask.unseen', Float32Array.of(UNSEEN), []);
    const bias = graph.node('Where', [seen, 'mask.0', 'mask.unseen'], 'mask.bias');

    const angles = ropeAngles(config, config.maxPositions);
    const table = (name: 'cos' | 'sin') => {
      const shape = [config.maxPositions, config.headDim / 2];
      const stored = graph.constant(`rope.${name}`, Float32Array.from(angles[name]), shape);
      const rows = graph.node('Gather', [stored, 'position_ids'], `rope.${name}.rows`, { axis: 0 });
      return graph.node('Unsqueeze', [rows, 'axis.1'], `rope.${name}.heads`);
    };
    return { bias, cos: table('cos'), sin: table('sin') };
  }

  private block(layer: number, x: string, shared: Shared): string {
    const { graph } = this;
    const prefix = `model.layers.${layer}`;
    const normed = this.norm(`${prefix}.input_layernorm`, x);
    const attended = this.attention(layer, normed, shared);
    const mixed = graph.node('Add', [x, attended], `${prefix}.attention.residual`);
    const fed = this.norm(`${prefix}.post_attention_layernorm`, mixed);
    const gate = this.linear(layer, 'gate_proj', fed);
    const sigmoid = graph.node('Sigmoid', [gate], `${prefix}.mlp.sigmoid`);
    const silu = graph.node('Mul', [gate, sigmoid], `${prefix}.mlp.silu`);
    const up = this.linear(layer, 'up_proj', fed);
    const gated = graph.node('Mul', [silu, up], `${prefix}.mlp.gated`);
    const down = this.linear(layer, 'down_proj', gated);
    return graph.node('Add', [mixed, down], `${prefix}.mlp.residual`);
  }

  private attention(layer: number, normed: string, shared: Shared): string {
    const { graph, config } = this;
    const { heads, kvHeads, headDim } = config;
    const prefix = `model.layers.${layer}.self_attn`;
    const q = this.rotated(layer, 'q', normed, heads, shared);
    const scale = this.small('scale', () => Float32Array.of(1 / Math.sqrt(headDim)));
    const scaled = graph.node('Mul', [q, scale], `${prefix}.q.scaled`);
    const k = this.cached(layer, 'key', this.rotated(layer, 'k', normed, kvHeads, shared));
    const v = this.cached(layer, 'value', this.heads(layer, 'v', normed, kvHeads));

    const byKey = graph.node('Transpose', [k], `${prefix}.k.transposed`, { perm: [0, 1, 3, 2] });
    const scores = graph.node('MatMul', [this.grouped(scaled, headDim), byKey], `${prefix}.scores`);
    const biased = graph.node('Add', [this.ungrouped(scores, 0), shared.bias], `${prefix}.scores.seen`);
    const weights = graph.node('Softmax', [biased], `${prefix}.weights`, { axis: -1 });
    const values = graph.node('MatMul', [this.grouped(weights, 0), v], `${prefix}.values`);
    const byHead = this.ungrouped(values, headDim);
    const rows = graph.node('Transpose', [byHead], `${prefix}.values.rows`, { perm: [0, 2, 1, 3] });
    const flat = this.small('shape.flat', () => [0, 0, heads * headDim]);
    const joined = graph.node('Reshape', [rows, flat], `${prefix}.values.joined`);
    return this.linear(layer, 'o_proj', joined);
  }

  /** `[batch, heads, sequence, last]` -> `[batch, kvHeads, group * sequence, last]`; last 0: as it is. */
  private grouped(x: string, last: number): string {
    const { heads, kvHeads } = this.config;
    if (heads === kvHeads) return x;
    const shape = this.small(`shape.grouped.${last}`, () => [0, kvHeads, -1, last]);
    return this.graph.node('Reshape', [x, shape], `${x}.grouped`);
  }

  /** The inverse of `grouped`. */
  private ungrouped(x: string, last: number): string {
    const { heads, kvHeads } = this.config;
    if (heads === kvHeads) return x;
    const shape = this.small(`shape.heads.${last}`, () => [0, heads, -1, last]);
    return this.graph.node('Reshape', [x, shape], `${x}.heads`);
  }

  /** The cache with this pass appended: an output of the graph. */
  private cached(layer: number, which: 'key' | 'value', x: string): string {
    const past = `past_key_values.${layer}.${which}`;
    return this.graph.node('Concat', [past, x], `present.${layer}.${which}`, { axis: 2 });
  }

  /** A projection as `[batch, heads, sequence, headDim]`, each head normalised where the model does so. */
  private heads(layer: number, which: 'q' | 'k' | 'v', normed: string, heads: number): string {
    const { graph, config } = this;
    const prefix = `model.layers.${layer}.self_attn.${which}`;
    const projected = this.linear(layer, `${which}_proj`, normed);
    const shape = this.small(`shape.split.${heads}`, () => [0, 0, heads, config.headDim]);
    let split = graph.node('Reshape', [projected, shape], `${prefix}.split`);
    if (config.qkNorm && which !== 'v') split = this.norm(`${prefix}_norm`, split);
    return graph.node('Transpose', [split], `${prefix}.heads`, { perm: [0, 2, 1, 3] });
  }

  /** Rotary positions: (a, b) -> (a cos - b sin, b cos + a sin) on the two halves of each head. */
  private rotated(layer: number, which: 'q' | 'k', normed: string, heads: number, shared: Shared): string {
    const { graph } = this;
    const { cos, sin } = shared;
    const prefix = `model.layers.${layer}.self_attn.${which}`;
    const x = this.heads(layer, which, normed, heads);
    const [a, b] = graph.nodes('Split', [x], [`${prefix}.a`, `${prefix}.b`], { axis: -1 });
    const product = (half: string, angle: string, name: string) =>
      graph.node('Mul', [half, angle], `${prefix}.${name}`);
    const left = [product(a, cos, 'a.cos'), product(b, sin, 'b.sin')];
    const right = [product(b, cos, 'b.cos'), product(a, sin, 'a.sin')];
    const turned = [
      graph.node('Sub', left, `${prefix}.a.rotated`),
      graph.node('Add', right, `${prefix}.b.rotated`),
    ];
    return graph.node('Concat', turned, `${prefix}.rotated`, { axis: -1 });
  }

  /** x / sqrt(mean(x^2) + eps) * weight over the last axis. */
  private norm(name: string, x: string): string {
    const { graph, config } = this;
    const two = this.small('two', () => Float32Array.of(2));
    const eps = this.small('eps', () => Float32Array.of(config.rmsNormEps));
    const square = graph.node('Pow', [x, two], `${name}.square`);
    const mean = graph.node('ReduceMean', [square], `${name}.mean`, { axes: [-1], keepdims: 1 });
    const raised = graph.node('Add', [mean, eps], `${name}.raised`);
    const root = graph.node('Sqrt', [raised], `${name}.root`);
    const unit = graph.node('Div', [x, root], `${name}.unit`);
    return graph.node('Mul', [unit, this.weight(`${name}.weight`)], name);
  }

  /** x W^T + bias; the weight is stored transposed, as a product of ONNX wants it. */
  private linear(layer: number, module: LoraModule, x: string): string {
    const { graph, config, weights } = this;
    const name = linearName(layer, module);
    const { inDim, outDim } = linearShape(config, module);
    // Present, by `checkTensors`.
    const { data } = weights.get(`${name}.weight`)!;
    const transposed = graph.constant(`${name}.weight.T`, transpose(data, outDim, inDim), [inDim, outDim]);
    const product = graph.node('MatMul', [x, transposed], `${name}.product`);
    if (!weights.has(`${name}.bias`)) return product;
    return graph.node('Add', [product, this.weight(`${name}.bias`)], `${name}.biased`);
  }

  /** Logits of the last tokens asked for. A tied head is the embedding itself: Gemm reads it transposed. */
  private logits(x: string, embedding: string): void {
    const { graph, config } = this;
    const negative = graph.node('Neg', ['num_logits_to_keep'], 'kept.negative');
    const start = graph.node('Unsqueeze', [negative, 'axis.0'], 'kept.start');
    const end = graph.constant('kept.end', [INT64_MAX]);
    const kept = graph.node('Slice', [x, start, end, 'axis.1'], 'kept');
    const hidden = this.norm('model.norm', kept);
    const rows = graph.node(
      'Reshape',
      [hidden, graph.constant('shape.rows', [-1, config.hiddenSize])],
      'hidden.rows',
    );
    const head = config.tieWordEmbeddings ? embedding : this.weight('lm_head.weight');
    const product = graph.node('Gemm', [rows, head], 'logits.rows', { transB: 1 });
    const batch = graph.node('Gather', ['input_ids.shape', 'axis.0'], 'batch', { axis: 0 });
    const rest = graph.constant('shape.rest', [-1, config.vocabSize]);
    const shape = graph.node('Concat', [batch, rest], 'logits.shape', { axis: 0 });
    graph.node('Reshape', [product, shape], 'logits');
  }

  private weight(name: string): string {
    const { shape, data } = this.weights.get(name)!; // present, by `checkTensors`
    return this.graph.constant(name, data, shape);
  }

  /** A small constant that many nodes share, made at the first use. Floats are scalars. */
  private small(name: string, make: () => Float32Array | readonly number[]): string {
    if (!this.#smalls.has(name)) {
      this.#smalls.add(name);
      const value = make();
      this.graph.constant(name, value, value instanceof Float32Array ? [] : undefined);
    }
    return name;
  }
}

/** `[rows, columns]` -> `[columns, rows]`. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  }
  return out;
}
