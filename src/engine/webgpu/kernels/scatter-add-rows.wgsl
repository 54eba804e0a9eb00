// out[o, c] += sum over r with index[r] = o of x[r, c]
//
// Each output row looks through all indices itself: no float atomics, so the order of the sum is
// the order of the rows and the result is the same on every run.
// Layout: out f32 [out_rows, dim], x f32 [rows, dim], index i32 [rows].
// Dispatch: out_rows * ceil(dim / 64) workgroups of 64 (one output row, 64 columns), folded into x and y.

const LANES = 64u;

struct Params {
  rows: u32,
  dim: u32,
  out_rows: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> index: array<i32>;

var<workgroup> indices: array<i32, LANES>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let column_blocks = (params.dim + LANES - 1) / LANES;
  let id = group.x + group.y * groups.x;
  let row = id / column_blocks;
  if (row >= params.out_rows) {
    return;
  }
  let column = id % column_blocks * LANES + lane;
  var sum = 0.0;
  for (var first = 0u; first < params.rows; first += LANES) {
    let count = min(LANES, params.rows - first);
    if (lane < count) {
      indices[lane] = index[first + lane];
    }
    workgroupBarrier();
    if (column < params.dim) {
      for (var r = 0u; r < count; r++) {
        if (indices[r] == i32(row)) {
          sum += x[(first + r) * params.dim + column];
        }
      }
    }
    workgroupBarrier();
  }
  if (column < params.dim) {
    out[row * params.dim + column] += sum;
  }
}
