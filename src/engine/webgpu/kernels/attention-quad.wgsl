// out[r, h] = sum over j of p[j] v[j],  p = softmax over key_start[r] <= j < key_end[r] of scale * q[r, h] . k[j]
// (in a tree of tokens over those j of them with query_end[j] >= key_end[r]);  lse[r, h] = log sum over j of exp(scale * q[r, h] . k[j])
//
// attention-direct.wgsl for packed rows where four neighbouring lanes (a quad) hand values to each other: they take four
// neighbouring rows of a head and walk over the keys of all four together. Of four keys each lane reads one, which
// the others receive by quadBroadcast: a quarter of the loads. Loops over d are written out (unroll.ts).
// The control flow is the same for the lanes of a quad, which the compiler cannot see; self-checks.ts tells about quads.
// Layout: as in attention.wgsl, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(ceil(rows / 4) * heads / 4) workgroups of 16, folded into x and y.

enable subgroups;
diagnostic(off, subgroup_uniformity);

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

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.x + group.y * groups.x) * 4 + lane / 4;
  let head = quad % params.heads;
  let own = quad / params.heads * 4 + lane % 4;
  let row = min(own, params.rows - 1);
  let width = params.head_dim / 4;
  let kv_head = head * params.kv_heads / params.heads;
  let id = row * params.heads + head;
  let start = u32(key_start[row]);
  let end = u32(key_end[row]);
  // What the four see together.
  var first = min(start, quadSwapX(start));
  first = min(first, quadSwapY(first));
  var last = max(end, quadSwapX(end));
  last = max(last, quadSwapY(last));
  var least_end = min(end, quadSwapX(end));
  least_end = min(least_end, quadSwapY(least_end));
  var query: array<vec4f, 16>;
  var sums: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    query[d] = params.scale * q[id * width + d];
  }
  var largest = LOWEST;
  var total = 0.0;
  for (var j = first; j < last;) {
    // A subtree that ends before all four rows holds nothing they see.
    if (params.has_tree != 0 && u32(query_end[j]) < least_end) {
      j = u32(query_end[j]);
      continue;
    }
    let mine = min(j + lane % 4, last - 1);
    let keys = j + vec4u(0, 1, 2, 3);
    var seen = (keys >= vec4u(start)) & (keys < vec4u(end));
    if (params.has_tree != 0) {
      let reach = u32(query_end[mine]);
      let reaches = vec4u(quadBroadcast(reach, 0), quadBroadcast(reach, 1), quadBroadcast(reach, 2), quadBroadcast(reach, 3));
      seen &= reaches >= vec4u(end);
    }
    let key = (mine * params.kv_heads + kv_head) * width;
    var scores = vec4f();
    for (var d = 0u; d < width; d++) {
      let keys_d = k[key + d];
      scores += vec4f(
        dot(query[d], quadBroadcast(keys_d, 0)),
        dot(query[d], quadBroadcast(keys_d, 1)),
        dot(query[d], quadBroadcast(keys_d, 2)),
        dot(query[d], quadBroadcast(keys_d, 3)),
      );
    }
    scores = select(vec4f(LOWEST), scores, seen);
    let next = max(max(max(scores.x, scores.y), max(scores.z, scores.w)), largest);
    let correction = exp(largest - next);
    let weights = select(vec4f(), exp(scores - next), seen);
    largest = next;
    total = correction * total + weights.x + weights.y + weights.z + weights.w;
    for (var d = 0u; d < width; d++) {
      let values_d = v[key + d];
      sums[d] = correction * sums[d]
        + weights.x * quadBroadcast(values_d, 0)
        + weights.y * quadBroadcast(values_d, 1)
        + weights.z * quadBroadcast(values_d, 2)
        + weights.w * quadBroadcast(values_d, 3);
    }
    j += 4;
  }
  if (own >= params.rows) {
    return;
  }
  for (var d = 0u; d < width; d++) {
    out[id * width + d] = sums[d] / total;
  }
  lse[id] = largest + log(total);
}
