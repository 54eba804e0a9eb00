/** Matrix products and sums over rows, in one or two passes as `matmul-plan` decides. */
import type { MatmulArgs, Tensor } from '../backend';
import { floats } from './gpu-tensor';
import { gatedName, inFours, planMatmul } from './matmul-plan';
import type { Operand, Recorder } from './recorder';
import { addScaled, copy } from './row-movement';

/** The second sum of a product: beta * c op(d), c [m, k2], op(d) [k2, n]. */
export interface LowSum {
  readonly c: Tensor;
  readonly d: Tensor;
  readonly k2: number;
  readonly beta: number;
}

export interface ProductArgs extends MatmulArgs {
  readonly low?: LowSum;
  /** `[m, n]`, added to the product; another tensor than `out`. */
  readonly base?: Tensor;
  /** gated.out = silu(gate) * out, all `[m, n]`; without `base` and `accumulate`, where `gatesInside`. */
  readonly gated?: { readonly gate: Tensor; readonly out: Tensor };
}

export function matmul(recorder: Recorder, args: MatmulArgs): void {
  product(recorder, args);
}

/** Whether a product x W^T with k2 extra terms makes the gated activation of its result in its own dispatch. */
export function gatesInside(recorder: Recorder, m: number, n: number, k: number, k2: number): boolean {
  const plan = planMatmul({ m, n, k, transposeA: false, transposeB: true }, recorder.products);
  return plan.kind === 'direct' ? inFours(k2) : plan.kind === 'tile' && plan.splits === 1;
}

/** out = [out +] [base +] alpha (op(a) op(b) + beta c op(d)) + bias, in one dispatch where a plan allows it. */
export function product(recorder: Recorder, args: ProductArgs): void {
  const { m, n, k, transposeA = false, transposeB = false, alpha = 1, low, accumulate = false } = args;
  const out = floats(recorder, args.out, m * n);
  const a = floats(recorder, args.a, m * k);
  const b = floats(recorder, args.b, k * n);
  const bias = args.bias && floats(recorder, args.bias, n);
  const base = args.base && floats(recorder, args.base, m * n);
  if (m === 0 || n === 0) return;
  const plan = planMatmul({ m, n, k, transposeA, transposeB }, recorder.products);
  const { kernel, workgroups } = plan;
  const cut = 'splits' in plan && (plan.splits > 1 || plan.kind === 'direct sum');
  const { gated } = args;
  if ((low && (cut || (plan.kind === 'direct' && !inFours(low.k2)))) || (base && cut)) {
    inSteps(recorder, args);
    return;
  }
  const cost = 2 * m * n * (k + (low?.k2 ?? 0));
  if (!cut) {
    const { nothing } = recorder;
    recorder.dispatch({
      kernel: gated ? gatedName(kernel) : kernel,
      operands: {
        out,
        a,
        b,
        c: low ? floats(recorder, low.c, m * low.k2) : nothing,
        d: low ? floats(recorder, low.d, low.k2 * n) : nothing,
        bias: bias ?? nothing,
        base: gated ? floats(recorder, gated.gate, m * n) : (base ?? nothing),
        ...(gated && { activated: floats(recorder, gated.out, m * n) }),
      },
      params: {
        m,
        n,
        k,
        k2: low?.k2 ?? 0,
        chunk: plan.kind === 'tile' ? plan.chunk : k,
        splits: 1,
        alpha,
        beta: low?.beta ?? 0,
        accumulate: Number(accumulate),
        has_base: Number(base !== undefined),
        has_bias: Number(bias !== undefined),
      },
      workgroups,
      cost,
    });
    return;
  }
  const { splits, chunk } = plan;
  const slabs = recorder.scratch(splits * m * n, 'pieces of a product');
  if (plan.kind === 'direct sum') {
    const { nothing } = recorder;
    recorder.dispatch({
      kernel,
      operands: { slabs, a, b, c: nothing, d: nothing },
      params: { rows: k, m, n, m2: 0, n2: 0, chunk, splits },
      workgroups,
      cost,
    });
  } else {
    const { nothing } = recorder;
    recorder.dispatch({
      kernel,
      operands: { out: slabs, a, b, c: nothing, d: nothing, bias: nothing, base: nothing },
      params: { m, n, k, k2: 0, chunk, splits, alpha: 1, beta: 0, accumulate: 0, has_base: 0, has_bias: 0 },
      workgroups,
      cost,
    });
  }
  const finish = { alpha, accumulate: Number(accumulate), has_bias: Number(bias !== undefined) };
  sumSplits(recorder, { out, slabs, splits, length: m * n, columns: n, bias, ...finish });
}

/** What no single kernel does: the base copied first, the second sum added after. */
function inSteps(recorder: Recorder, { low, base, ...args }: ProductArgs): void {
  const { m, n, alpha = 1, transposeB, out, accumulate } = args;
  if (base && accumulate) addScaled(recorder, out, base, 1);
  else if (base) copy(recorder, out, base);
  product(recorder, { ...args, accumulate: accumulate || base !== undefined });
  if (!low) return;
  const { c, d, k2, beta } = low;
  product(recorder, { out, a: c, b: d, m, n, k: k2, transposeB, alpha: alpha * beta, accumulate: true });
}

/** out[c] += sum over rows of x[r, c]. */
export function sumRows(
  recorder: Recorder,
  args: { readonly out: Tensor; readonly x: Tensor; readonly rows: number; readonly dim: number },
): void {
  const { rows, dim } = args;
  const x = floats(recorder, args.x, rows * dim);
  accumulateColumns(recorder, 'column-sums', { x }, floats(recorder, args.out, dim), rows, dim);
}

/** Rows of one piece of a sum over rows, and how many pieces at most. */
const PIECE_ROWS = 64;
const MOST_PIECES = 64;

/** out += column sums of what `kernel` makes of its operands: pieces of rows side by side, then in order. */
export function accumulateColumns(
  recorder: Recorder,
  kernel: 'column-sums' | 'norm-weight-gradient',
  operands: Readonly<Record<string, Operand>>,
  out: Operand,
  rows: number,
  dim: number,
): void {
  if (rows === 0) return;
  const chunk = Math.max(PIECE_ROWS, Math.ceil(rows / MOST_PIECES));
  const splits = Math.ceil(rows / chunk);
  const slabs = recorder.scratch(splits * dim, 'pieces of a column sum');
  recorder.dispatch({
    kernel,
    operands: { ...operands, slabs },
    params: { rows, dim, chunk },
    workgroups: splits * Math.ceil(dim / 64),
  });
  sumSplits(recorder, {
    out,
    slabs,
    splits,
    length: dim,
    columns: dim,
    alpha: 1,
    accumulate: 1,
    has_bias: 0,
  });
}

interface SumSplits {
  readonly out: Operand;
  readonly slabs: Operand;
  readonly splits: number;
  readonly length: number;
  readonly columns: number;
  readonly bias?: Operand;
  readonly alpha: number;
  readonly accumulate: number;
  readonly has_bias: number;
}

/** Adds the pieces and gives their memory back. */
function sumSplits(recorder: Recorder, sum: SumSplits): void {
  const { out, slabs, bias, ...params } = sum;
  recorder.dispatch({
    kernel: 'sum-splits',
    operands: { out, slabs, bias: bias ?? recorder.nothing },
    params,
    workgroups: Math.ceil(sum.length / 64),
  });
  recorder.release(slabs.allocation);
}
