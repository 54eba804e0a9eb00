/**
 * The seam between the decoder and a device: every operation the engine needs, on flat tensors.
 *
 * One decoder (`model/decoder.ts`) is written against this interface; WebGPU, WebAssembly and the
 * float64 reference implement it. Rules that keep the three interchangeable:
 *
 * - Operations are enqueued and return at once. Only `readFloats`, `readInts` and `flush` wait.
 * - Batches are *packed*: the rows of all sequences lie one after the other, without padding, so a
 *   ragged batch costs its tokens. Attention receives, for each query row, the half-open range of
 *   key rows it may look at; causal masks, packed batches and KV caches are all that one rule.
 * - Matrices are row-major. `[rows, dim]` means `rows * dim` consecutive elements.
 * - A tensor is a view on a device buffer. View offsets are multiples of `VIEW_ALIGNMENT`
 *   elements, because WebGPU binds storage buffers at 256-byte steps.
 * - Unless an operation says "accumulates", it overwrites its outputs. Outputs never alias inputs
 *   unless an operation says "in place".
 */

import type { GrpoLossOptions } from './training/grpo-loss';

/** Elements to which view offsets are aligned (256 bytes of 32-bit values). */
export const VIEW_ALIGNMENT = 64;

export type BackendName = 'webgpu' | 'wasm' | 'reference';

/** `f32` is float64 on the reference back end; `i32` is a 32-bit integer everywhere. */
export type ElementType = 'f32' | 'i32';

/**
 * What a buffer is for. `weight`: written rarely, read by many operations (a back end may keep a
 * repacked copy, dropped at the next `write` or at any operation that outputs into it).
 */
export type BufferUse = 'weight' | 'activation';

/** A view of `length` elements on a device buffer. Made by `Backend.alloc` and `Backend.view` only. */
export interface Tensor {
  readonly type: ElementType;
  readonly length: number;
  /** First element in the underlying buffer, a multiple of `VIEW_ALIGNMENT`. */
  readonly offset: number;
  readonly label: string;
}

/** Host data: float64 from the reference back end, float32 elsewhere. */
export type FloatArray = Float32Array | Float64Array;

/** A faster way that not every device has, or that gives other bits than the plain one. */
export interface FastPath {
  readonly name: string;
  /** `off`: not asked for. `refused`: asked for, but the device lacks it or it failed its self-check. */
  readonly state: 'on' | 'off' | 'refused';
  /** One sentence. */
  readonly why: string;
}

export interface BackendInfo {
  readonly name: BackendName;
  /** In words, for the page and for evidence files, e.g. "WebAssembly SIMD, 2 threads". */
  readonly device: string;
  readonly threads: number;
  /** True for a software WebGPU adapter. */
  readonly software: boolean;
  /** Left out where the device has none. */
  readonly fastPaths?: readonly FastPath[];
  /** Most bytes in all; left out where the device does not say. */
  readonly memoryBytes?: number;
  /** Most bytes of one tensor; left out where only the whole is limited. Large tables are then kept in parts. */
  readonly bufferBytes?: number;
  /** Memory of a workgroup, where `decodeTokens` exists. */
  readonly workgroupBytes?: number;
  /** Floating-point operations of one submit at most, about a tenth of a second; left out where nothing is submitted. */
  readonly submitFlops?: number;
}

/** Counts since creation; performance is discussed in counts first. */
export interface BackendCounts {
  dispatches: number;
  submits: number;
  readbacks: number;
  bytesUploaded: number;
  bytesRead: number;
  bytesAllocated: number;
}

/** What one kernel (on host back ends: one operation) cost while a profile was taken. */
export interface KernelProfile {
  readonly kernel: string;
  readonly calls: number;
  /** Milliseconds on the device, summed over the calls; null where the device has no clock for it. */
  readonly ms: number | null;
  /** Bytes of the tensors it was given: each counted once a call, whatever the kernel reads twice or skips. */
  readonly bytes: number;
  /** Floating-point operations of products and attention, roughly; 0 for kernels that only move and add. */
  readonly flops: number;
}

export interface MatmulArgs {
  readonly out: Tensor;
  readonly a: Tensor;
  readonly b: Tensor;
  /** out is [m, n]; op(a) is [m, k]; op(b) is [k, n]. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** a is stored [k, m] when true. Default false. */
  readonly transposeA?: boolean;
  /** b is stored [n, k] when true (a linear layer's weight, `[out, in]`). Default false. */
  readonly transposeB?: boolean;
  /** Factor on the product. Default 1. */
  readonly alpha?: number;
  /** Adds to `out` instead of overwriting it. Default false. */
  readonly accumulate?: boolean;
  /** `[n]`, added to every row (not scaled by alpha). */
  readonly bias?: Tensor;
}

