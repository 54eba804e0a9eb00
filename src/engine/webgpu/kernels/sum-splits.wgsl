// out[i] = [out[i] +] alpha * sum over s of slabs[s, i] [+ bias[i mod columns]]
//
// Second pass of every sum that was cut into pieces: matrix products, column sums, norm weights.
// Layout: slabs f32 [splits, length], out f32 [length], bias f32 [columns].
// Dispatch: ceil(length / 64) workgroups of 64, folded into x and y.

struct Params {
  length: u32,
  splits: u32,
  columns: u32,
  alpha: f32,
  accumulate: u32,
  has_bias: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> slabs: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 64 + lane;
  if (i >= params.length) {
    return;
  }
  var sum = 0.0;
  for (var s = 0u; s < params.splits; s++) {
    sum += slabs[s * params.length + i];
  }
  var value = params.alpha * sum;
  if (params.has_bias != 0) {
    value += bias[i % params.columns];
  }
  if (params.accumulate != 0) {
    value += out[i];
  }
  out[i] = value;
}
