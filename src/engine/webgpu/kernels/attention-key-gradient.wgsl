// dv[j] = sum over (r, h) of p d_out[r, h];  dk[j] = scale * sum over (r, h) of p (d_out[r, h] . v[j] - delta[r, h]) q[r, h]
// with p = exp(scale * q[r, h] . k[j] - lse[r, h]), queries j <= r < query_end[j], heads h that read the key-value head
//
// Each key row gathers from its queries, in order: no atomics, the same result on every run.
// Layout: dk, dv, k, v f32 [rows, kv_heads, head_dim]; q, d_out f32 [rows, heads, head_dim]; stats (lse, delta) vec2f
// [rows, heads]; query_end i32 [rows]. head_dim <= 256.
// Dispatch: one workgroup of LANES for each (key row, key-value head), folded into x and y.

override LANES: u32 = 64;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dk: array<f32>;
@group(0) @binding(2) var<storage, read_write> dv: array<f32>;
@group(0) @binding(3) var<storage, read> q: array<f32>;
@group(0) @binding(4) var<storage, read> k: array<f32>;
@group(0) @binding(5) var<storage, read> v: array<f32>;
@group(0) @binding(6) var<storage, read> d_out: array<f32>;
@group(0) @binding(7) var<storage, read> stats: array<vec2f>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

var<workgroup> key: array<f32, 256>;
var<workgroup> value: array<f32, 256>;
var<workgroup> weights: array<f32, LANES>;
var<workgroup> score_gradients: array<f32, LANES>;
// Entry d belongs to lane d mod LANES alone.
var<workgroup> key_sums: array<f32, 256>;
var<workgroup> value_sums: array<f32, 256>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = group.x + group.y * groups.x;
  let row = id / params.kv_heads;
  if (row >= params.rows) {
    return;
  }
  let dim = params.head_dim;
  let kv_head = id % params.kv_heads;
  // Heads h with floor(h * kv_heads / heads) = kv_head.
  let first_head = (kv_head * params.heads + params.kv_heads - 1) / params.kv_heads;
  let last_head = ((kv_head + 1) * params.heads + params.kv_heads - 1) / params.kv_heads;
  let end = u32(query_end[row]);
  for (var d = lane; d < dim; d += LANES) {
    key[d] = k[id * dim + d];
    value[d] = v[id * dim + d];
    key_sums[d] = 0.0;
    value_sums[d] = 0.0;
  }
  workgroupBarrier();

  for (var head = first_head; head < last_head; head++) {
    for (var first = row; first < end; first += LANES) {
      let r = first + lane;
      if (r < end) {
        let query = r * params.heads + head;
        var product = 0.0;
        var gradient = 0.0;
        for (var d = 0u; d < dim; d++) {
          product += q[query * dim + d] * key[d];
          gradient += d_out[query * dim + d] * value[d];
        }
        let stat = stats[query];
        let weight = exp(params.scale * product - stat.x);
        weights[lane] = weight;
        score_gradients[lane] = params.scale * weight * (gradient - stat.y);
      }
      workgroupBarrier();
      let count = min(LANES, end - first);
      for (var d = lane; d < dim; d += LANES) {
        var key_sum = key_sums[d];
        var value_sum = value_sums[d];
        for (var t = 0u; t < count; t++) {
          let at = ((first + t) * params.heads + head) * dim + d;
          key_sum += score_gradients[t] * q[at];
          value_sum += weights[t] * d_out[at];
        }
        key_sums[d] = key_sum;
        value_sums[d] = value_sum;
      }
      workgroupBarrier();
    }
  }
  for (var d = lane; d < dim; d += LANES) {
    dk[id * dim + d] = key_sums[d];
    dv[id * dim + d] = value_sums[d];
  }
}
