/** Matrix products and sums over rows, in one or two passes as `matmul-plan` decides. */
import type { MatmulArgs, Tensor } from '../backend';
import { floats } from './gpu-tensor';
import { planMatmul } from './matmul-plan';
import type { Operand, Recorder } from './recorder';

export function matmul(recorder: Recorder, args: MatmulArgs): void {
  const { m, n, k, transposeA = false, transposeB = false, alpha = 1 } = args;
  const out = floats(recorder, args.out, m * n);
  const a = floats(recorder, args.a, m * k);
  const b = floats(recorder, args.b, k * n);
  const bias = args.bias && floats(recorder, args.bias, n);
  if (m === 0 || n === 0) return;
  const plan = planMatmul({ m, n, k, transposeA, transposeB });
  const { kernel, workgroups } = plan;
  const cost = 2 * m * n * k;
  const finish = {
    alpha,
    accumulate: Number(args.accumulate ?? false),
    has_bias: Number(bias !== undefined),
  };
  const direct = { out, a, b, bias: bias ?? recorder.nothing };
  if (plan.kind === 'rows') {
    recorder.dispatch({ kernel, operands: direct, params: { m, n, k, ...finish }, workgroups, cost });
    return;
  }
  const { splits, chunk } = plan;
  const shape = { m, n, k, chunk, splits };
  if (splits === 1) {
    recorder.dispatch({ kernel, operands: direct, params: { ...shape, ...finish }, workgroups, cost });
    return;
  }
  const slabs = recorder.scratch(splits * m * n, 'pieces of a product');
  recorder.dispatch({
    kernel,
    operands: { out: slabs, a, b, bias: recorder.nothing },
    params: { ...shape, alpha: 1, accumulate: 0, has_bias: 0 },
    workgroups,
    cost,
  });
  sumSplits(recorder, { out, slabs, splits, length: m * n, columns: n, bias, ...finish });
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
