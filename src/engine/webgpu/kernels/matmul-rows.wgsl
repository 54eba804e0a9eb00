// out[i, j] = [base[i, j] +] alpha * (sum over l of a[i, l] * op(b)[l, j] + beta * sum over l of c[i, l] * op(d)[l, j]) [+ bias[j]]
// for few rows i (decoding)
//
// A workgroup computes 4 rows x COLUMNS columns; 64 / COLUMNS lanes share the sum over l of each column,
// so that b, the only large operand, is read once and by neighbouring lanes at neighbouring addresses.
// Layout: a f32 [m, k]; op(b) [k, n], stored [n, k] when TRANSPOSE_B; c [m, k2], op(d) [k2, n], k2 = 0: no second
// sum; out and base f32 [m, n] (accumulate: base is out); bias f32 [n].
// Dispatch: ceil(m / 4) * ceil(n / COLUMNS) workgroups of 64, folded into x and y.

override COLUMNS: u32 = 4;
override TRANSPOSE_B: bool = false;

struct Params {
  m: u32,
  n: u32,
  k: u32,
  k2: u32,
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

var<workgroup> partial_sums: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let parts = 64 / COLUMNS;
  let column_blocks = (params.n + COLUMNS - 1) / COLUMNS;
  let id = group.x + group.y * groups.x;
  let first_row = id / column_blocks * 4;
  if (first_row >= params.m) {
    return;
  }
  let local_column = select(lane % COLUMNS, lane / parts, TRANSPOSE_B);
  let part = select(lane / COLUMNS, lane % parts, TRANSPOSE_B);
  let j = id % column_blocks * COLUMNS + local_column;
  let rows = min(4u, params.m - first_row);

  var sum = vec4f();
  if (j < params.n) {
    for (var l = part; l < params.k; l += parts) {
      let weight = b[select(l * params.n + j, j * params.k + l, TRANSPOSE_B)];
      // Rows past the end repeat the last one; they are not written.
      let x = vec4f(
        a[first_row * params.k + l],
        a[(first_row + min(1u, rows - 1)) * params.k + l],
        a[(first_row + min(2u, rows - 1)) * params.k + l],
        a[(first_row + min(3u, rows - 1)) * params.k + l],
      );
      sum += x * weight;
    }
    for (var l = part; l < params.k2; l += parts) {
      let weight = params.beta * d[select(l * params.n + j, j * params.k2 + l, TRANSPOSE_B)];
      let low = vec4f(
        c[first_row * params.k2 + l],
        c[(first_row + min(1u, rows - 1)) * params.k2 + l],
        c[(first_row + min(2u, rows - 1)) * params.k2 + l],
        c[(first_row + min(3u, rows - 1)) * params.k2 + l],
      );
      sum += low * weight;
    }
  }
  partial_sums[part * COLUMNS + local_column] = sum;
  workgroupBarrier();
  for (var width = parts / 2; width > 0; width /= 2) {
    if (part < width) {
      partial_sums[part * COLUMNS + local_column] += partial_sums[(part + width) * COLUMNS + local_column];
    }
    workgroupBarrier();
  }
  if (part != 0 || j >= params.n) {
    return;
  }
  let product = partial_sums[local_column];
  for (var r = 0u; r < rows; r++) {
    let at = (first_row + r) * params.n + j;
    var value = params.alpha * product[r];
    if (params.has_bias != 0) {
      value += bias[j];
    }
    if (params.has_base != 0) {
      value += base[at];
    }
    if (params.accumulate != 0) {
      value += out[at];
    }
    out[at] = value;
  }
}
