// Sums and maxima over the lanes of one workgroup, in a fixed order, so that results never depend on
// scheduling: s = sum over 16 parts of (sum over the part's lanes of value). Prepended to the kernels that reduce.
//
// Two barriers for a reduction, whatever the number of lanes: sixteen lanes add one part each, then
// every lane adds the sixteen sums for itself. A tree would halve the additions and triple the barriers.
// Layout: workgroup arrays of LANES and 16 floats; LANES is a multiple of 16 and the workgroup's size.
// Every lane must call (uniform control flow), and every lane receives the result.

override LANES: u32 = 64;
const PARTS = 16u;
var<workgroup> lane_values: array<f32, LANES>;
var<workgroup> lane_parts: array<f32, PARTS>;

fn sum_lanes(value: f32, lane: u32) -> f32 {
  lane_values[lane] = value;
  workgroupBarrier();
  if (lane < PARTS) {
    var part = 0.0;
    for (var i = lane; i < LANES; i += PARTS) {
      part += lane_values[i];
    }
    lane_parts[lane] = part;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < PARTS; i++) {
    total += lane_parts[i];
  }
  return total;
}

fn max_lanes(value: f32, lane: u32) -> f32 {
  lane_values[lane] = value;
  workgroupBarrier();
  if (lane < PARTS) {
    var part = lane_values[lane];
    for (var i = lane + PARTS; i < LANES; i += PARTS) {
      part = max(part, lane_values[i]);
    }
    lane_parts[lane] = part;
  }
  workgroupBarrier();
  var largest = lane_parts[0];
  for (var i = 1u; i < PARTS; i++) {
    largest = max(largest, lane_parts[i]);
  }
  return largest;
}
