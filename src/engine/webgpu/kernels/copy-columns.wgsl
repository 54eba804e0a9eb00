// out[r, out_column + c] = x[r, x_column + c]   for c < columns
//
// Layout: out f32 [rows, out_dim], x f32 [rows, x_dim]; the other columns of out stay as they are.
// Dispatch: ceil(rows * columns / 256) workgroups of 256, folded into x and y.

struct Params {
  rows: u32,
  columns: u32,
  out_dim: u32,
  out_column: u32,
  x_dim: u32,
  x_column: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i >= params.rows * params.columns) {
    return;
  }
  let row = i / params.columns;
  let column = i % params.columns;
  out[row * params.out_dim + params.out_column + column] = x[row * params.x_dim + params.x_column + column];
}
