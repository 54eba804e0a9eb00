// Sums and maxima over the lanes of one workgroup, in a fixed order, so that results never depend on
// scheduling: s = sum over lanes of value, by halving. Prepended to the kernels that reduce.
//
// Layout: one workgroup array of LANES floats; LANES is a power of two and the workgroup's size.
// Every lane must call (uniform control flow), and every lane receives the result.

override LANES: u32 = 64;
var<workgroup> lane_values: array<f32, LANES>;

fn sum_lanes(value: f32, lane: u32) -> f32 {
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = LANES / 2; width > 0; width /= 2) {
    if (lane < width) {
      lane_values[lane] += lane_values[lane + width];
    }
    workgroupBarrier();
  }
  let total = lane_values[0];
  workgroupBarrier();
  return total;
}

fn max_lanes(value: f32, lane: u32) -> f32 {
  lane_values[lane] = value;
  workgroupBarrier();
  for (var width = LANES / 2; width > 0; width /= 2) {
    if (lane < width) {
      lane_values[lane] = max(lane_values[lane], lane_values[lane + width]);
    }
    workgroupBarrier();
  }
  let largest = lane_values[0];
  workgroupBarrier();
  return largest;
}
