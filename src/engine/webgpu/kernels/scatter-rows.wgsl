// out[index[r], c] = x[r, c]
//
// Layout: out f32 [out_rows, dim], x f32 [rows, dim], index i32 [rows], distinct; rows outside out are dropped.
// Dispatch: ceil(rows * dim / 256) workgroups of 256, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  out_rows: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> index: array<i32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i >= params.rows * params.dim) {
    return;
  }
  let row = u32(index[i / params.dim]);
  if (row < params.out_rows) {
    out[row * params.dim + i % params.dim] = x[i];
  }
}
