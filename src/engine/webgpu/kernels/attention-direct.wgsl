// out[r, h] = sum over j of p[j] v[j],  p = softmax over key_start[r] <= j < key_end[r] of scale * q[r, h] . k[j]
// (in a tree of tokens over those j of them with query_end[j] >= key_end[r])
// lse[r, h] = log sum over j of exp(scale * q[r, h] . k[j])
//
// attention.wgsl without barriers, for software adapters: one lane walks over all keys of a query with an online
// softmax. Neighbouring lanes are the heads of a row, which see the same keys.
// Loops over d are written out for the head size (unroll.ts).
// Layout: as in attention.wgsl, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(rows * heads / 64) workgroups of 64, folded into x and y.

const LOWEST = -3.0e38;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  scale: f32,
  has_tree: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;
@group(0) @binding(3) var<storage, read> q: array<vec4f>;
@group(0) @binding(4) var<storage, read> k: array<vec4f>;
@group(0) @binding(5) var<storage, read> v: array<vec4f>;
@group(0) @binding(6) var<storage, read> key_start: array<i32>;
@group(0) @binding(7) var<storage, read> key_end: array<i32>;
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
  let end = u32(key_end[row]);
  var query: array<vec4f, 16>;
  var sums: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    query[d] = params.scale * q[id * width + d];
  }
  var largest = LOWEST;
  var total = 0.0;
  for (var j = u32(key_start[row]); j < end;) {
    // A subtree that ends before this row holds nothing it sees.
    if (params.has_tree != 0 && u32(query_end[j]) < end) {
      j = u32(query_end[j]);
      continue;
    }
    let key = (j * params.kv_heads + kv_head) * width;
    var score = 0.0;
    for (var d = 0u; d < width; d++) {
      score += dot(query[d], k[key + d]);
    }
    if (score > largest) {
      let correction = exp(largest - score);
      largest = score;
      total *= correction;
      for (var d = 0u; d < width; d++) {
        sums[d] *= correction;
      }
    }
    let weight = exp(score - largest);
    total += weight;
    for (var d = 0u; d < width; d++) {
      sums[d] += weight * v[key + d];
    }
    j++;
  }
  for (var d = 0u; d < width; d++) {
    out[id * width + d] = sums[d] / total;
  }
  lse[id] = largest + log(total);
}
