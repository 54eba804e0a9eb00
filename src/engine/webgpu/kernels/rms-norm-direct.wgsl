// rstd[r] = 1 / sqrt(mean over c of x[r, c]^2 + eps);  out[r, c] = weight[c] * x[r, c] * rstd[r]
//
// rms-norm.wgsl without barriers, for software adapters: one lane for each row.
// Layout: as there, read as vec4s: dim is a multiple of 4.
// Dispatch: ceil(rows / 64) workgroups of 64, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;

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
  var squares = 0.0;
  for (var c = 0u; c < width; c++) {
    squares += dot(x[first + c], x[first + c]);
  }
  let scale = 1 / sqrt(squares / f32(params.dim) + params.eps);
  for (var c = 0u; c < width; c++) {
    out[first + c] = weight[c] * x[first + c] * scale;
  }
  rstd[id] = scale;
}
