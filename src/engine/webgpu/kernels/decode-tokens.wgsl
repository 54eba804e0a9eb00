// For each row, `tokens` times: x = embedding[id]; each block: x += o(attention(rope(norm(q(n))), rope(norm(k(n))), v(n))),
// n = norm(x); x += down(silu(gate(n)) * up(n)), n = norm(x); then a draw from softmax(head(norm(x)) / temperature) is the
// next id. Linear layers with LoRA: W n + bias + s B (A n). The whole decoder in one workgroup, for small models.
//
// A token of a small model is a hundred dispatches that each wait for the last; here it is none. Activations
// stay in workgroup memory, weights stream by. A row that has met a stop id or its limit leaves the loop.
// Layout: weights vec4f, packed by `fused-decoder.ts`: matrices as [in / 4][out] vec4s, so that neighbouring lanes read
// neighbouring addresses, and cos, sin tables; places i32 (offsets into weights and adapter in vec4s, -1: none); adapter
// vec4f (A [r, in], B [out, r]); cache vec4f [layers][k, v][cache_rows][kv_heads * head_dim], each region `region` vec4s;
// state i32 [rows, 8] (cache base, position, id, count, limit, done, 0, 0); draws f32 [rows, max_tokens]; record f32
// [rows, max_tokens, 3] (id, log-prob, entropy). Uses lanes.wgsl. Sizes are multiples of 4, RANK too.
// Dispatch: one workgroup of LANES for each row.

override HIDDEN: u32 = 4;
override INTER: u32 = 4;
override LAYERS: u32 = 1;
override HEADS: u32 = 1;
override KV_HEADS: u32 = 1;
override HEAD_DIM: u32 = 4;
override VOCAB: u32 = 4;
override RANK: u32 = 4;
// Scores of all heads, logits or the gated activation, whichever is largest.
override BIG: u32 = 16;

const PARTS_OF_HEAD = 8u;
const PARTS_OF_LOW = 4u;
const GLOBALS = 5u;
const PER_LAYER = 28u;

struct Params {
  tokens: u32,
  max_tokens: u32,
  region: u32,
  temperature: f32,
  greedy: u32,
  eps: f32,
  scale: f32,
  lora_scale: f32,
  has_adapter: u32,
  stop0: u32,
  stop1: u32,
  stop2: u32,
  stop3: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> state: array<i32>;
@group(0) @binding(2) var<storage, read_write> record: array<f32>;
@group(0) @binding(3) var<storage, read_write> cache: array<vec4f>;
@group(0) @binding(4) var<storage, read> weights: array<vec4f>;
@group(0) @binding(5) var<storage, read> adapter: array<vec4f>;
@group(0) @binding(6) var<storage, read> draws: array<f32>;
@group(0) @binding(7) var<storage, read> places: array<i32>;

// Offsets into a layer's part of `places`; the adapter's A and B follow at ADAPTER + 2 * kind.
const INPUT_NORM = 0u;
const MIDDLE_NORM = 1u;
const Q = 2u;
const K = 3u;
const V = 4u;
const O = 5u;
const GATE = 6u;
const UP = 7u;
const DOWN = 8u;
const Q_BIAS = 9u;
const K_BIAS = 10u;
const V_BIAS = 11u;
const Q_NORM = 12u;
const K_NORM = 13u;
const ADAPTER = 14u;

override QUERY: u32 = HEADS * HEAD_DIM;
override KEY: u32 = KV_HEADS * HEAD_DIM;
var<workgroup> x: array<f32, HIDDEN>;
var<workgroup> normed: array<f32, HIDDEN>;
// Projections (q, k, v) and, rotated, q and k; then the attended values.
var<workgroup> raw: array<f32, HEADS * HEAD_DIM + 2 * KV_HEADS * HEAD_DIM>;
var<workgroup> turned: array<f32, HEADS * HEAD_DIM + KV_HEADS * HEAD_DIM>;
var<workgroup> attended: array<f32, HEADS * HEAD_DIM>;
var<workgroup> big: array<f32, BIG>;
var<workgroup> peaks: array<f32, HEADS * PARTS_OF_HEAD>;
var<workgroup> low_parts: array<f32, 3 * RANK * PARTS_OF_LOW>;
var<workgroup> low: array<f32, 3 * RANK>;
var<workgroup> piece_sums: array<f32, LANES>;
var<workgroup> winner: atomic<u32>;
// Cache base, position, id, count, limit.
var<workgroup> now: array<i32, 5>;
var<workgroup> live: u32;

fn at_layer(layer: u32, entry: u32) -> i32 {
  return places[GLOBALS + layer * PER_LAYER + entry];
}

fn weight_scalar(at: i32, i: u32) -> f32 {
  return weights[u32(at) + i / 4][i % 4];
}

// Output o of a packed matrix [in / 4][out] times a vector in workgroup memory, one function for each vector.
fn times_normed(at: i32, out: u32, o: u32) -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < HIDDEN / 4; i++) {
    sum += weights[u32(at) + i * out + o] * vec4f(normed[4 * i], normed[4 * i + 1], normed[4 * i + 2], normed[4 * i + 3]);
  }
  return sum.x + sum.y + (sum.z + sum.w);
}

