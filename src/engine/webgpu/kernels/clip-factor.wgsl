// out[0] = norm = sqrt(sum of partials);  out[1] = min(1, max_norm / (norm + 1e-6)), or 1 where max_norm <= 0,
// or -1 where the norm is not finite: then adamw.wgsl changes nothing
//
// Layout: partials f32 [count] from square-sums.wgsl, out f32 [2]. Uses lanes.wgsl.
// Dispatch: one workgroup of LANES.

struct Params {
  count: u32,
  max_norm: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> partials: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < params.count; i += LANES) {
    sum += partials[i];
  }
  let norm = sqrt(sum_lanes(sum, lane));
  if (lane == 0) {
    var factor = 1.0;
    if (params.max_norm > 0) {
      factor = min(1.0, params.max_norm / (norm + 1e-6));
    }
    // By its bits: comparisons with NaN may be assumed away.
    if ((bitcast<u32>(norm) & 0x7f800000u) == 0x7f800000u) {
      factor = -1.0;
    }
    out[0] = norm;
    out[1] = factor;
  }
}