/** The low-rank part of an adapted linear layer (LoRA, PEFT `lora.Linear`): s (x A^T) B^T. */
export interface LowRank {
  /** `[r, in]` */
  readonly a: Tensor;
  /** `[out, r]` */
  readonly b: Tensor;
  readonly r: number;
  /** s: alpha / r, or alpha / sqrt(r) with rsLoRA. */
  readonly scaling: number;
  /** `[rows, r]`, written by the forward pass: x A^T. The backward pass reads it. */
  readonly low: Tensor;
}

export interface LinearArgs {
  /** `[rows, out]` */
  readonly out: Tensor;
  /** `[rows, in]` */
  readonly x: Tensor;
  readonly rows: number;
  readonly inDim: number;
  readonly outDim: number;
  /** `[out, in]` */
  readonly weight: Tensor;
  /** `[out]` */
  readonly bias?: Tensor;
  /** out += instead of out =: the residual connection for free. */
  readonly accumulate?: boolean;
  /** `[rows, out]`, added to the result: the residual connection into a new tensor. */
  readonly addend?: Tensor;
  readonly lora?: LowRank;
  /**
   * The layer is the up projection of a gated feed-forward: also writes gated.out = silu(gated.gate) * out, as
   * `swiGlu` does. All `[rows, out]`. Not together with `accumulate` or `addend`.
   */
  readonly gated?: { readonly gate: Tensor; readonly out: Tensor };
}

export interface LinearBackwardArgs {
  /** `[rows, out]` */
  readonly dOut: Tensor;
  /** `[rows, in]`, as in the forward pass. */
  readonly x: Tensor;
  readonly rows: number;
  readonly inDim: number;
  readonly outDim: number;
  readonly weight: Tensor;
  /** `[rows, in]`, output; left out when nothing below needs it. */
  readonly dx?: Tensor;
  /** dx += instead of dx =. */
  readonly accumulate?: boolean;
  /** Full training: `[out, in]`, accumulates. */
  readonly dWeight?: Tensor;
  /** Full training: `[out]`, accumulates. */
  readonly dBias?: Tensor;
  readonly lora?: LowRank & {
    /** `[r, in]`, accumulates. */
    readonly dA: Tensor;
    /** `[out, r]`, accumulates. */
    readonly dB: Tensor;
    /** Scratch `[rows, r]`: s dOut B. */
    readonly dLow: Tensor;
  };
}

export interface RmsNormArgs {
  readonly out: Tensor;
  readonly x: Tensor;
  /** `[dim]` */
  readonly weight: Tensor;
  /** `[rows]`, output: 1 / sqrt(mean(x^2) + eps), kept for the backward pass. */
  readonly rstd: Tensor;
  readonly rows: number;
  readonly dim: number;
  readonly eps: number;
}

export interface RmsNormBackwardArgs {
  readonly dx: Tensor;
  /** `[dim]`; accumulates. Left out when the weight is frozen. */
  readonly dWeight?: Tensor;
  readonly dOut: Tensor;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly rstd: Tensor;
  readonly rows: number;
  readonly dim: number;
  /** dx += instead of dx =. */
  readonly accumulate?: boolean;
}

export interface RopeArgs {
  /** `[rows, heads, headDim]`, in place. Half rotation: pairs are (i, i + headDim/2). */
  readonly x: Tensor;
  /** `[maxPositions, headDim/2]`, made on the host in float64. */
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** i32 `[rows]` */
  readonly positions: Tensor;
  readonly rows: number;
  readonly heads: number;
  readonly headDim: number;
  /** Rotates back: the gradient of the rotation. */
  readonly inverse?: boolean;
}

