// out[i, j] = [base[i, j] +] alpha * (sum over l of a[i, l] * b[j, l] + beta * sum over l of c[i, l] * d[j, l]) [+ bias[j]]
//
// product-direct-nt.wgsl where a load costs a hundred times a shuffle: four neighbouring lanes (a quad) compute 8 x 16
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
  let y_at = column * 4 * terms;
  for (var l = 0u; l < terms; l++) {
    let y0 = b[y_at + l];
    let y1 = b[y_at + terms + l];
    let y2 = b[y_at + 2 * terms + l];
    let y3 = b[y_at + 3 * terms + l];
    let upper_x = a[upper_at + l];
    let x0 = quadBroadcast(upper_x, 0);
    sum0 += vec4f(dot(x0, y0), dot(x0, y1), dot(x0, y2), dot(x0, y3));
    let x1 = quadBroadcast(upper_x, 1);
    sum1 += vec4f(dot(x1, y0), dot(x1, y1), dot(x1, y2), dot(x1, y3));
    let x2 = quadBroadcast(upper_x, 2);
    sum2 += vec4f(dot(x2, y0), dot(x2, y1), dot(x2, y2), dot(x2, y3));
    let x3 = quadBroadcast(upper_x, 3);
    sum3 += vec4f(dot(x3, y0), dot(x3, y1), dot(x3, y2), dot(x3, y3));
    let lower_x = a[lower_at + l];
    let x4 = quadBroadcast(lower_x, 0);
    sum4 += vec4f(dot(x4, y0), dot(x4, y1), dot(x4, y2), dot(x4, y3));
    let x5 = quadBroadcast(lower_x, 1);
    sum5 += vec4f(dot(x5, y0), dot(x5, y1), dot(x5, y2), dot(x5, y3));
    let x6 = quadBroadcast(lower_x, 2);
    sum6 += vec4f(dot(x6, y0), dot(x6, y1), dot(x6, y2), dot(x6, y3));
    let x7 = quadBroadcast(lower_x, 3);
    sum7 += vec4f(dot(x7, y0), dot(x7, y1), dot(x7, y2), dot(x7, y3));
  }
  let low_terms = params.k2 / 4;
  let low_upper_at = upper * low_terms;
  let low_lower_at = lower * low_terms;
  let low_y_at = column * 4 * low_terms;
  for (var l = 0u; l < low_terms; l++) {
    let y0 = params.beta * d[low_y_at + l];
    let y1 = params.beta * d[low_y_at + low_terms + l];
    let y2 = params.beta * d[low_y_at + 2 * low_terms + l];
    let y3 = params.beta * d[low_y_at + 3 * low_terms + l];
    let upper_x = c[low_upper_at + l];
    let x0 = quadBroadcast(upper_x, 0);
    sum0 += vec4f(dot(x0, y0), dot(x0, y1), dot(x0, y2), dot(x0, y3));
    let x1 = quadBroadcast(upper_x, 1);
    sum1 += vec4f(dot(x1, y0), dot(x1, y1), dot(x1, y2), dot(x1, y3));
    let x2 = quadBroadcast(upper_x, 2);
    sum2 += vec4f(dot(x2, y0), dot(x2, y1), dot(x2, y2), dot(x2, y3));
    let x3 = quadBroadcast(upper_x, 3);
    sum3 += vec4f(dot(x3, y0), dot(x3, y1), dot(x3, y2), dot(x3, y3));
    let lower_x = c[low_lower_at + l];
    let x4 = quadBroadcast(lower_x, 0);
    sum4 += vec4f(dot(x4, y0), dot(x4, y1), dot(x4, y2), dot(x4, y3));
    let x5 = quadBroadcast(lower_x, 1);
    sum5 += vec4f(dot(x5, y0), dot(x5, y1), dot(x5, y2), dot(x5, y3));
    let x6 = quadBroadcast(lower_x, 2);
    sum6 += vec4f(dot(x6, y0), dot(x6, y1), dot(x6, y2), dot(x6, y3));
    let x7 = quadBroadcast(lower_x, 3);
    sum7 += vec4f(dot(x7, y0), dot(x7, y1), dot(x7, y2), dot(x7, y3));
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