fn times_attended(at: i32, out: u32, o: u32) -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < QUERY / 4; i++) {
    sum += weights[u32(at) + i * out + o] *
      vec4f(attended[4 * i], attended[4 * i + 1], attended[4 * i + 2], attended[4 * i + 3]);
  }
  return sum.x + sum.y + (sum.z + sum.w);
}

fn times_gated(at: i32, out: u32, o: u32) -> f32 {
  var sum = vec4f();
  for (var i = 0u; i < INTER / 4; i++) {
    sum += weights[u32(at) + i * out + o] * vec4f(big[4 * i], big[4 * i + 1], big[4 * i + 2], big[4 * i + 3]);
  }
  return sum.x + sum.y + (sum.z + sum.w);
}

// Which vector the low-rank product reads.
const FROM_NORMED = 0u;
const FROM_ATTENDED = 1u;
const FROM_GATED = 2u;

fn source(origin: u32, i: u32) -> f32 {
  if (origin == FROM_NORMED) {
    return normed[i];
  }
  if (origin == FROM_ATTENDED) {
    return attended[i];
  }
  return big[i];
}

// low[m * RANK + d] = A_m[d] . source for `count` modules from `first`; two barriers.
fn reduce_low(layer: u32, first: u32, count: u32, origin: u32, width: u32, lane: u32) {
  let items = count * RANK * PARTS_OF_LOW;
  for (var item = lane; item < items; item += LANES) {
    let part = item % PARTS_OF_LOW;
    let d = item / PARTS_OF_LOW;
    let at = at_layer(layer, ADAPTER + 2 * (first - Q + d / RANK));
    var sum = 0.0;
    if (at >= 0) {
      let row = u32(at) + d % RANK * (width / 4);
      for (var i = part; i < width / 4; i += PARTS_OF_LOW) {
        sum += dot(
          adapter[row + i],
          vec4f(source(origin, 4 * i), source(origin, 4 * i + 1), source(origin, 4 * i + 2), source(origin, 4 * i + 3)),
        );
      }
    }
    low_parts[item] = sum;
  }
  workgroupBarrier();
  for (var d = lane; d < count * RANK; d += LANES) {
    var sum = 0.0;
    for (var part = 0u; part < PARTS_OF_LOW; part++) {
      sum += low_parts[d * PARTS_OF_LOW + part];
    }
    low[d] = sum;
  }
  workgroupBarrier();
}

// s B[o] . low of a kind; `place` is its place in the last reduce_low.
fn expand_low(layer: u32, kind: u32, place: u32, o: u32) -> f32 {
  if (params.has_adapter == 0) {
    return 0.0;
  }
  let at = at_layer(layer, ADAPTER + 2 * (kind - Q) + 1);
  if (at < 0) {
    return 0.0;
  }
  var sum = 0.0;
  for (var i = 0u; i < RANK / 4; i++) {
    let d = place * RANK + 4 * i;
    sum += dot(adapter[u32(at) + o * (RANK / 4) + i], vec4f(low[d], low[d + 1], low[d + 2], low[d + 3]));
  }
  return params.lora_scale * sum;
}

// normed = x / sqrt(mean(x^2) + eps) * weight
fn normalise(at: i32, lane: u32) {
  var squares = 0.0;
  for (var i = lane; i < HIDDEN; i += LANES) {
    squares += x[i] * x[i];
  }
  let rstd = inverseSqrt(sum_lanes(squares, lane) / f32(HIDDEN) + params.eps);
  for (var i = lane; i < HIDDEN; i += LANES) {
    normed[i] = x[i] * rstd * weight_scalar(at, i);
  }
  workgroupBarrier();
}

fn project_heads(layer: u32, lane: u32) {
  if (params.has_adapter != 0) {
    reduce_low(layer, Q, 3, FROM_NORMED, HIDDEN, lane);
  }
  for (var o = lane; o < QUERY + 2 * KEY; o += LANES) {
    var kind = Q;
    var own = o;
    var out = QUERY;
    if (o >= QUERY) {
      kind = select(K, V, o >= QUERY + KEY);
      own = (o - QUERY) % KEY;
      out = KEY;
    }
    var value = times_normed(at_layer(layer, kind), out, own) + expand_low(layer, kind, kind - Q, own);
    let bias = at_layer(layer, Q_BIAS + kind - Q);
    if (bias >= 0) {
      value += weight_scalar(bias, own);
    }
    raw[o] = value;
  }
  workgroupBarrier();
}

