// (x[i], x[i + half]) = (x[i] c - x[i + half] s, x[i + half] c + x[i] s),  c, s = cos, sin[position[r], i]
//
// Layout: x f32 [rows, heads, 2 * half], in place; cos, sin f32 [table_rows, half]; positions i32 [rows].
// `sign` is -1 for the inverse rotation. A position outside the tables takes the last row of them.
// Dispatch: ceil(rows * heads * half / 256) workgroups of 256 (one lane for each pair), folded into x and y.

struct Params {
  rows: u32,
  heads: u32,
  half_dim: u32,
  table_rows: u32,
  sign: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read> cos_table: array<f32>;
@group(0) @binding(3) var<storage, read> sin_table: array<f32>;
@group(0) @binding(4) var<storage, read> positions: array<i32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = (group.x + group.y * groups.x) * 256 + lane;
  if (id >= params.rows * params.heads * params.half_dim) {
    return;
  }
  let i = id % params.half_dim;
  let head = id / params.half_dim;
  let position = min(u32(positions[head / params.heads]), params.table_rows - 1);
  let c = cos_table[position * params.half_dim + i];
  let s = params.sign * sin_table[position * params.half_dim + i];
  let low = head * params.half_dim * 2 + i;
  let high = low + params.half_dim;
  let a = x[low];
  let b = x[high];
  x[low] = a * c - b * s;
  x[high] = b * c + a * s;
}
