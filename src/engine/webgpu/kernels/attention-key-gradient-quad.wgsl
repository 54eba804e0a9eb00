// dv[j] = sum over (r, h) of p d_out[r, h];  dk[j] = scale * sum over (r, h) of p (d_out[r, h] . v[j] - delta[r, h]) q[r, h]
// with p = exp(scale * q[r, h] . k[j] - lse[r, h]), queries j <= r < query_end[j], heads h that read the key-value head
//
// attention-key-gradient-direct.wgsl by quads of lanes, as attention-quad.wgsl: four neighbouring keys of a head, four
// queries at a time, of which each lane reads one.
// Layout: as there, read as vec4s: head_dim is a multiple of 4, at most 64.
// Dispatch: ceil(ceil(rows / 4) * kv_heads / 4) workgroups of 16, folded into x and y.

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
@group(0) @binding(1) var<storage, read_write> dk: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dv: array<vec4f>;
@group(0) @binding(3) var<storage, read> q: array<vec4f>;
@group(0) @binding(4) var<storage, read> k: array<vec4f>;
@group(0) @binding(5) var<storage, read> v: array<vec4f>;
@group(0) @binding(6) var<storage, read> d_out: array<vec4f>;
@group(0) @binding(7) var<storage, read> stats: array<vec2f>;
@group(0) @binding(8) var<storage, read> query_end: array<i32>;

@compute @workgroup_size(16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.x + group.y * groups.x) * 4 + lane / 4;
  let kv_head = quad % params.kv_heads;
  let own = quad / params.kv_heads * 4 + lane % 4;
  let row = min(own, params.rows - 1);
  let width = params.head_dim / 4;
  let id = row * params.kv_heads + kv_head;
  // Heads h with floor(h * kv_heads / heads) = kv_head.
  let first_head = (kv_head * params.heads + params.kv_heads - 1) / params.kv_heads;
  let last_head = ((kv_head + 1) * params.heads + params.kv_heads - 1) / params.kv_heads;
  let end = u32(query_end[row]);
  var last = max(end, quadSwapX(end));
  last = max(last, quadSwapY(last));
  let first = quadBroadcast(row, 0);
  var key: array<vec4f, 16>;
  var value: array<vec4f, 16>;
  var key_sums: array<vec4f, 16>;
  var value_sums: array<vec4f, 16>;
  var queries_read: array<vec4f, 16>;
  var outputs_read: array<vec4f, 16>;
  for (var d = 0u; d < width; d++) {
    key[d] = params.scale * k[id * width + d];
    value[d] = v[id * width + d];
  }
  for (var head = first_head; head < last_head; head++) {
    for (var r = first; r < last; r += 4) {
      let query = min(r + lane % 4, last - 1) * params.heads + head;
      let at = query * width;
      let stat = stats[query];
      let rows = r + vec4u(0, 1, 2, 3);
      let seen = (rows >= vec4u(row)) & (rows < vec4u(end));
      var scores = vec4f();
      var gradients = vec4f();
      for (var d = 0u; d < width; d++) {
        let queries_d = q[at + d];
        queries_read[d] = queries_d;
        scores += vec4f(
          dot(quadBroadcast(queries_d, 0), key[d]),
          dot(quadBroadcast(queries_d, 1), key[d]),
          dot(quadBroadcast(queries_d, 2), key[d]),
          dot(quadBroadcast(queries_d, 3), key[d]),
        );
        let outputs_d = d_out[at + d];
        outputs_read[d] = outputs_d;
        gradients += vec4f(
          dot(quadBroadcast(outputs_d, 0), value[d]),
          dot(quadBroadcast(outputs_d, 1), value[d]),
          dot(quadBroadcast(outputs_d, 2), value[d]),
          dot(quadBroadcast(outputs_d, 3), value[d]),
        );
      }
      let lse = vec4f(quadBroadcast(stat.x, 0), quadBroadcast(stat.x, 1), quadBroadcast(stat.x, 2), quadBroadcast(stat.x, 3));
      let delta = vec4f(quadBroadcast(stat.y, 0), quadBroadcast(stat.y, 1), quadBroadcast(stat.y, 2), quadBroadcast(stat.y, 3));
      let weights = select(vec4f(), exp(scores - lse), seen);
      let slopes = select(vec4f(), params.scale * weights * (gradients - delta), seen);
      for (var d = 0u; d < width; d++) {
        let queries_d = queries_read[d];
        key_sums[d] += slopes.x * quadBroadcast(queries_d, 0)
          + slopes.y * quadBroadcast(queries_d, 1)
          + slopes.z * quadBroadcast(queries_d, 2)
          + slopes.w * quadBroadcast(queries_d, 3);
        let outputs_d = outputs_read[d];
        value_sums[d] += weights.x * quadBroadcast(outputs_d, 0)
          + weights.y * quadBroadcast(outputs_d, 1)
          + weights.z * quadBroadcast(outputs_d, 2)
          + weights.w * quadBroadcast(outputs_d, 3);
      }
    }
  }
  if (own >= params.rows) {
    return;
  }
  for (var d = 0u; d < width; d++) {
    dk[id * width + d] = key_sums[d];
    dv[id * width + d] = value_sums[d];
  }
}
