// out[r, h] = sum over j of p[j] v[j],  p = softmax over key_start[r] <= j < key_end[r] of scale * q[r, h] . k[j]
// (in a tree of tokens over those j of them with query_end[j] >= key_end[r])
// lse[r, h] = log sum over j of exp(scale * q[r, h] . k[j])
//
// Online softmax: keys pass by LANES at a time, sums are rescaled when the running maximum rises. Every
// lane finds the maximum and the sum of weights for itself, which costs fewer barriers than sharing them.
// Layout: q, out f32 [rows, heads, head_dim]; k, v f32 [key_rows, kv_heads, head_dim]; lse f32 [rows, heads];
// key_start, key_end i32 [rows]; query_end i32 [key_rows], read only when has_tree. Query head h reads key-value head floor(h * kv_heads / heads). head_dim <= 256.
// Dispatch: one workgroup of LANES for each (row, head), folded into x and y.

override LANES: u32 = 64;
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
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;
@group(0) @binding(3) var<storage, read> q: array<f32>;
@group(0) @binding(4) var<storage, read> k: array<f32>;
@group(0) @binding(5) var<storage, read> v: array<f32>;
@group(0) @binding(6) var<storage, read> key_start: array<i32>;
@group(0) @binding(7) var<storage, read> key_end: array<i32>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

var<workgroup> query: array<f32, 256>;
var<workgroup> scores: array<f32, LANES>;
var<workgroup> weights: array<f32, LANES>;
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
  let end = u32(key_end[row]);
  for (var d = lane; d < dim; d += LANES) {
    query[d] = q[id * dim + d];
    sums[d] = 0.0;
  }
  workgroupBarrier();

  var largest = LOWEST;
  var total = 0.0;
  for (var first = start; first < end;) {
    // A subtree that ends before this row holds nothing it sees.
    if (params.has_tree != 0 && u32(query_end[first]) < end) {
      first = u32(query_end[first]);
      continue;
    }
    let count = min(LANES, end - first);
    if (lane < count) {
      let key = ((first + lane) * params.kv_heads + kv_head) * dim;
      var product = 0.0;
      for (var d = 0u; d < dim; d++) {
        product += query[d] * k[key + d];
      }
      scores[lane] = params.scale * product;
      if (params.has_tree != 0 && u32(query_end[first + lane]) < end) {
        scores[lane] = LOWEST;
      }
    }
    workgroupBarrier();
    var risen = largest;
    for (var t = 0u; t < count; t++) {
      risen = max(risen, scores[t]);
    }
    if (lane < count) {
      weights[lane] = exp(scores[lane] - risen);
    }
    let correction = exp(largest - risen);
    largest = risen;
    workgroupBarrier();
    total *= correction;
    for (var t = 0u; t < count; t++) {
      total += weights[t];
    }
    for (var d = lane; d < dim; d += LANES) {
      var sum = sums[d] * correction;
      for (var t = 0u; t < count; t++) {
        sum += weights[t] * v[((first + t) * params.kv_heads + kv_head) * dim + d];
      }
      sums[d] = sum;
    }
    first += LANES;
  }
  for (var d = lane; d < dim; d += LANES) {
    out[id * dim + d] = sums[d] / total;
  }
  if (lane == 0) {
    lse[id] = largest + log(total);
  }
}
