// dq[r, h] = scale * sum over j of p[j] (d_out[r, h] . v[j] - delta[r, h]) k[j],  p[j] = exp(scale * q[r, h] . k[j] - lse[r, h]),
// over key_start[r] <= j <= r with query_end[j] > r
//
// attention-query-gradient-direct.wgsl by quads of lanes, as attention-quad.wgsl: four neighbouring rows of a head, four
// keys at a time, of which each lane reads one.
// Layout: as there, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(ceil(rows / 4) * heads / 4) workgroups of 16, folded into x and y.

enable subgroups;
diagnostic(off, subgroup_uniformity);

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
  let stat = stats[id];
  let start = u32(key_start[row]);
  var first = min(start, quadSwapX(start));
  first = min(first, quadSwapY(first));
  let last = quadBroadcast(row, 3) + 1;
  let least_row = quadBroadcast(row, 0);
  var query: array<vec4f, 16>;
  var output_gradient: array<vec4f, 16>;
  var sums: array<vec4f, 16>;
  var keys_read: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    query[d] = params.scale * q[id * width + d];
    output_gradient[d] = d_out[id * width + d];
  }
  for (var j = first; j < last;) {
    let after = u32(query_end[j]);
    // A subtree that ends before all four rows holds nothing they see.
    if (after <= least_row) {
      j = after;
      continue;
    }
    let mine = min(j + lane % 4, last - 1);
    let reach = u32(query_end[mine]);
    let reaches = vec4u(quadBroadcast(reach, 0), quadBroadcast(reach, 1), quadBroadcast(reach, 2), quadBroadcast(reach, 3));
    let keys = j + vec4u(0, 1, 2, 3);
    let seen = (keys >= vec4u(start)) & (keys <= vec4u(row)) & (reaches > vec4u(row));
    let key = (mine * params.kv_heads + kv_head) * width;
    var scores = vec4f();
    var gradients = vec4f();
    for (var d = 0u; d < width; d++) {
      let keys_d = k[key + d];
      keys_read[d] = keys_d;
      scores += vec4f(
        dot(query[d], quadBroadcast(keys_d, 0)),
        dot(query[d], quadBroadcast(keys_d, 1)),
        dot(query[d], quadBroadcast(keys_d, 2)),
        dot(query[d], quadBroadcast(keys_d, 3)),
      );
      let values_d = v[key + d];
      gradients += vec4f(
        dot(output_gradient[d], quadBroadcast(values_d, 0)),
        dot(output_gradient[d], quadBroadcast(values_d, 1)),
        dot(output_gradient[d], quadBroadcast(values_d, 2)),
        dot(output_gradient[d], quadBroadcast(values_d, 3)),
      );
    }
    let slopes = select(vec4f(), params.scale * exp(scores - stat.x) * (gradients - stat.y), seen);
    for (var d = 0u; d < width; d++) {
      let keys_d = keys_read[d];
      sums[d] += slopes.x * quadBroadcast(keys_d, 0)
        + slopes.y * quadBroadcast(keys_d, 1)
        + slopes.z * quadBroadcast(keys_d, 2)
        + slopes.w * quadBroadcast(keys_d, 3);
    }
    j += 4;
  }
  if (own >= params.rows) {
    return;
  }
  for (var d = 0u; d < width; d++) {
    dq[id * width + d] = sums[d];
  }
}
