// out[i, j] = [base[i, j] +] alpha * (sum over l of op(a)[i, l] * op(b)[l, j] + beta * sum over l of c[i, l] * op(d)[l, j]) [+ bias[j]]
//
// The second sum is the low-rank part of a linear layer (c = x A^T, d = B) or of its gradient; k2 = 0: none.
// One workgroup computes TILE_M x TILE_N outputs, one lane 4 x 4 of them in registers; operands pass
// through workgroup memory 16 steps of l at a time, as vec4s along i and j. The range of l can be cut
// into `splits` pieces of `chunk`, each written to its own [m, n] slab and summed by sum-splits.wgsl:
// that keeps narrow gradients (8 x 128 over thousands of rows) parallel and their sums in fixed order.
// Layout: op(a) [m, k], stored [k, m] when TRANSPOSE_A; op(b) [k, n], stored [n, k] when TRANSPOSE_B;
// c [m, k2], op(d) [k2, n], stored like b, only with splits = 1; out f32 [splits, m, n]; bias f32 [n], base f32 [m, n], read only
// when has_bias, has_base; `base` is another tensor, accumulate adds to out itself. Ends with tile-put.wgsl or tile-put-gated.wgsl.
// Dispatch: splits * ceil(m / TILE_M) * ceil(n / TILE_N) workgroups of TILE_M * TILE_N / 16, folded into x and y.

override TILE_M: u32 = 64;
override TILE_N: u32 = 64;
override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
const STEP = 16u;

struct Params {
  m: u32,
  n: u32,
  k: u32,
  k2: u32,
  chunk: u32,
  splits: u32,
  alpha: f32,
  beta: f32,
  accumulate: u32,
  has_base: u32,
  has_bias: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> c: array<f32>;
@group(0) @binding(5) var<storage, read> d: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<f32>;
@group(0) @binding(7) var<storage, read> base: array<f32>;

// tile_value comes from tile-f32.wgsl or tile-f16.wgsl.
var<workgroup> a_tile: array<vec4<tile_value>, TILE_M / 4 * STEP>;
var<workgroup> b_tile: array<vec4<tile_value>, TILE_N / 4 * STEP>;

fn a_at(low: bool, i: u32, l: u32, last: u32) -> f32 {
  if (i >= params.m || l >= last) {
    return 0.0;
  }
  if (low) {
    return params.beta * c[i * params.k2 + l];
  }
  if (TRANSPOSE_A) {
    return a[l * params.m + i];
  }
  return a[i * params.k + l];
}

fn b_at(low: bool, l: u32, j: u32, last: u32) -> f32 {
  if (j >= params.n || l >= last) {
    return 0.0;
  }
  if (low) {
    return d[select(l * params.n + j, j * params.k2 + l, TRANSPOSE_B)];
  }
  if (TRANSPOSE_B) {
    return b[j * params.k + l];
  }
  return b[l * params.n + j];
}

@compute @workgroup_size(TILE_M * TILE_N / 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let lanes = TILE_M * TILE_N / 16;
  let a_groups = TILE_M / 4;
  let b_groups = TILE_N / 4;
  let row_tiles = (params.m + TILE_M - 1) / TILE_M;
  let column_tiles = (params.n + TILE_N - 1) / TILE_N;
  let id = group.x + group.y * groups.x;
  let split = id / (row_tiles * column_tiles);
  if (split >= params.splits) {
    return;
  }
  let first_row = id / column_tiles % row_tiles * TILE_M;
  let first_column = id % column_tiles * TILE_N;
  let begin = split * params.chunk;
  let lane_row = lane / b_groups;
  let lane_column = lane % b_groups;

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var part = 0u; part < 2; part++) {
    let low = part == 1;
    let last = select(min(begin + params.chunk, params.k), params.k2, low);
    for (var step = select(begin, 0, low); step < last; step += STEP) {
      // Neighbouring lanes read neighbouring addresses, whichever way the operand is stored.
      for (var t = lane; t < a_groups * STEP; t += lanes) {
        let l = select(t % STEP, t / a_groups, TRANSPOSE_A);
        let g = select(t / STEP, t % a_groups, TRANSPOSE_A);
        let i = first_row + g * 4;
        a_tile[l * a_groups + g] = vec4<tile_value>(vec4f(
          a_at(low, i, step + l, last),
          a_at(low, i + 1, step + l, last),
          a_at(low, i + 2, step + l, last),
          a_at(low, i + 3, step + l, last),
        ));
      }
      for (var t = lane; t < b_groups * STEP; t += lanes) {
        let l = select(t / b_groups, t % STEP, TRANSPOSE_B);
        let g = select(t % b_groups, t / STEP, TRANSPOSE_B);
        let j = first_column + g * 4;
        b_tile[l * b_groups + g] = vec4<tile_value>(vec4f(
          b_at(low, step + l, j, last),
          b_at(low, step + l, j + 1, last),
          b_at(low, step + l, j + 2, last),
          b_at(low, step + l, j + 3, last),
        ));
      }
      workgroupBarrier();
      for (var l = 0u; l < STEP; l++) {
        let x = vec4f(a_tile[l * a_groups + lane_row]);
        let y = vec4f(b_tile[l * b_groups + lane_column]);
        sum0 += x.x * y;
        sum1 += x.y * y;
        sum2 += x.z * y;
        sum3 += x.w * y;
      }
      workgroupBarrier();
    }
  }

  let slab = split * params.m * params.n;
  let i = first_row + lane_row * 4;
  let j = first_column + lane_column * 4;
  put(slab, i, j, sum0);
  put(slab, i + 1, j, sum1);
  put(slab, i + 2, j, sum2);
  put(slab, i + 3, j, sum3);
}
