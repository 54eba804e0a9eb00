// dx[r, c] = [dx[r, c] +] s * (w[c] dy[r, c] - x[r, c] s^2 * mean over c of (w dy x)), s = rstd[r]
//
// rms-norm-backward.wgsl without barriers, for software adapters: one lane for each row.
// Layout: as there, read as vec4s: dim is a multiple of 4.
// Dispatch: ceil(rows / 64) workgroups of 64, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(2) var<storage, read> d_out: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read> rstd: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = (group.x + group.y * groups.x) * 64 + lane;
  if (id >= params.rows) {
    return;
  }
  let width = params.dim / 4;
  let first = id * width;
  var products = 0.0;
  for (var c = 0u; c < width; c++) {
    products += dot(weight[c] * d_out[first + c], x[first + c]);
  }
  let scale = rstd[id];
  let slope = scale * scale * (products / f32(params.dim));
  for (var c = 0u; c < width; c++) {
    let at = first + c;
    var gradient = scale * (weight[c] * d_out[at] - slope * x[at]);
    if (params.accumulate != 0) {
      gradient += dx[at];
    }
    dx[at] = gradient;
  }
}
