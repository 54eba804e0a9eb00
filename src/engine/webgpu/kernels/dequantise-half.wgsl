// out[r, c] = the 16-bit float c % 2 of word c / 2 of row r
//
// Unpacking is part of plain WGSL: 16-bit storage needs no feature of the device, only 16-bit arithmetic does.
// Layout: out f32 [rows, dim], packed i32 [rows, ceil(dim / 2)].
// Dispatch: ceil(rows * ceil(dim / 2) / 256) workgroups of 256, folded into x and y; a lane unpacks one word.

struct Params {
  rows: u32,
  dim: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> packed: array<i32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  let words = (params.dim + 1) / 2;
  if (i >= params.rows * words) {
    return;
  }
  let row = i / words;
  let first = (i % words) * 2;
  let pair = unpack2x16float(bitcast<u32>(packed[i]));
  let to = row * params.dim + first;
  out[to] = pair.x;
  if (first + 1 < params.dim) {
    out[to + 1] = pair.y;
  }
}
