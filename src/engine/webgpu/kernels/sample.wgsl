// ids[r] = smallest id with sum over j <= id of p[j] > uniforms[r], p = softmax(logits[r] / temperature);
// greedy: the most likely id, the lowest on ties. logprob[r] = log p[ids[r]], entropy[r] = -sum of p log p.
//
// Each lane sums a contiguous piece of the ids, lane 0 finds the piece and then the id, so that the
// order of the cumulative sum is the order of the ids. An id of probability 0 is never drawn.
// Layout: logits f32 [rows, vocab]; logprob, entropy, uniforms f32 [rows]; ids i32 [rows].
// Uses lanes.wgsl and softmax-row.wgsl. Dispatch: one workgroup of LANES for each row, folded into x and y.

struct Params {
  rows: u32,
  vocab: u32,
  temperature: f32,
  greedy: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> ids: array<i32>;
@group(0) @binding(2) var<storage, read_write> logprob: array<f32>;
@group(0) @binding(3) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(4) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read> uniforms: array<f32>;

var<workgroup> piece_sums: array<f32, LANES>;
var<workgroup> winner: atomic<u32>;

fn draw(first: u32, piece: u32, largest: f32, goal: f32) -> u32 {
  var cumulative = 0.0;
  var chosen = 0u;
  var before = 0.0;
  for (var t = 0u; t < LANES; t++) {
    if (piece_sums[t] > 0) {
      chosen = t;
      before = cumulative;
      cumulative += piece_sums[t];
      if (cumulative > goal) {
        break;
      }
    }
  }
  // Rounding may leave the goal just above the sum; then the last possible id is taken.
  var id = chosen * piece;
  cumulative = before;
  for (var j = chosen * piece; j < min((chosen + 1) * piece, params.vocab); j++) {
    let weight = exp(shifted_logit(first + j, largest));
    if (weight > 0) {
      id = j;
      cumulative += weight;
      if (cumulative > goal) {
        break;
      }
    }
  }
  return id;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.x + group.y * groups.x;
  if (row >= params.rows) {
    return;
  }
  let first = row * params.vocab;
  let piece = (params.vocab + LANES - 1) / LANES;
  if (lane == 0) {
    atomicStore(&winner, params.vocab - 1);
  }
  // Its barriers also order the store above before the minimum below.
  let measure = measure_row(first, lane);

  var sum = 0.0;
  for (var j = lane * piece; j < min((lane + 1) * piece, params.vocab); j++) {
    let z = shifted_logit(first + j, measure.largest);
    sum += exp(z);
    if (z == 0) {
      atomicMin(&winner, j);
    }
  }
  piece_sums[lane] = sum;
  let total = sum_lanes(sum, lane);
  if (lane == 0) {
    var id = atomicLoad(&winner);
    if (params.greedy == 0) {
      id = draw(first, piece, measure.largest, uniforms[row] * total);
    }
    ids[row] = i32(id);
    logprob[row] = shifted_logit(first + id, measure.largest) - measure.log_total;
    entropy[row] = measure.log_total - measure.mean;
  }
}
