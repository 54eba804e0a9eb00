// dv[j] = sum over (r, h) of p d_out[r, h];  dk[j] = scale * sum over (r, h) of p (d_out[r, h] . v[j] - delta[r, h]) q[r, h]
// with p = exp(scale * q[r, h] . k[j] - lse[r, h]), queries j <= r < query_end[j], heads h that read the key-value head
//
// attention-key-gradient.wgsl without barriers, for software adapters: one lane walks over all queries of a key.
// Loops over d are written out for the head size (unroll.ts).
// Layout: as there, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(rows * kv_heads / 64) workgroups of 64, folded into x and y.

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dk: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dv: array<vec4f>;
@group(0) @binding(3) var<storage, read> q: array<vec4f>;
@group(0) @binding(4) var<storage, read> k: array<vec4f>;
@group(0) @binding(5) var<storage, read> v: array<vec4f>;
@group(0) @binding(6) var<storage, read> d_out: array<vec4f>;
@group(0) @binding(7) var<storage, read> stats: array<vec2f>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = (group.x + group.y * groups.x) * 64 + lane;
  let row = id / params.kv_heads;
  if (row >= params.rows) {
    return;
  }
  let width = params.head_dim / 4;
  let kv_head = id % params.kv_heads;
  // Heads h with floor(h * kv_heads / heads) = kv_head.
  let first_head = (kv_head * params.heads + params.kv_heads - 1) / params.kv_heads;
  let last_head = ((kv_head + 1) * params.heads + params.kv_heads - 1) / params.kv_heads;
  let end = u32(query_end[row]);
  var key: array<vec4f, 16>;
  var value: array<vec4f, 16>;
  var key_sums: array<vec4f, 16>;
  var value_sums: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    key[d] = params.scale * k[id * width + d];
    value[d] = v[id * width + d];
  }
  for (var head = first_head; head < last_head; head++) {
    for (var r = row; r < end; r++) {
      let query = r * params.heads + head;
      let at = query * width;
      var score = 0.0;
      var gradient = 0.0;
      for (var d = 0u; d < width; d++) {
        score += dot(q[at + d], key[d]);
        gradient += dot(d_out[at + d], value[d]);
      }
      let stat = stats[query];
      let weight = exp(score - stat.x);
      let score_gradient = params.scale * weight * (gradient - stat.y);
      for (var d = 0u; d < width; d++) {
        key_sums[d] += score_gradient * q[at + d];
        value_sums[d] += weight * d_out[at + d];
      }
    }
  }
  for (var d = 0u; d < width; d++) {
    dk[id * width + d] = key_sums[d];
    dv[id * width + d] = value_sums[d];
  }
}