// q and k: normalised for each head where the model does, then rotated; pairs are (i, i + HEAD_DIM / 2).
fn turn_heads(layer: u32, position: u32, lane: u32) {
  let half_dim = HEAD_DIM / 2;
  for (var item = lane; item < (HEADS + KV_HEADS) * half_dim; item += LANES) {
    let head = item / half_dim;
    let i = item % half_dim;
    let first = head * HEAD_DIM;
    var a = raw[first + i];
    var b = raw[first + i + half_dim];
    let norm = at_layer(layer, select(Q_NORM, K_NORM, head >= HEADS));
    if (norm >= 0) {
      var squares = 0.0;
      for (var d = 0u; d < HEAD_DIM; d++) {
        squares += raw[first + d] * raw[first + d];
      }
      let rstd = inverseSqrt(squares / f32(HEAD_DIM) + params.eps);
      a *= rstd * weight_scalar(norm, i);
      b *= rstd * weight_scalar(norm, i + half_dim);
    }
    let angle = position * half_dim + i;
    let c = weight_scalar(places[3], angle);
    let s = weight_scalar(places[4], angle);
    turned[first + i] = a * c - b * s;
    turned[first + i + half_dim] = b * c + a * s;
  }
  workgroupBarrier();
}

fn attend(layer: u32, base: u32, keys: u32, lane: u32) {
  let keys_at = 2 * layer * params.region;
  let values_at = keys_at + params.region;
  let row = (base + keys - 1) * (KEY / 4);
  for (var i = lane; i < KEY / 4; i += LANES) {
    let k = QUERY + 4 * i;
    let v = QUERY + KEY + 4 * i;
    cache[keys_at + row + i] = vec4f(turned[k], turned[k + 1], turned[k + 2], turned[k + 3]);
    cache[values_at + row + i] = vec4f(raw[v], raw[v + 1], raw[v + 2], raw[v + 3]);
  }
  storageBarrier();
  workgroupBarrier();
  for (var item = lane; item < HEADS * keys; item += LANES) {
    let head = item / keys;
    let at = keys_at + (base + item % keys) * (KEY / 4) + head * KV_HEADS / HEADS * (HEAD_DIM / 4);
    var sum = 0.0;
    for (var d = 0u; d < HEAD_DIM / 4; d++) {
      let q = head * HEAD_DIM + 4 * d;
      sum += dot(cache[at + d], vec4f(turned[q], turned[q + 1], turned[q + 2], turned[q + 3]));
    }
    big[item] = params.scale * sum;
  }
  workgroupBarrier();
  for (var item = lane; item < HEADS * PARTS_OF_HEAD; item += LANES) {
    let first = item / PARTS_OF_HEAD * keys;
    var peak = -3.0e38;
    for (var j = item % PARTS_OF_HEAD; j < keys; j += PARTS_OF_HEAD) {
      peak = max(peak, big[first + j]);
    }
    peaks[item] = peak;
  }
  workgroupBarrier();
  for (var item = lane; item < HEADS * keys; item += LANES) {
    let first = item / keys * PARTS_OF_HEAD;
    var peak = peaks[first];
    for (var part = 1u; part < PARTS_OF_HEAD; part++) {
      peak = max(peak, peaks[first + part]);
    }
    big[item] = exp(big[item] - peak);
  }
  workgroupBarrier();
  for (var o = lane; o < QUERY; o += LANES) {
    let head = o / HEAD_DIM;
    let d = head * KV_HEADS / HEADS * HEAD_DIM + o % HEAD_DIM;
    var sum = 0.0;
    var total = 0.0;
    for (var j = 0u; j < keys; j++) {
      let weight = big[head * keys + j];
      total += weight;
      sum += weight * cache[values_at + (base + j) * (KEY / 4) + d / 4][d % 4];
    }
    attended[o] = sum / total;
  }
  workgroupBarrier();
  if (params.has_adapter != 0) {
    reduce_low(layer, O, 1, FROM_ATTENDED, QUERY, lane);
  }
  for (var o = lane; o < HIDDEN; o += LANES) {
    x[o] += times_attended(at_layer(layer, O), HIDDEN, o) + expand_low(layer, O, 0, o);
  }
  workgroupBarrier();
}