export interface AttentionShape {
  readonly rows: number;
  readonly heads: number;
  /** Query head h reads key-value head floor(h * kvHeads / heads). */
  readonly kvHeads: number;
  readonly headDim: number;
  /** Usually 1 / sqrt(headDim). */
  readonly scale: number;
  /** i32 `[rows]`: query row r attends to key rows keyStart[r] <= j < keyEnd[r]. Never empty. */
  readonly keyStart: Tensor;
  readonly keyEnd: Tensor;
  /**
   * i32 `[keyRows]`, packed self-attention only: of that range, query r sees only keys j with
   * queryEnd[j] >= keyEnd[r]. Key rows are then the tokens of trees in depth-first order
   * (`model/token-tree.ts`), queryEnd[j] is the end of j's subtree, keyEnd[r] - 1 the query's own row, and r
   * sees its ancestors and itself. Left out: every key of the range is seen.
   */
  readonly queryEnd?: Tensor;
}

export interface AttentionArgs extends AttentionShape {
  /** `[rows, heads, headDim]` */
  readonly out: Tensor;
  /** `[rows, heads]`, output: log-sum-exp of the scaled scores. */
  readonly lse: Tensor;
  readonly q: Tensor;
  /** `[keyRows, kvHeads, headDim]`; packed rows or a KV cache. */
  readonly k: Tensor;
  readonly v: Tensor;
}

/** Packed self-attention only: key row j is query row j, keyEnd[r] = r + 1, and j is read by queries j <= r < queryEnd[j]. */
export interface AttentionBackwardArgs extends AttentionShape {
  readonly dq: Tensor;
  readonly dk: Tensor;
  readonly dv: Tensor;
  readonly dOut: Tensor;
  readonly out: Tensor;
  readonly lse: Tensor;
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** i32 `[rows]` */
  readonly queryEnd: Tensor;
  /** Scratch `[rows, heads]`: sum over headDim of dOut * out. */
  readonly delta: Tensor;
}

export interface TokenLogprobsArgs {
  /** `[rows]`: log softmax(logits / temperature)[target] */
  readonly logprob: Tensor;
  /** `[rows]`: entropy of softmax(logits / temperature), nats. */
  readonly entropy: Tensor;
  /** `[rows]`: log-sum-exp of logits / temperature. */
  readonly lse: Tensor;
  /** `[rows, vocab]` */
  readonly logits: Tensor;
  /** i32 `[rows]` */
  readonly targets: Tensor;
  readonly rows: number;
  readonly vocab: number;
  readonly temperature: number;
}

export interface TokenLogprobsBackwardArgs {
  /** `[rows, vocab]`: logits in, dL/dlogits out (in place). */
  readonly logits: Tensor;
  readonly targets: Tensor;
  readonly lse: Tensor;
  readonly entropy: Tensor;
  /** `[rows]`: dL/dlogprob */
  readonly dLogprob: Tensor;
  /** `[rows]`: dL/dentropy */
  readonly dEntropy?: Tensor;
  readonly rows: number;
  readonly vocab: number;
  readonly temperature: number;
}

export interface PolicyLossArgs {
  /** Output `[entropyOffset + rows]`: dL/dlogprob from 0, dL/dentropy from `entropyOffset`. */
  readonly gradients: Tensor;
  /** Output `[sequences, 8]`: the sums of each sequence (`training/policy-loss.ts`, `readSums`). */
  readonly sums: Tensor;
  /** `[entropyOffset + rows]`: log-probs from 0, entropies from `entropyOffset`. */
  readonly measures: Tensor;
  readonly entropyOffset: number;
  /** `[rows, 2]`: log-prob at sampling; 1 where the token carries loss, else 0. */
  readonly sampled: Tensor;
  /** `[rows]`: log-probs of the reference policy. Left out: no KL, neither as loss nor as metric. */
  readonly reference?: Tensor;
  /** `[sequences, 8]`: what each sequence weighs (`packCredits`). Sequences share no tokens. */
  readonly credits: Tensor;
  readonly sequences: number;
  readonly rows: number;
  /** Ratios are to the log-probs at sampling; false: the policy is the one that sampled, ratio 1. */
  readonly offPolicy: boolean;
  readonly options: GrpoLossOptions;
}

export interface SampleArgs {
  /** i32 `[rows]`, output. */
  readonly ids: Tensor;
  /** `[rows]`, output: log-prob of the sampled token at this temperature. */
  readonly logprob: Tensor;
  /** `[rows]`, output: entropy at this temperature, nats. */
  readonly entropy: Tensor;
  readonly logits: Tensor;
  /** `[rows]` in [0, 1): the smallest id whose cumulative probability exceeds it is taken. */
  readonly uniforms: Tensor;
  readonly rows: number;
  readonly vocab: number;
  /** 0 takes the most likely token; log-prob and entropy are then those at temperature 1. */
  readonly temperature: number;
}

