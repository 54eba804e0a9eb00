// delta[r, h] = sum over d of d_out[r, h, d] * out[r, h, d];  stats[r, h] = (lse[r, h], delta[r, h])
//
// What the backward pass needs of each query, side by side in one binding.
// Layout: d_out, out f32 [queries, head_dim]; lse, delta f32 [queries]; stats vec2f [queries]; queries = rows * heads.
// Dispatch: ceil(queries / 64) workgroups of 64, folded into x and y.

struct Params {
  queries: u32,
  head_dim: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> delta: array<f32>;
@group(0) @binding(2) var<storage, read_write> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read> d_out: array<f32>;
@group(0) @binding(4) var<storage, read> out: array<f32>;
@group(0) @binding(5) var<storage, read> lse: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = (group.x + group.y * groups.x) * 64 + lane;
  if (id >= params.queries) {
    return;
  }
  var sum = 0.0;
  for (var at = id * params.head_dim; at < (id + 1) * params.head_dim; at++) {
    sum += d_out[at] * out[at];
  }
  delta[id] = sum;
  stats[id] = vec2f(lse[id], sum);
}
