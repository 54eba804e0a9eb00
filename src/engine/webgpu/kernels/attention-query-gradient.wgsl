// dq[r, h] = scale * sum over j of p[j] (d_out[r, h] . v[j] - delta[r, h]) k[j],  p[j] = exp(scale * q[r, h] . k[j] - lse[r, h]),
// over key_start[r] <= j <= r with query_end[j] > r
//
// Layout: dq, q, d_out f32 [rows, heads, head_dim]; k, v f32 [rows, kv_heads, head_dim]; stats (lse, delta) vec2f
// [rows, heads]; key_start, query_end i32 [rows]. head_dim <= 256.
// Dispatch: one workgroup of LANES for each (row, head), folded into x and y.

override LANES: u32 = 64;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dq: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read> k: array<f32>;
@group(0) @binding(4) var<storage, read> v: array<f32>;
@group(0) @binding(5) var<storage, read> d_out: array<f32>;
@group(0) @binding(6) var<storage, read> stats: array<vec2f>;
@group(0) @binding(7) var<storage, read> key_start: array<i32>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

var<workgroup> query: array<f32, 256>;
var<workgroup> output_gradient: array<f32, 256>;
var<workgroup> score_gradients: array<f32, LANES>;
// Entry d belongs to lane d mod LANES alone.
var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = group.x + group.y * groups.x;
  let row = id / params.heads;
  if (row >= params.rows) {
    return;
  }
  let dim = params.head_dim;
  let kv_head = id % params.heads * params.kv_heads / params.heads;
  let start = u32(key_start[row]);
  let end = row + 1;
  let stat = stats[id];
  for (var d = lane; d < dim; d += LANES) {
    query[d] = q[id * dim + d];
    output_gradient[d] = d_out[id * dim + d];
    sums[d] = 0.0;
  }
  workgroupBarrier();

  for (var first = start; first < end;) {
    // A subtree that ends before this row holds nothing it sees.
    if (u32(query_end[first]) <= row) {
      first = u32(query_end[first]);
      continue;
    }
    let j = first + lane;
    if (j < end) {
      let key = (j * params.kv_heads + kv_head) * dim;
      var product = 0.0;
      var gradient = 0.0;
      for (var d = 0u; d < dim; d++) {
        product += query[d] * k[key + d];
        gradient += output_gradient[d] * v[key + d];
      }
      score_gradients[lane] = params.scale * exp(params.scale * product - stat.x) * (gradient - stat.y);
      if (u32(query_end[j]) <= row) {
        score_gradients[lane] = 0.0;
      }
    }
    workgroupBarrier();
    let count = min(LANES, end - first);
    for (var d = lane; d < dim; d += LANES) {
      var sum = sums[d];
      for (var t = 0u; t < count; t++) {
        sum += score_gradients[t] * k[((first + t) * params.kv_heads + kv_head) * dim + d];
      }
      sums[d] = sum;
    }
    workgroupBarrier();
    first += LANES;
  }
  for (var d = lane; d < dim; d += LANES) {
    dq[id * dim + d] = sums[d];
  }
}