/** Sizes of a model that `decodeTokens` is compiled for. */
export interface FusedShape {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly rmsNormEps: number;
  /** LoRA rank; anything positive without an adapter. */
  readonly rank: number;
  /** Floats of scratch: scores of all heads, logits or the gated activation, whichever is largest. */
  readonly big: number;
}

export interface DecodeTokensArgs {
  readonly shape: FusedShape;
  /** As `model/fused-decoder.ts` packs them. */
  readonly weights: Tensor;
  /** i32 */
  readonly layout: Tensor;
  /** The flat adapter; left out: the base model. */
  readonly adapter?: Tensor;
  readonly scaling: number;
  /** `[layers][keys, values][region]` */
  readonly cache: Tensor;
  /** Elements of the keys (or values) of one layer, a multiple of 4. */
  readonly region: number;
  /** i32 `[rows, 8]`: first cache row, position, last id, tokens so far, most tokens, 1 when done, 0, 0. In place. */
  readonly state: Tensor;
  /** `[rows, maxTokens]` in [0, 1). */
  readonly draws: Tensor;
  /** `[rows, maxTokens, 3]`: id, log-prob, entropy of each token drawn; the rest is left as it was. */
  readonly record: Tensor;
  readonly rows: number;
  /** Tokens of this call at most. */
  readonly tokens: number;
  readonly maxTokens: number;
  /** As `SampleArgs`. */
  readonly temperature: number;
  /** At most four. */
  readonly stopIds: readonly number[];
}

export interface GatherRowsArgs {
  /** `[rows, dim]` */
  readonly out: Tensor;
  /** `[any, dim]` */
  readonly x: Tensor;
  /** i32 `[rows]` */
  readonly index: Tensor;
  readonly rows: number;
  readonly dim: number;
  /**
   * x holds the rows `firstRow ..` of a longer table; rows of out whose index lies elsewhere in it are left as they
   * are. Left out: x is the whole table.
   */
  readonly firstRow?: number;
}

export interface CopyColumnsArgs {
  /** `[rows, outDim]` */
  readonly out: Tensor;
  readonly outDim: number;
  readonly outColumn: number;
  /** `[rows, xDim]` */
  readonly x: Tensor;
  readonly xDim: number;
  readonly xColumn: number;
  readonly rows: number;
  readonly columns: number;
}

/** How a frozen matrix is kept in fewer bytes (`model/packed-rows.ts`). */
export type PackedFormat = 'int8' | 'f16';

/** A matrix of packed rows; each row starts at a whole word, its values in the lowest bits first. */
export type DequantiseArgs = {
  /** `[rows, dim]` */
  readonly out: Tensor;
  /** i32 `[rows, ceil(dim / 4)]` for int8, `[rows, ceil(dim / 2)]` for f16 */
  readonly packed: Tensor;
  readonly rows: number;
  readonly dim: number;
} & (
  | {
      readonly format: 'int8';
      /** `[rows]` */
      readonly scales: Tensor;
    }
  | { readonly format: 'f16' }
);

export interface AdamWArgs {
  readonly param: Tensor;
  readonly grad: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  /** `[2]`: global norm and clip factor, from `clipFactor`; grad is multiplied by the second. */
  readonly clip: Tensor;
  readonly length: number;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** 1 for the first update. */
  readonly step: number;
}

export interface Backend {
  readonly info: BackendInfo;
  readonly counts: BackendCounts;

  /** A zero-filled tensor. Throws `DeviceMemoryError`. */
  alloc(type: ElementType, length: number, label: string, use?: BufferUse): Tensor;
  /** A view into `tensor`; `offset` is relative to it and a multiple of `VIEW_ALIGNMENT`. */
  view(tensor: Tensor, offset: number, length: number, label?: string): Tensor;
  /** Releases the buffer behind a tensor made by `alloc` (never a view). Safe after enqueued uses. */
  free(tensor: Tensor): void;
  /** Uploads host data to elements `offset ..` of the tensor; here any offset will do. */
  write(tensor: Tensor, data: FloatArray | Int32Array, offset?: number): void;
  readFloats(tensor: Tensor): Promise<FloatArray>;
  readInts(tensor: Tensor): Promise<Int32Array>;
  /** Resolves when everything enqueued has run. Throws `DeviceLostError`. */
  flush(): Promise<void>;
  dispose(): void;
  /**
   * From here on the time of every kernel is taken, until `stopProfile`. Costs something while it runs
   * (WebGPU gives each dispatch a pass of its own) and nothing otherwise. A profile that runs starts anew.
   */
  startProfile(): void;
  /** Waits for what is enqueued; the kernels since `startProfile`, dearest first; empty without one. */
  stopProfile(): Promise<readonly KernelProfile[]>;

