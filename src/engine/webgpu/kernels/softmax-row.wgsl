// Of one row x = logits[first ..]: largest = max x, and with z = (x - largest) / temperature
// log_total = log sum exp(z), mean = sum over j of p[j] z[j], p = softmax(z)
//
// The largest is subtracted before the division: that difference is exact where it matters most.
// A confident row has log_total near zero, where log(1 + rest) would lose all digits of rest; so the
// terms beside the largest are summed apart and a series takes the logarithm.
// Layout: reads `logits` and `params` of the kernel it is prepended to, after lanes.wgsl.
// Dispatch: called by all lanes of a workgroup of LANES, which receive the same result.

struct RowMeasure {
  largest: f32,
  log_total: f32,
  mean: f32,
}

fn log_one_plus(x: f32) -> f32 {
  if (x < 0.01) {
    return x * (1 - x * (0.5 - x * (0.33333333 - x * 0.25)));
  }
  return log(1 + x);
}

fn shifted_logit(at: u32, largest: f32) -> f32 {
  return (logits[at] - largest) / params.temperature;
}

fn measure_row(first: u32, lane: u32) -> RowMeasure {
  var largest = -3.0e38;
  for (var j = lane; j < params.vocab; j += LANES) {
    largest = max(largest, logits[first + j]);
  }
  largest = max_lanes(largest, lane);
  var rest = 0.0;
  var tops = 0.0;
  var weighted = 0.0;
  for (var j = lane; j < params.vocab; j += LANES) {
    let shifted = shifted_logit(first + j, largest);
    if (shifted == 0) {
      tops += 1;
    } else {
      let e = exp(shifted);
      rest += e;
      // A logit of minus infinity has no part in the mean.
      if (e > 0) {
        weighted += e * shifted;
      }
    }
  }
  let others = sum_lanes(rest, lane) + (sum_lanes(tops, lane) - 1);
  return RowMeasure(largest, log_one_plus(others), sum_lanes(weighted, lane) / (1 + others));
}
