// out[o, c] = sum over starts[o] <= e < starts[o + 1] of x[index[e], c], in the order of e
//
// The gradient of a gather whose entries are sorted by target: one writer for each output, no atomics.
// Layout: out f32 [rows, dim], x f32 [source_rows, dim], starts i32 [rows + 1], index i32; entries outside x are dropped.
// Dispatch: ceil(rows * dim / 256) workgroups of 256, folded into x and y.

struct Params {
  rows: u32,
  dim: u32,
  source_rows: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> starts: array<i32>;
@group(0) @binding(4) var<storage, read> index: array<i32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i >= params.rows * params.dim) {
    return;
  }
  let row = i / params.dim;
  var sum = 0.0;
  for (var e = starts[row]; e < starts[row + 1]; e++) {
    let source = u32(index[e]);
    if (source < params.source_rows) {
      sum += x[source * params.dim + i % params.dim];
    }
  }
  out[i] = sum;
}