fn feed_forward(layer: u32, lane: u32) {
  if (params.has_adapter != 0) {
    reduce_low(layer, GATE, 2, FROM_NORMED, HIDDEN, lane);
  }
  for (var o = lane; o < INTER; o += LANES) {
    let z = times_normed(at_layer(layer, GATE), INTER, o) + expand_low(layer, GATE, 0, o);
    let up = times_normed(at_layer(layer, UP), INTER, o) + expand_low(layer, UP, 1, o);
    let e = exp(-abs(z));
    big[o] = z * (select(e, 1.0, z >= 0) / (1 + e)) * up;
  }
  workgroupBarrier();
  if (params.has_adapter != 0) {
    reduce_low(layer, DOWN, 1, FROM_GATED, INTER, lane);
  }
  for (var o = lane; o < HIDDEN; o += LANES) {
    x[o] += times_gated(at_layer(layer, DOWN), HIDDEN, o) + expand_low(layer, DOWN, 0, o);
  }
  workgroupBarrier();
}

fn shifted(id: u32, largest: f32) -> f32 {
  return (big[id] - largest) / params.temperature;
}

fn log_one_plus(value: f32) -> f32 {
  if (value < 0.01) {
    return value * (1 - value * (0.5 - value * (0.33333333 - value * 0.25)));
  }
  return log(1 + value);
}

// The smallest id whose cumulative weight exceeds the goal; pieces of ids are summed by lane.
fn draw(piece: u32, largest: f32, goal: f32) -> u32 {
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
  var id = chosen * piece;
  cumulative = before;
  for (var j = chosen * piece; j < min((chosen + 1) * piece, VOCAB); j++) {
    let weight = exp(shifted(j, largest));
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

// Logits, a draw as in sample.wgsl, the record, and whether the row goes on.
fn next_token(row: u32, lane: u32) {
  for (var id = lane; id < VOCAB; id += LANES) {
    big[id] = times_normed(places[2], VOCAB, id);
  }
  if (lane == 0) {
    atomicStore(&winner, VOCAB - 1);
  }
  workgroupBarrier();
  var largest = -3.0e38;
  for (var id = lane; id < VOCAB; id += LANES) {
    largest = max(largest, big[id]);
  }
  largest = max_lanes(largest, lane);
  let piece = (VOCAB + LANES - 1) / LANES;
  var rest = 0.0;
  var tops = 0.0;
  var weighted = 0.0;
  var sum = 0.0;
  for (var id = lane * piece; id < min((lane + 1) * piece, VOCAB); id++) {
    let z = shifted(id, largest);
    let e = exp(z);
    sum += e;
    if (z == 0) {
      tops += 1;
      atomicMin(&winner, id);
    } else {
      rest += e;
      if (e > 0) {
        weighted += e * z;
      }
    }
  }
  piece_sums[lane] = sum;
  let others = sum_lanes(rest, lane) + (sum_lanes(tops, lane) - 1);
  let mean = sum_lanes(weighted, lane) / (1 + others);
  let total = sum_lanes(sum, lane);
  if (lane == 0) {
    let log_total = log_one_plus(others);
    let count = u32(now[3]);
    var id = atomicLoad(&winner);
    if (params.greedy == 0) {
      id = draw(piece, largest, draws[row * params.max_tokens + count] * total);
    }
    let at = (row * params.max_tokens + count) * 3;
    record[at] = f32(id);
    record[at + 1] = shifted(id, largest) - log_total;
    record[at + 2] = log_total - mean;
    now[1] += 1;
    now[2] = i32(id);
    now[3] += 1;
    let stops = id == params.stop0 || id == params.stop1 || id == params.stop2 || id == params.stop3;
    if (stops || now[3] >= now[4]) {
      live = 0u;
    }
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  if (lane < 5) {
    now[lane] = state[row * 8 + lane];
  }
  if (lane == 0) {
    live = select(0u, 1u, state[row * 8 + 5] == 0 && state[row * 8 + 3] < state[row * 8 + 4]);
  }
  for (var t = 0u; t < params.tokens; t++) {
    if (workgroupUniformLoad(&live) == 0u) {
      break;
    }
    let base = u32(now[0]);
    let position = u32(now[1]);
    let id = u32(now[2]);
    for (var i = lane; i < HIDDEN / 4; i += LANES) {
      let value = weights[u32(places[0]) + id * (HIDDEN / 4) + i];
      x[4 * i] = value.x;
      x[4 * i + 1] = value.y;
      x[4 * i + 2] = value.z;
      x[4 * i + 3] = value.w;
    }
    workgroupBarrier();
    for (var layer = 0u; layer < LAYERS; layer++) {
      normalise(at_layer(layer, INPUT_NORM), lane);
      project_heads(layer, lane);
      turn_heads(layer, position, lane);
      attend(layer, base, position + 1, lane);
      normalise(at_layer(layer, MIDDLE_NORM), lane);
      feed_forward(layer, lane);
    }
    normalise(places[1], lane);
    next_token(row, lane);
  }
  workgroupBarrier();
  if (lane < 4) {
    state[row * 8 + lane] = now[lane];
  }
  if (lane == 0) {
    state[row * 8 + 5] = i32(1 - live);
  }
}
