// slabs[s, c] = sum over rows r of piece s of d_out[r, c] * x[r, c] * rstd[r]
//
// First pass of the gradient of RMSNorm's weight; sum-splits.wgsl adds the slabs in order.
// Layout: d_out, x f32 [rows, dim], rstd f32 [rows], slabs f32 [ceil(rows / chunk), dim].
// Dispatch: ceil(rows / chunk) * ceil(dim / 64) workgroups of 64, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  chunk: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> slabs: array<f32>;
@group(0) @binding(2) var<storage, read> d_out: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column_blocks = (params.dim + 63) / 64;
  let id = group.x + group.y * groups.x;
  let split = id / column_blocks;
  let column = id % column_blocks * 64 + lane;
  let begin = split * params.chunk;
  if (begin >= params.rows || column >= params.dim) {
    return;
  }
  var sum = 0.0;
  for (var r = begin; r < min(begin + params.chunk, params.rows); r++) {
    sum += d_out[r * params.dim + column] * x[r * params.dim + column] * rstd[r];
  }
  slabs[split * params.dim + column] = sum;
}
