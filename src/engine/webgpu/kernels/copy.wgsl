// out[i] = x[i]
//
// Layout: out, x [length] of any 32-bit type. A kernel, not a buffer copy, so that the compute pass stays open.
// Dispatch: ceil(length / 256) workgroups of 256, folded into x and y.

struct Params {
  length: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i < params.length) {
    out[i] = x[i];
  }
}
