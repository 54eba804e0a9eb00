// dx[r, c] = [dx[r, c] +] s * (w[c] dy[r, c] - x[r, c] s^2 * mean over c of (w dy x)), s = rstd[r]
//
// Layout: dx, d_out, x f32 [rows, dim], weight f32 [dim], rstd f32 [rows]. Uses lanes.wgsl.
// Dispatch: one workgroup of LANES for each row, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<storage, read> d_out: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read> rstd: array<f32>;

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
  var products = 0.0;
  for (var c = lane; c < params.dim; c += LANES) {
    products += weight[c] * d_out[first + c] * x[first + c];
  }
  let mean = sum_lanes(products, lane) / f32(params.dim);
  let scale = rstd[row];
  for (var c = lane; c < params.dim; c += LANES) {
    let at = first + c;
    var gradient = scale * (weight[c] * d_out[at] - x[at] * scale * scale * mean);
    if (params.accumulate != 0) {
      gradient += dx[at];
    }
    dx[at] = gradient;
  }
}
