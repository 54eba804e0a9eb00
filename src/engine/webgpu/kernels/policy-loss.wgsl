// d_logprob[t] = dL/dlogprob[t] of the GRPO loss, per row (one completion): with w = exp(new - old) of a token,
// or of the row, l = -min(min(w, delta) A, clip(w) A) (or the forms of cispo, sapo, paper), KL to the reference
// k3 = e^d - d - 1 or k2 = d^2 / 2 with d = ref - new, entropy bonus. Definition: training/grpo-loss.ts `rowLoss`.
//
// Also the row's sums: loss, k3, entropy, clipped low, clipped high, cispo, |new - old|, tokens not finite.
// e^d - 1 goes through a series near zero, where the difference would lose its digits.
// Layout: measures f32 [entropy_offset + rows] (log-probs, entropies), gradients the same; sampled vec2f [rows] (log-prob
// at sampling, mask); reference f32 [rows], read only when has_reference; credits f32 [sequences, 8] (start, end,
// advantage, weights of policy, KL and entropy, unmasked tokens, 0); sums f32 [sequences, 8]. Uses lanes.wgsl.
// Dispatch: one workgroup of LANES for each sequence, folded into x and y.

struct Params {
  sequences: u32,
  entropy_offset: u32,
  loss_type: u32,
  whole_row: u32,
  off_policy: u32,
  has_reference: u32,
  k2: u32,
  has_low: u32,
  has_high: u32,
  has_delta: u32,
  low: f32,
  high: f32,
  cispo_bound: f32,
  delta: f32,
  tau_positive: f32,
  tau_negative: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<storage, read> measures: array<f32>;
@group(0) @binding(4) var<storage, read> sampled: array<vec2f>;
@group(0) @binding(5) var<storage, read> reference: array<f32>;
@group(0) @binding(6) var<storage, read> credits: array<f32>;

const CLIPPED = 0u;
const CISPO = 1u;
const SAPO = 2u;
const PAPER = 3u;

// exp(x) - 1 without cancellation near zero.
fn exp_less_one(x: f32) -> f32 {
  if (abs(x) < 0.125) {
    return x * (1 + x * (0.5 + x * (0.16666667 + x * (0.041666667 + x * (0.0083333333 + x * 0.0013888889)))));
  }
  return exp(x) - 1;
}

// exp(x) - x - 1 likewise.
fn k3_of(x: f32) -> f32 {
  if (abs(x) < 0.125) {
    return x * x * (0.5 + x * (0.16666667 + x * (0.041666667 + x * (0.0083333333 + x * 0.0013888889))));
  }
  return exp(x) - x - 1;
}

fn not_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u;
}

struct Term {
  value: f32,
  gradient: f32,
}

