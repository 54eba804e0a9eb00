// out[i, j] = [base[i, j] +] alpha * (sum over l of a[i, l] * b[l, j] + beta * sum over l of c[i, l] * d[l, j]) [+ bias[j]]
//
// product-direct-nn.wgsl where a load costs a hundred times a shuffle: four neighbouring lanes (a quad) compute 8 x 16
// outputs, each lane 8 x 4 of them. A lane reads its own four columns of b, and rows lane and lane + 4 of a, which
// the others receive by quadBroadcast: 6 loads for 128 products of vec4s where a lane alone takes 8 for 64.
// Wants the feature `subgroups`, and four consecutive lanes to be a quad, which WGSL does not promise:
// used after a check at start only (self-checks.ts). All lanes stay to the end, so that every quad is whole.
// Layout: as there; rows and columns past the end repeat the last one and are not written.
// Dispatch: ceil(ceil(m / 8) * ceil(n / 16) / 4) workgroups of 16, folded into x and y.

enable subgroups;

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

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let columns = params.n / 4;
  let blocks = (columns + 3) / 4;
  let quad = (group.x + group.y * groups.x) * 4 + lane / 4;
  let first = quad / blocks * 8;
  let own = quad % blocks * 4 + lane % 4;
  let column = min(own, columns - 1);
  let last = params.m - 1;
  let upper = min(first + lane % 4, last);
  let lower = min(first + lane % 4 + 4, last);
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var sum4 = vec4f();
  var sum5 = vec4f();
  var sum6 = vec4f();
  var sum7 = vec4f();

  let terms = params.k / 4;
  let upper_at = upper * terms;
  let lower_at = lower * terms;
  for (var l = 0u; l < terms; l++) {
    let y_at = l * 4 * columns + column;
    let y0 = b[y_at];
    let y1 = b[y_at + columns];
    let y2 = b[y_at + 2 * columns];
    let y3 = b[y_at + 3 * columns];
    let upper_x = a[upper_at + l];
    let x0 = quadBroadcast(upper_x, 0);
    sum0 += x0.x * y0 + x0.y * y1 + x0.z * y2 + x0.w * y3;
    let x1 = quadBroadcast(upper_x, 1);
    sum1 += x1.x * y0 + x1.y * y1 + x1.z * y2 + x1.w * y3;
    let x2 = quadBroadcast(upper_x, 2);
    sum2 += x2.x * y0 + x2.y * y1 + x2.z * y2 + x2.w * y3;
    let x3 = quadBroadcast(upper_x, 3);
    sum3 += x3.x * y0 + x3.y * y1 + x3.z * y2 + x3.w * y3;
    let lower_x = a[lower_at + l];
    let x4 = quadBroadcast(lower_x, 0);
    sum4 += x4.x * y0 + x4.y * y1 + x4.z * y2 + x4.w * y3;
    let x5 = quadBroadcast(lower_x, 1);
    sum5 += x5.x * y0 + x5.y * y1 + x5.z * y2 + x5.w * y3;
    let x6 = quadBroadcast(lower_x, 2);
    sum6 += x6.x * y0 + x6.y * y1 + x6.z * y2 + x6.w * y3;
    let x7 = quadBroadcast(lower_x, 3);
    sum7 += x7.x * y0 + x7.y * y1 + x7.z * y2 + x7.w * y3;
  }
  let low_terms = params.k2 / 4;
  let low_upper_at = upper * low_terms;
  let low_lower_at = lower * low_terms;
  for (var l = 0u; l < low_terms; l++) {
    let y_at = l * 4 * columns + column;
    let y0 = params.beta * d[y_at];
    let y1 = params.beta * d[y_at + columns];
    let y2 = params.beta * d[y_at + 2 * columns];
    let y3 = params.beta * d[y_at + 3 * columns];
    let upper_x = c[low_upper_at + l];
    let x0 = quadBroadcast(upper_x, 0);
    sum0 += x0.x * y0 + x0.y * y1 + x0.z * y2 + x0.w * y3;
    let x1 = quadBroadcast(upper_x, 1);
    sum1 += x1.x * y0 + x1.y * y1 + x1.z * y2 + x1.w * y3;
    let x2 = quadBroadcast(upper_x, 2);
    sum2 += x2.x * y0 + x2.y * y1 + x2.z * y2 + x2.w * y3;
    let x3 = quadBroadcast(upper_x, 3);
    sum3 += x3.x * y0 + x3.y * y1 + x3.z * y2 + x3.w * y3;
    let lower_x = c[low_lower_at + l];
    let x4 = quadBroadcast(lower_x, 0);
    sum4 += x4.x * y0 + x4.y * y1 + x4.z * y2 + x4.w * y3;
    let x5 = quadBroadcast(lower_x, 1);
    sum5 += x5.x * y0 + x5.y * y1 + x5.z * y2 + x5.w * y3;
    let x6 = quadBroadcast(lower_x, 2);
    sum6 += x6.x * y0 + x6.y * y1 + x6.z * y2 + x6.w * y3;
    let x7 = quadBroadcast(lower_x, 3);
    sum7 += x7.x * y0 + x7.y * y1 + x7.z * y2 + x7.w * y3;
  }
  if (own >= columns) {
    return;
  }
  put(first, own, sum0);
  put(first + 1, own, sum1);
  put(first + 2, own, sum2);
  put(first + 3, own, sum3);
  put(first + 4, own, sum4);
  put(first + 5, own, sum5);
  put(first + 6, own, sum6);
  put(first + 7, own, sum7);
}
