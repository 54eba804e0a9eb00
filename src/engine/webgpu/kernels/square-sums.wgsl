// partials[g] = sum of x[i]^2 over the elements that workgroup g visits
//
// First pass of a global norm; clip-factor.wgsl adds the partials in order.
// Layout: x f32 [length], partials f32 [number of workgroups]. Uses lanes.wgsl.
// Dispatch: at most 256 workgroups of LANES, striding over x.

struct Params {
  length: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  var sum = 0.0;
  for (var i = group.x * LANES + lane; i < params.length; i += groups.x * LANES) {
    sum += x[i] * x[i];
  }
  let total = sum_lanes(sum, lane);
  if (lane == 0) {
    partials[group.x] = total;
  }
}
