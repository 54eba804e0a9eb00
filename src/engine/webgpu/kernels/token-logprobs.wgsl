// With z = logits[r] / temperature: lse[r] = log sum exp(z), logprob[r] = z[ids[r]] - lse[r],
// entropy[r] = lse[r] - sum over j of p[j] z[j], p = softmax(z); all through z - max(z).
//
// Layout: logits f32 [rows, vocab]; logprob, entropy, lse f32 [rows]; ids i32 [rows].
// Uses lanes.wgsl and softmax-row.wgsl. Dispatch: one workgroup of LANES for each row, folded into x and y.

struct Params {
  rows: u32,
  vocab: u32,
  temperature: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> logprob: array<f32>;
@group(0) @binding(2) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(3) var<storage, read_write> lse: array<f32>;
@group(0) @binding(4) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read> ids: array<i32>;

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
  if (lane == 0) {
    let id = min(u32(ids[row]), params.vocab - 1);
    lse[row] = measure.largest / params.temperature + measure.log_total;
    entropy[row] = measure.log_total - measure.mean;
    logprob[row] = shifted_logit(first + id, measure.largest) - measure.log_total;
  }
}
