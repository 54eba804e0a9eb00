// g = clip[1] * grad;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
// param = param * decay - rate * m / (sqrt(v) * root + eps)
//
// The host computes in float64: decay = 1 - lr * weight_decay, rate = lr / (1 - beta1^step),
// root = 1 / sqrt(1 - beta2^step), and both complements of the betas.
// Where clip[1] is negative (the gradient is not finite) nothing changes.
// Layout: param, m, v, grad f32 [length], clip f32 [2].
// Dispatch: ceil(length / 256) workgroups of 256, folded into x and y.

struct Params {
  length: u32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  decay: f32,
  rate: f32,
  root: f32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> param: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<storage, read> grad: array<f32>;
@group(0) @binding(5) var<storage, read> clip: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.x + group.y * groups.x) * 256 + lane;
  if (i >= params.length || clip[1] < 0) {
    return;
  }
  let g = clip[1] * grad[i];
  let mean = params.beta1 * m[i] + params.rest1 * g;
  let variance = params.beta2 * v[i] + params.rest2 * g * g;
  m[i] = mean;
  v[i] = variance;
  param[i] = param[i] * params.decay - params.rate * mean / (sqrt(variance) * params.root + params.eps);
}
