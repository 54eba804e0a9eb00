// out[i, j] = [base[i, j] +] alpha * (sum over l of a[i, l] * b[l, j] + beta * sum over l of c[i, l] * d[l, j]) [+ bias[j]]
//
// The gradient of a linear layer's input with its low-rank part (a = dy, b = W, c = s dy B, d = A); otherwise
// like product-direct-nt.wgsl.
// Layout: a [m, k], b [k, n], c [m, k2], d [k2, n], bias [n], base and out [m, n], all f32 read as vec4s: k, k2 and n are
// multiples of 4. k2 = 0: no second sum. Rows past the end repeat the last one and are not written.
// Dispatch: ceil(ceil(m / 4) * n / 4 / 64) workgroups of 64, neighbouring lanes along j, folded into x and y.

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
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<storage, read> a: array<vec4f>;
@group(0) @binding(3) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<storage, read> c: array<vec4f>;
@group(0) @binding(5) var<storage, read> d: array<vec4f>;
@group(0) @binding(6) var<storage, read> bias: array<vec4f>;
@group(0) @binding(7) var<storage, read> base: array<vec4f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let columns = params.n / 4;
  let id = (group.x + group.y * groups.x) * 64 + lane;
  let first = id / columns * 4;
  let column = id % columns;
  if (first >= params.m) {
    return;
  }
  let last = params.m - 1;
  let rows = vec4u(first, min(first + 1, last), min(first + 2, last), min(first + 3, last));
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();

  let terms = params.k / 4;
  let x_at = rows * terms;
  for (var l = 0u; l < terms; l++) {
    let y_at = l * 4 * columns + column;
    let y0 = b[y_at];
    let y1 = b[y_at + columns];
    let y2 = b[y_at + 2 * columns];
    let y3 = b[y_at + 3 * columns];
    let x0 = a[x_at.x + l];
    let x1 = a[x_at.y + l];
    let x2 = a[x_at.z + l];
    let x3 = a[x_at.w + l];
    sum0 += x0.x * y0 + x0.y * y1 + x0.z * y2 + x0.w * y3;
    sum1 += x1.x * y0 + x1.y * y1 + x1.z * y2 + x1.w * y3;
    sum2 += x2.x * y0 + x2.y * y1 + x2.z * y2 + x2.w * y3;
    sum3 += x3.x * y0 + x3.y * y1 + x3.z * y2 + x3.w * y3;
  }
  let low_terms = params.k2 / 4;
  let low_x_at = rows * low_terms;
  for (var l = 0u; l < low_terms; l++) {
    let y_at = l * 4 * columns + column;
    let y0 = params.beta * d[y_at];
    let y1 = params.beta * d[y_at + columns];
    let y2 = params.beta * d[y_at + 2 * columns];
    let y3 = params.beta * d[y_at + 3 * columns];
    let x0 = c[low_x_at.x + l];
    let x1 = c[low_x_at.y + l];
    let x2 = c[low_x_at.z + l];
    let x3 = c[low_x_at.w + l];
    sum0 += x0.x * y0 + x0.y * y1 + x0.z * y2 + x0.w * y3;
    sum1 += x1.x * y0 + x1.y * y1 + x1.z * y2 + x1.w * y3;
    sum2 += x2.x * y0 + x2.y * y1 + x2.z * y2 + x2.w * y3;
    sum3 += x3.x * y0 + x3.y * y1 + x3.z * y2 + x3.w * y3;
  }
  put(first, column, sum0);
  put(first + 1, column, sum1);
  put(first + 2, column, sum2);
  put(first + 3, column, sum3);
}
