// The same sums and maxima over the lanes of one workgroup as in lanes.wgsl, by subgroup operations:
// s = sum over subgroups, in order, of subgroupAdd(value). Takes the place of lanes.wgsl where the device has the
// feature and the self-check at start (kernel-ways.ts) has passed.
//
// One barrier for a reduction: totals lie in two halves by turns, so that the next reduction writes where nobody
// reads any more. A subgroup's place is its lanes' number over its size, which holds where lanes are numbered
// subgroup by subgroup, as every driver known does; where one does not, totals collide and the self-check sees it.
// Limit: the order inside a subgroup is the hardware's, the same on every run of one device.
// Layout: workgroup array of LANES / 2 floats, since a subgroup has at least four lanes.
// Every lane must call (uniform control flow), and every lane receives the result.

enable subgroups;

override LANES: u32 = 64;
const LEAST_LANES = 4u;
var<workgroup> subgroup_totals: array<f32, 2 * (LANES / LEAST_LANES)>;
var<private> turn: u32;

fn sum_lanes(value: f32, lane: u32) -> f32 {
  let size = subgroupAdd(1u);
  let first = turn * (LANES / LEAST_LANES);
  turn = 1 - turn;
  let part = subgroupAdd(value);
  if (subgroupElect()) {
    subgroup_totals[first + lane / size] = part;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < LANES / size; i++) {
    total += subgroup_totals[first + i];
  }
  return total;
}

fn max_lanes(value: f32, lane: u32) -> f32 {
  let size = subgroupAdd(1u);
  let first = turn * (LANES / LEAST_LANES);
  turn = 1 - turn;
  let part = subgroupMax(value);
  if (subgroupElect()) {
    subgroup_totals[first + lane / size] = part;
  }
  workgroupBarrier();
  var largest = subgroup_totals[first];
  for (var i = 1u; i < LANES / size; i++) {
    largest = max(largest, subgroup_totals[first + i]);
  }
  return largest;
}
