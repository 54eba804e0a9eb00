// dq[r, h] = scale * sum over j of p[j] (d_out[r, h] . v[j] - delta[r, h]) k[j],  p[j] = exp(scale * q[r, h] . k[j] - lse[r, h]),
// over key_start[r] <= j <= r with query_end[j] > r
//
// attention-query-gradient.wgsl without barriers, for software adapters: one lane walks over all keys of a query.
// Loops over d are written out for the head size (unroll.ts).
// Layout: as there, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(rows * heads / 64) workgroups of 64, folded into x and y.

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dq: array<vec4f>;
@group(0) @binding(2) var<storage, read> q: array<vec4f>;
@group(0) @binding(3) var<storage, read> k: array<vec4f>;
@group(0) @binding(4) var<storage, read> v: array<vec4f>;
@group(0) @binding(5) var<storage, read> d_out: array<vec4f>;
@group(0) @binding(6) var<storage, read> stats: array<vec2f>;
@group(0) @binding(7) var<storage, read> key_start: array<i32>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = (group.x + group.y * groups.x) * 64 + lane;
  let row = id / params.heads;
  if (row >= params.rows) {
    return;
  }
  let width = params.head_dim / 4;
  let kv_head = id % params.heads * params.kv_heads / params.heads;
  let stat = stats[id];
  var query: array<vec4f, 16>;
  var output_gradient: array<vec4f, 16>;
  var sums: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    query[d] = params.scale * q[id * width + d];
    output_gradient[d] = d_out[id * width + d];
  }
  for (var j = u32(key_start[row]); j <= row;) {
    // A subtree that ends before this row holds nothing it sees.
    if (u32(query_end[j]) <= row) {
      j = u32(query_end[j]);
      continue;
    }
    let key = (j * params.kv_heads + kv_head) * width;
    var score = 0.0;
    var gradient = 0.0;
    for (var d = 0u; d < width; d++) {
      score += dot(query[d], k[key + d]);
      gradient += dot(output_gradient[d], v[key + d]);
    }
    let score_gradient = params.scale * exp(score - stat.x) * (gradient - stat.y);
    for (var d = 0u; d < width; d++) {
      sums[d] += score_gradient * k[key + d];
    }
    j++;
  }
  for (var d = 0u; d < width; d++) {
    dq[id * width + d] = sums[d];
  }
}
