// slabs[s, i, j] = sum over rows l of piece s of a[l, i] * b[l, j], for one product or for two side by side:
// first a, b [rows, m], [rows, n]; then c, d [rows, m2], [rows, n2], each slab holding both results in this order.
//
// Gradients of weights: dy^T x, and for an adapter dy^T (x A^T) with (s dy B)^T x in one go. Few outputs and
// a sum over thousands of rows: the sum is cut into pieces that run side by side; sum-slabs.wgsl adds them in order.
// Layout: all f32 read as vec4s: m, n, m2, n2 are multiples of 4; m2 = 0: one product. slabs [splits, m * n + m2 * n2].
// Dispatch: ceil(splits * (m * n + m2 * n2) / 16 / 64) workgroups of 64, one lane for 4 x 4 outputs, folded into x and y.

struct Params {
  rows: u32,
  m: u32,
  n: u32,
  m2: u32,
  n2: u32,
  chunk: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> slabs: array<vec4f>;
@group(0) @binding(2) var<storage, read> a: array<vec4f>;
@group(0) @binding(3) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<storage, read> c: array<vec4f>;
@group(0) @binding(5) var<storage, read> d: array<vec4f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first_tiles = params.m / 4 * (params.n / 4);
  let tiles = first_tiles + params.m2 / 4 * (params.n2 / 4);
  let id = (group.x + group.y * groups.x) * 64 + lane;
  let split = id / tiles;
  if (split >= params.splits) {
    return;
  }
  let begin = split * params.chunk;
  let end = min(begin + params.chunk, params.rows);
  let second = id % tiles >= first_tiles;
  let tile = select(id % tiles, id % tiles - first_tiles, second);
  let columns = select(params.n, params.n2, second) / 4;
  let heights = select(params.m, params.m2, second) / 4;
  let i = tile / columns;
  let j = tile % columns;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  if (second) {
    for (var l = begin; l < end; l++) {
      let x = c[l * heights + i];
      let y = d[l * columns + j];
      sum0 += x.x * y;
      sum1 += x.y * y;
      sum2 += x.z * y;
      sum3 += x.w * y;
    }
  } else {
    for (var l = begin; l < end; l++) {
      let x = a[l * heights + i];
      let y = b[l * columns + j];
      sum0 += x.x * y;
      sum1 += x.y * y;
      sum2 += x.z * y;
      sum3 += x.w * y;
    }
  }
  let at = split * tiles * 4 + select(0u, first_tiles * 4, second) + i * 4 * columns + j;
  slabs[at] = sum0;
  slabs[at + columns] = sum1;
  slabs[at + 2 * columns] = sum2;
  slabs[at + 3 * columns] = sum3;
}
