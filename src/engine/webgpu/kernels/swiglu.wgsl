// out[i] = silu(gate[i]) * up[i],  silu(z) = z * sigmoid(z)
//
// The sigmoid is taken through exp(-|z|), which cannot overflow.
// Layout: out, gate, up f32 [length].
// Dispatch: ceil(length / 256) workgroups of 256, folded into x and y.

struct Params {
  length: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> gate: array<f32>;
@group(0) @binding(3) var<storage, read> up: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i >= params.length) {
    return;
  }
  let z = gate[i];
  let e = exp(-abs(z));
  out[i] = z * (select(e, 1.0, z >= 0) / (1 + e)) * up[i];
}
