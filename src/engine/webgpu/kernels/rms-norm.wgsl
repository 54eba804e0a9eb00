// rstd[r] = 1 / sqrt(mean over c of x[r, c]^2 + eps);  out[r, c] = weight[c] * x[r, c] * rstd[r]
//
// Layout: x, out f32 [rows, dim], weight f32 [dim], rstd f32 [rows]. Uses lanes.wgsl.
// Dispatch: one workgroup of LANES for each row, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) {
    return;
  }
  let first = row * params.dim;
  var squares = 0.0;
  for (var c = lane; c < params.dim; c += LANES) {
    squares += x[first + c] * x[first + c];
  }
  let mean = sum_lanes(squares, lane) / f32(params.dim);
  let scale = 1 / sqrt(mean + params.eps);
  for (var c = lane; c < params.dim; c += LANES) {
    out[first + c] = weight[c] * x[first + c] * scale;
  }
  if (lane == 0) {
    rstd[row] = scale;
  }
}