fn policy_term(ratio: f32, advantage: f32, logprob: f32) -> Term {
  if (params.loss_type == CISPO) {
    let weight = select(ratio, min(ratio, params.cispo_bound), params.has_high != 0);
    return Term(-weight * advantage * logprob, -weight * advantage);
  }
  if (params.loss_type == SAPO) {
    let tau = select(params.tau_negative, params.tau_positive, advantage > 0);
    let gate = 1 / (1 + exp(-tau * (ratio - 1)));
    let rest = 1 / (1 + exp(tau * (ratio - 1)));
    let slope = gate * rest;
    var gradient = 0.0;
    // Far above the gate the slope underflows while the ratio may be infinite.
    if (slope > 0) {
      gradient = -4 * slope * advantage * ratio;
    }
    return Term(-4 / tau * gate * advantage, gradient);
  }
  let bounded = select(ratio, min(ratio, params.delta), params.has_delta != 0);
  var clipped = select(ratio, max(ratio, params.low), params.has_low != 0);
  clipped = select(clipped, min(clipped, params.high), params.has_high != 0);
  let a = bounded * advantage;
  let b = clipped * advantage;
  let passes = a <= b && (params.has_delta == 0 || ratio <= params.delta);
  return Term(-min(a, b), select(0.0, -ratio * advantage, passes));
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.sequences) {
    return;
  }
  let credit = row * 8;
  let start = u32(credits[credit]);
  let end = u32(credits[credit + 1]);
  let advantage = credits[credit + 2];
  let weight = credits[credit + 3];
  let kl_weight = credits[credit + 4];
  let entropy_weight = credits[credit + 5];
  let tokens = credits[credit + 6];

  var log_ratio = 0.0;
  var gap = 0.0;
  var broken = 0.0;
  for (var t = start + lane; t < end; t += LANES) {
    let difference = measures[t] - sampled[t].x;
    gap += abs(difference);
    broken += select(0.0, 1.0, not_finite(measures[t]));
    if (params.off_policy != 0 && sampled[t].y != 0) {
      log_ratio += difference;
    }
  }
  let divisor = select(max(tokens, 1.0), 1.0, params.loss_type == PAPER);
  let row_ratio = exp(sum_lanes(log_ratio, lane) / divisor);

  var loss = 0.0;
  var kl = 0.0;
  var entropy = 0.0;
  var low = 0.0;
  var high = 0.0;
  var cispo = 0.0;
  for (var t = start + lane; t < end; t += LANES) {
    gradients[t] = 0.0;
    gradients[params.entropy_offset + t] = 0.0;
    if (sampled[t].y == 0) {
      continue;
    }
    let logprob = measures[t];
    var ratio = 1.0;
    if (params.whole_row != 0) {
      ratio = row_ratio;
    } else if (params.off_policy != 0) {
      ratio = exp(logprob - sampled[t].x);
    }
    var gradient = -weight * ratio * advantage;
    if (params.loss_type != PAPER) {
      let term = policy_term(ratio, advantage, logprob);
      loss += weight * term.value;
      gradient = weight * term.gradient;
    }
    if (params.has_reference != 0) {
      let difference = reference[t] - logprob;
      let k3 = k3_of(difference);
      kl += k3;
      if (kl_weight != 0) {
        loss += kl_weight * select(k3, difference * difference / 2, params.k2 != 0);
        gradient += kl_weight * select(-exp_less_one(difference), -difference, params.k2 != 0);
      }
    }
    gradients[t] = gradient;
    let own_entropy = measures[params.entropy_offset + t];
    entropy += own_entropy;
    if (entropy_weight != 0) {
      loss -= entropy_weight * own_entropy;
      gradients[params.entropy_offset + t] = -entropy_weight;
    }
    let bounded = select(ratio, min(ratio, params.delta), params.has_delta != 0);
    if (params.has_low != 0 && bounded < params.low && advantage < 0) {
      low += 1;
    }
    if (params.has_high != 0 && advantage > 0) {
      high += select(0.0, 1.0, bounded > params.high);
      cispo += select(0.0, 1.0, ratio > params.cispo_bound);
    }
  }
  if (params.loss_type == PAPER && tokens > 0 && lane == 0) {
    loss -= weight * row_ratio * advantage;
  }
  let total_loss = sum_lanes(loss, lane);
  let total_kl = sum_lanes(kl, lane);
  let total_entropy = sum_lanes(entropy, lane);
  let total_low = sum_lanes(low, lane);
  let total_high = sum_lanes(high, lane);
  let total_cispo = sum_lanes(cispo, lane);
  let total_gap = sum_lanes(gap, lane);
  let total_broken = sum_lanes(broken, lane);
  if (lane == 0) {
    sums[credit] = total_loss;
    sums[credit + 1] = total_kl;
    sums[credit + 2] = total_entropy;
    sums[credit + 3] = total_low;
    sums[credit + 4] = total_high;
    sums[credit + 5] = total_cispo;
    sums[credit + 6] = total_gap;
    sums[credit + 7] = total_broken;
  }
}
