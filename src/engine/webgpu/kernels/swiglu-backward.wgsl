// d_up[i] = d_out[i] * z * s;  d_gate[i] = d_out[i] * up[i] * s * (1 + z * (1 - s)),  z = gate[i], s = sigmoid(z)
//
// Layout: d_gate, d_up, d_out, gate, up f32 [length].
// Dispatch: ceil(length / 256) workgroups of 256, folded into x and y.

struct Params {
  length: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> d_gate: array<f32>;
@group(0) @binding(2) var<storage, read_write> d_up: array<f32>;
@group(0) @binding(3) var<storage, read> d_out: array<f32>;
@group(0) @binding(4) var<storage, read> gate: array<f32>;
@group(0) @binding(5) var<storage, read> up: array<f32>;

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
  let s = select(e, 1.0, z >= 0) / (1 + e);
  // 1 - s, without the cancellation where s is nearly 1.
  let rest = select(1.0, e, z >= 0) / (1 + e);
  d_up[i] = d_out[i] * z * s;
  d_gate[i] = d_out[i] * up[i] * s * (1 + z * rest);
}
