// logits[r, j] = (d_logprob[r] ([j = ids[r]] - p) - d_entropy[r] p (log p + entropy[r])) / temperature,
// log p = log softmax(logits[r] / temperature)[j]
//
// log p is measured again rather than taken from the stored log-sum-exp: that one is rounded at the size
// of the logits, and a relative error of p would follow from it.
// Layout: logits f32 [rows, vocab], in place; entropy, d_logprob, d_entropy f32 [rows]; ids i32 [rows];
// d_entropy is read only when has_entropy.
// Uses lanes.wgsl and softmax-row.wgsl. Dispatch: one workgroup of LANES for each row, folded into x and y.

struct Params {
  rows: u32,
  vocab: u32,
  temperature: f32,
  has_entropy: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read> ids: array<i32>;
@group(0) @binding(3) var<storage, read> entropy: array<f32>;
@group(0) @binding(4) var<storage, read> d_logprob: array<f32>;
@group(0) @binding(5) var<storage, read> d_entropy: array<f32>;

// 1 - exp(x) for x <= 0, without cancellation near 0: what a nearly certain token still lacks.
fn lacking(x: f32) -> f32 {
  if (x > -0.01) {
    return -x * (1 + x * (0.5 + x * (0.16666667 + x * 0.041666667)));
  }
  return 1 - exp(x);
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
  let measure = measure_row(first, lane);
  let id = u32(ids[row]);
  for (var j = lane; j < params.vocab; j += LANES) {
    let log_p = shifted_logit(first + j, measure.largest) - measure.log_total;
    let p = exp(log_p);
    var gradient = d_logprob[row] * select(-p, lacking(log_p), j == id);
    if (params.has_entropy != 0 && p > 0) {
      gradient -= d_entropy[row] * p * (log_p + entropy[row]);
    }
    logits[first + j] = gradient / params.temperature;
  }
}
