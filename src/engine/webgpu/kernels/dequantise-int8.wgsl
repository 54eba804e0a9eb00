// out[r, c] = scales[r] * q[r, c],  q[r, c] the signed byte c % 4 of word c / 4 of row r
//
// Layout: out f32 [rows, dim], packed i32 [rows, ceil(dim / 4)], scales f32 [rows].
// Dispatch: ceil(rows * ceil(dim / 4) / 256) workgroups of 256, folded into x and y; a lane unpacks one word.

struct Params {
  rows: u32,
  dim: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> packed: array<i32>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  let words = (params.dim + 3) / 4;
  if (i >= params.rows * words) {
    return;
  }
  let row = i / words;
  let first = (i % words) * 4;
  let word = packed[i];
  let scale = scales[row];
  for (var k = 0u; k < min(4u, params.dim - first); k++) {
    out[row * params.dim + first + k] = scale * f32(extractBits(word, 8 * k, 8u));
  }
}