  fill(out: Tensor, value: number): void;
  copy(out: Tensor, x: Tensor): void;
  /** out += alpha * x, elementwise over out.length. */
  addScaled(out: Tensor, x: Tensor, alpha: number): void;
  /** out[r] = x[index[r]], rows of `dim`; also the embedding lookup. Repeated indices allowed. */
  gatherRows(args: GatherRowsArgs): void;
  /** out[r, outColumn + c] = x[r, xColumn + c] for c < columns; the rest of out stays as it was. */
  copyColumns(args: CopyColumnsArgs): void;
  /** out[index[r]] = x[r]; indices are distinct. KV-cache writes. */
  scatterRows(args: { out: Tensor; x: Tensor; index: Tensor; rows: number; dim: number }): void;
  /** out[index[r]] += x[r] for r < rows; repeated indices allowed (embedding gradient). `outRows` bounds the indices. */
  scatterAddRows(args: {
    out: Tensor;
    x: Tensor;
    index: Tensor;
    rows: number;
    outRows: number;
    dim: number;
  }): void;
  /**
   * out[o] = sum over starts[o] <= e < starts[o + 1] of x[index[e]], rows of `dim`, in the order of e: the
   * gradient of a gather, sorted by target. `starts` has rows + 1 entries, `index` lies within x.
   */
  sumPicked(args: { out: Tensor; x: Tensor; starts: Tensor; index: Tensor; rows: number; dim: number }): void;
  /** out[r, c] = scales[r] * q[r, c] (int8), or the 16-bit float as it is (f16). */
  dequantise(args: DequantiseArgs): void;
  matmul(args: MatmulArgs): void;
  /** out = [out +] [addend +] x W^T + bias + s (x A^T) B^T. */
  linear(args: LinearArgs): void;
  /** dx = [dx +] dy W + s (dy B) A; dB += s dy^T (x A^T); dA += s (dy B)^T x; dW += dy^T x; dbias += sum of dy. */
  linearBackward(args: LinearBackwardArgs): void;
  /** out[c] += sum over rows of x[r, c] (bias gradient). Accumulates. */
  sumRows(args: { out: Tensor; x: Tensor; rows: number; dim: number }): void;
  rmsNorm(args: RmsNormArgs): void;
  rmsNormBackward(args: RmsNormBackwardArgs): void;
  rope(args: RopeArgs): void;
  attention(args: AttentionArgs): void;
  attentionBackward(args: AttentionBackwardArgs): void;
  /** out = silu(gate) * up, over out.length. */
  swiGlu(args: { out: Tensor; gate: Tensor; up: Tensor }): void;
  swiGluBackward(args: { dGate: Tensor; dUp: Tensor; dOut: Tensor; gate: Tensor; up: Tensor }): void;
  tokenLogprobs(args: TokenLogprobsArgs): void;
  tokenLogprobsBackward(args: TokenLogprobsBackwardArgs): void;
  /** Loss, metrics and dL/dlogprob of one micro-batch of GRPO (`training/grpo-loss.ts`). */
  policyLoss(args: PolicyLossArgs): void;
  sample(args: SampleArgs): void;
  /**
   * Draws several tokens for each row with the whole decoder in one dispatch, the rows' state going on from call
   * to call. Only where `info.workgroupBytes` is given, and for models that fit (`model/fused-decoder.ts`).
   */
  decodeTokens?(args: DecodeTokensArgs): void;
  /**
   * out[0] = sqrt(sum x^2), out[1] = min(1, maxNorm / (out[0] + 1e-6)); maxNorm <= 0 means no clipping (factor 1).
   * Where the norm is not finite out[1] = -1, and `adamW` then changes nothing.
   */
  clipFactor(args: { out: Tensor; x: Tensor; maxNorm: number }): void;
  /**
   * torch.optim.AdamW: g = clip[1] * grad; p *= 1 - lr * weightDecay; m, v updated;
   * p -= lr / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + eps). Nothing changes where clip[1] < 0.
   */
  adamW(args: AdamWArgs): void;
}
