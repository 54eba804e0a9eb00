// first[i] += alpha * sum over s of slabs[s, i];  second[i] += sum over s of slabs[s, first_length + i]
//
// Second pass of product-direct-tn.wgsl; pieces are added in order, so the result never depends on scheduling.
// Layout: slabs f32 [splits, first_length + second_length], first f32 [first_length], second f32 [second_length].
// Dispatch: ceil((first_length + second_length) / 64) workgroups of 64, folded into x and y. accumulate = 0: = instead of +=.

struct Params {
  first_length: u32,
  second_length: u32,
  splits: u32,
  alpha: f32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> first: array<f32>;
@group(0) @binding(2) var<storage, read_write> second: array<f32>;
@group(0) @binding(3) var<storage, read> slabs: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 64 + lane;
  let length = params.first_length + params.second_length;
  if (i >= length) {
    return;
  }
  var sum = 0.0;
  for (var s = 0u; s < params.splits; s++) {
    sum += slabs[s * length + i];
  }
  if (i < params.first_length) {
    var value = params.alpha * sum;
    if (params.accumulate != 0) {
      value += first[i];
    }
    first[i] = value;
  } else {
    let at = i - params.first_length;
    if (params.accumulate != 0) {
      sum += second[at];
    }
    second[at] = sum;
  }
}
