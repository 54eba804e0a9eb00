// out[r, c] = x[index[r] - first_row, c]
//
// Layout: out f32 [rows, dim], x f32 [source_rows, dim], index i32 [rows]. An index outside x reads as 0, or where x is a
// part of a longer table (is_part 1) leaves the row of out as it is.
// Dispatch: ceil(rows * dim / 256) workgroups of 256, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  source_rows: u32,
  first_row: u32,
  is_part: u32,
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
  // What lies before the first row becomes a huge unsigned number and is outside as well.
  let row = u32(index[i / params.dim]) - params.first_row;
  if (params.is_part == 1 && row >= params.source_rows) {
    return;
  }
  var value = 0.0;
  if (row < params.source_rows) {
    value = x[row * params.dim + i % params.dim];
  }
  out[i] = value;
}
